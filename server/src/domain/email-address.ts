// Owns e-mail addresses: which are taken, and the one canonical form that two people cannot share.

// RFC 5321 §4.1.2 Dot-string: no quoted local parts, no comments, nothing outside ASCII before the @.
const local = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;

/**
 * The canonical form of an address: lower case, an internationalised domain in its ASCII form (RFC 5891).
 * Undefined for what is no address, or one that could be mistaken for another's.
 */
export function canonicalEmail(input: string): string | undefined {
  const text = input.trim();
  // RFC 5321 §4.5.3.1.3: a path is at most 256 octets, two of which are its brackets.
  if (text.length > 254) return undefined;
  const at = text.lastIndexOf('@');
  const name = text.slice(0, at);
  const host = text.slice(at + 1);
  // Letters outside ASCII may fold onto ASCII ones (K, ſ): they are refused before anything is folded.
  if (at < 1 || name.length > 64 || !/^[\x21-\x7E]+$/.test(name) || !local.test(name.toLowerCase())) return undefined;
  if (/[\s/\\?#:@[\]%]/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  const ascii = new URL(`http://${host}`).hostname;
  return domain.test(ascii) ? `${name.toLowerCase()}@${ascii}` : undefined;
}
