// Owns what the values of registered metadata may look like (RFC 7591 §2): each shape reads a value, or says what it must be.
import { redirectUriFault } from './redirect-uri.ts';

/** What the server has to offer, which the lists of allowed values are made of. */
export interface Supported {
  readonly authMethods: readonly string[];
  readonly jweAlgorithms: readonly string[];
  readonly jweEncryptions: readonly string[];
}

/** The value, or the end of a sentence that begins with the member's name. */
export type Reading<T> = { readonly value: T } | { readonly fault: string };

export type Shape<T> = (value: unknown, supported: Supported) => Reading<T>;

const read = <T>(value: T): Reading<T> => ({ value });
const refuse = (fault: string): Reading<never> => ({ fault });

/** Nothing invisible, and nothing that turns the direction of what stands beside it on a page. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** A text that people may be shown. */
export const text =
  (longest = 255): Shape<string> =>
  (value) => {
    if (typeof value !== 'string') return refuse('must be a string');
    const isFit = value.trim() !== '' && value.length <= longest && !unprintable.test(value) && value.isWellFormed();
    return isFit ? read(value) : refuse(`must be a text of 1 to ${longest} printable characters`);
  };

export const flag: Shape<boolean> = (value) =>
  typeof value === 'boolean' ? read(value) : refuse('must be true or false');

/** Whole seconds. */
export const seconds: Shape<number> = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0
    ? read(value as number)
    : refuse('must be a whole number, not below 0');

export const oneOf =
  <T extends string>(choices: (supported: Supported) => readonly T[]): Shape<T> =>
  (value, supported) => {
    const allowed = choices(supported);
    const found = allowed.find((choice) => choice === value);
    return found === undefined ? refuse(`must be one of ${allowed.join(', ')}`) : read(found);
  };

export const listOf =
  <T>(shape: Shape<T>, most = 50): Shape<readonly T[]> =>
  (value, supported) => {
    if (!Array.isArray(value)) return refuse('must be a list');
    if (value.length > most) return refuse(`has more than ${most} entries`);
    const items: T[] = [];
    for (const entry of value as readonly unknown[]) {
      const reading = shape(entry, supported);
      if ('fault' in reading) return refuse(`has an entry that ${reading.fault}`);
      if (!items.includes(reading.value)) items.push(reading.value);
    }
    return read(items);
  };

/** An address without credentials and fragment, whose scheme runs nothing. */
export const uri: Shape<string> = (value) => {
  if (typeof value !== 'string') return refuse('must be a string');
  const fault = redirectUriFault(value);
  return fault === undefined ? read(value) : refuse(fault);
};

/** The same on the Web, and over TLS. */
export const httpsUri: Shape<string> = (value, supported) => {
  const reading = uri(value, supported);
  if ('fault' in reading) return reading;
  return reading.value.startsWith('https://') ? reading : refuse('must begin with https://');
};

/** An https address whose fragment may be the digest of what is there (OpenID Connect Core §6.2). */
export const requestUri: Shape<string> = (value, supported) => {
  if (typeof value !== 'string') return refuse('must be a string');
  const address = httpsUri(value.split('#')[0], supported);
  return 'fault' in address || !/^[^#]*(?:#[A-Za-z0-9_=-]*)?$/.test(value)
    ? refuse('must be an https address')
    : read(value);
};

const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const mostKeys = 20;

/** RFC 7518 §3.3, §4.3. */
function isShortRsa({ kty, n }: { kty?: unknown; n?: unknown }): boolean {
  // Base64url has six bits a character.
  return kty === 'RSA' && (typeof n !== 'string' || Math.floor((n.length * 6) / 8) < 256);
}

/** A JWK set of public keys. Kinds of keys that nobody here knows may be among them (RFC 7517 §5). */
export const publicKeys: Shape<{ readonly keys: readonly Readonly<Record<string, unknown>>[] }> = (value) => {
  const keys = (value as { keys?: unknown } | null)?.keys;
  if (typeof value !== 'object' || !Array.isArray(keys))
    return refuse('must be a JWK set: an object with a list "keys"');
  if (keys.length > mostKeys) return refuse(`has more than ${mostKeys} keys`);
  for (const key of keys as readonly unknown[]) {
    if (typeof key !== 'object' || key === null || Array.isArray(key)) return refuse('has a key that is no object');
    if (typeof (key as { kty?: unknown }).kty !== 'string') return refuse('has a key without kty');
    if (isShortRsa(key)) return refuse('has an RSA key of less than 2048 bits');
    // A secret that was sent is no secret any more.
    if (secretMembers.some((name) => Object.hasOwn(key, name))) return refuse('has a key that is not public');
  }
  return read({ keys: keys as Readonly<Record<string, unknown>>[] });
};
