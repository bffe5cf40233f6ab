// Owns the hashes of directories: a scheme in braces, then digest and salt together in base64 (RFC 2307 §5.3, RFC 3112).
import { timingSafeEqual } from 'node:crypto';
import { type ForeignHash, type ForeignHashFormat, passwordBytes } from '../foreign-hash.ts';
import { digestLengths, legacyDigest } from '../legacy-digest.ts';

const schemes: Readonly<Record<string, { readonly digest: string; readonly salted: boolean }>> = {
  MD5: { digest: 'md5', salted: false },
  SMD5: { digest: 'md5', salted: true },
  SHA: { digest: 'sha1', salted: false },
  SSHA: { digest: 'sha1', salted: true },
  SHA256: { digest: 'sha256', salted: false },
  SSHA256: { digest: 'sha256', salted: true },
  SHA384: { digest: 'sha384', salted: false },
  SSHA384: { digest: 'sha384', salted: true },
  SHA512: { digest: 'sha512', salted: false },
  SSHA512: { digest: 'sha512', salted: true },
};

const form = /^\{([A-Za-z0-9]{1,10})\}([A-Za-z0-9+/]{1,300}={0,2})$/;

interface Parts {
  readonly digest: string;
  readonly expected: Buffer;
  readonly salt: Buffer;
}

function partsOf({ hash }: ForeignHash): Parts | undefined {
  const [, name = '', text = ''] = form.exec(hash.value) ?? [];
  const scheme = schemes[name.toUpperCase()];
  if (!scheme) return undefined;
  const bytes = Buffer.from(text, 'base64');
  const length = digestLengths[scheme.digest] as number;
  const fits = scheme.salted ? bytes.length > length : bytes.length === length;
  if (!fits) return undefined;
  return { digest: scheme.digest, expected: bytes.subarray(0, length), salt: bytes.subarray(length) };
}

export const ldap: ForeignHashFormat = {
  algorithm: 'ldap',
  fault: (hash) => {
    if (partsOf(hash)) return undefined;
    const names = Object.keys(schemes).join(', ');
    return { path: 'hash.value', sentence: `The hash is not of the form {scheme}base64 with one of ${names}.` };
  },
  verify: (hash, password) => {
    const { digest, expected, salt } = partsOf(hash) as Parts;
    return timingSafeEqual(legacyDigest(digest, Buffer.concat([passwordBytes(hash, password), salt])), expected);
  },
};
