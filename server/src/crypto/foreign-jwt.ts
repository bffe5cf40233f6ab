// Owns JWTs that others sign: assertions, request objects, proofs of possession (RFC 7515, RFC 7519, RFC 8725).
import { type Members, readObject } from '#protocol/json-text';
import { verifyBytes } from './jws.ts';
import { hmacAlgorithms, minimumSecretBytes, type ReadKey } from './key-text.ts';
import { decodeCanonical } from './vault.ts';

export interface ForeignJwt {
  readonly header: Members;
  readonly claims: Members;
}

export interface Expectation {
  /** The algorithms that the sender may use; a key of another kind is never tried. */
  readonly algorithms: readonly string[];
  /** What `typ` must be, without regard to case and to a leading `application/`; undefined where it is not judged. */
  readonly types?: readonly string[];
}

const longest = 16_384;
const utf8 = new TextDecoder('utf-8', { fatal: true });

interface Parts extends ForeignJwt {
  readonly input: string;
  readonly signature: Uint8Array;
}

/** An object in which nothing stands twice, since readers differ in which of the two they believe (RFC 8725 §2.4). */
function objectOf(part: string): Members | undefined {
  const bytes = decodeCanonical(part);
  if (!bytes) return undefined;
  try {
    const read = readObject(utf8.decode(bytes));
    return typeof read === 'object' && read.duplicates.length === 0 ? read.members : undefined;
  } catch {
    return undefined;
  }
}

function split(token: string): Parts | undefined {
  if (token.length > longest) return undefined;
  const [head = '', body = '', tail = '', ...rest] = token.split('.');
  if (rest.length > 0) return undefined;
  const header = objectOf(head);
  const claims = objectOf(body);
  const signature = tail === '' ? new Uint8Array() : decodeCanonical(tail);
  return header && claims && signature ? { header, claims, signature, input: `${head}.${body}` } : undefined;
}

/** What a token says of itself, which nobody has checked yet: to learn whose keys to check it with. */
export function peekJwt(token: string): ForeignJwt | undefined {
  const parts = split(token);
  return parts && { header: parts.header, claims: parts.claims };
}

function isType(typ: unknown, types: readonly string[]): boolean {
  if (typeof typ !== 'string') return false;
  return types.includes(typ.toLowerCase().replace(/^application\//, ''));
}

/** RFC 7518 §3.2: a short secret is guessed, and with it every signature. */
function isLongEnough(alg: string, { key }: ReadKey): boolean {
  return !hmacAlgorithms.includes(alg) || (key.symmetricKeySize ?? 0) >= minimumSecretBytes(alg);
}

/**
 * Verifies a token with keys that are known to be the sender's; undefined when anything about it isn't right. Only the
 * algorithms that are expected and that are the key's own are tried, and never `none`; `kid` chooses among the keys; `crit`
 * is refused and a key that the header brings or names is not looked at. Times, issuer and audience are the caller's.
 */
export function verifyForeignJwt(
  token: string,
  keys: readonly ReadKey[],
  { algorithms, types }: Expectation,
): ForeignJwt | undefined {
  const parts = split(token);
  if (!parts || parts.signature.length === 0) return undefined;
  const { header, claims, input, signature } = parts;
  const { alg, kid } = header;
  if (typeof alg !== 'string' || !algorithms.includes(alg) || 'crit' in header || 'b64' in header) return undefined;
  if (types && !isType(header['typ'], types)) return undefined;
  const data = Buffer.from(input);
  const made = keys.some(
    (read) =>
      (kid === undefined || read.kid === undefined || read.kid === kid) &&
      read.algorithms.includes(alg) &&
      isLongEnough(alg, read) &&
      verifyBytes(alg, data, read.key, signature),
  );
  return made ? { header, claims } : undefined;
}
