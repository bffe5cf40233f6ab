// Owns the shape of a password hash that another system made, in the form in which Auth0 imports them.

/** How bytes are written down. */
export type HashEncoding = 'base64' | 'hex' | 'utf8';

interface EncodedValue {
  readonly value: string;
  /** Undefined: utf8. */
  readonly encoding?: HashEncoding | undefined;
}

export interface ForeignHash {
  readonly algorithm: string;
  readonly hash: EncodedValue & { readonly digest?: string | undefined; readonly key?: EncodedValue | undefined };
  /** Undefined position: prefix. */
  readonly salt?: (EncodedValue & { readonly position?: 'prefix' | 'suffix' | undefined }) | undefined;
  /** How the other system turned passwords into bytes. Undefined: utf8. */
  readonly password?: { readonly encoding?: PasswordEncoding | undefined } | undefined;
  /** Bytes; scrypt's. */
  readonly keylen?: number | undefined;
  /** scrypt's N. Undefined: 16384. */
  readonly cost?: number | undefined;
  /** scrypt's r. Undefined: 8. */
  readonly blockSize?: number | undefined;
  /** scrypt's p. Undefined: 1. */
  readonly parallelization?: number | undefined;
}

export const passwordEncodings = ['ascii', 'utf8', 'utf16le', 'ucs2', 'latin1', 'binary'] as const;
export type PasswordEncoding = (typeof passwordEncodings)[number];

/** What is wrong with a hash: which member of it, and a sentence that doesn't repeat it. */
export interface HashFault {
  readonly path: string;
  readonly sentence: string;
}

/** One algorithm. */
export interface ForeignHashFormat {
  readonly algorithm: string;
  /** Undefined when it can be verified, at a cost that a sign-in may have. */
  fault(hash: ForeignHash): HashFault | undefined;
  /** Of a hash without fault. In constant time; what takes long is done off the event loop. */
  verify(hash: ForeignHash, password: string): boolean | Promise<boolean>;
}

const written = {
  hex: /^(?:[\dA-Fa-f]{2})*$/,
  // With or without padding, in either alphabet of RFC 4648.
  base64: /^[A-Za-z0-9+/_-]*={0,2}$/,
} as const;

/** The bytes; undefined for what is not written in its encoding. */
export function bytesOf({ value, encoding = 'utf8' }: EncodedValue): Buffer | undefined {
  if (encoding !== 'utf8' && !written[encoding].test(value)) return undefined;
  return Buffer.from(value, encoding);
}

export function passwordBytes({ password }: ForeignHash, typed: string): Buffer {
  return Buffer.from(typed, password?.encoding ?? 'utf8');
}

/** The password as it was hashed: with its salt before or after it. */
export function salted(hash: ForeignHash, typed: string): Buffer {
  const password = passwordBytes(hash, typed);
  const salt = hash.salt && bytesOf(hash.salt);
  if (!salt) return password;
  return hash.salt?.position === 'suffix' ? Buffer.concat([password, salt]) : Buffer.concat([salt, password]);
}

/** The fault of a salt that isn't what its encoding says. */
export function saltFault({ salt }: ForeignHash): HashFault | undefined {
  if (!salt || bytesOf(salt)) return undefined;
  return { path: 'salt.value', sentence: `The salt is not written in ${salt.encoding}.` };
}

/** The fault of a hash that isn't so many bytes in its encoding. */
export function lengthFault({ hash }: ForeignHash, length: number): HashFault | undefined {
  const bytes = bytesOf(hash);
  if (!bytes) return { path: 'hash.value', sentence: `The hash is not written in ${hash.encoding}.` };
  if (bytes.length === length) return undefined;
  return { path: 'hash.value', sentence: `The hash is ${bytes.length} bytes long, not ${length}.` };
}
