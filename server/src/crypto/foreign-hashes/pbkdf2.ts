// Owns PBKDF2 (RFC 8018 §5.2) as a PHC string: $pbkdf2-sha512$i=100000,l=64$salt$hash.
import { pbkdf2 as derive, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type ForeignHash, type ForeignHashFormat, passwordBytes } from '../foreign-hash.ts';
import { digestLengths } from '../legacy-digest.ts';

const deriveKey = promisify(derive);
const phc =
  /^\$pbkdf2-(md5|sha1|sha224|sha256|sha384|sha512|ripemd160)\$i=(\d{1,8})(?:,l=(\d{1,3}))?\$([A-Za-z0-9+/]{1,344})=*\$([A-Za-z0-9+/]{10,684})=*$/;

/** Rounds of the digest: about five seconds of one core at worst. */
const mostRounds = 10_000_000;

interface Parts {
  readonly digest: string;
  readonly iterations: number;
  readonly salt: Buffer;
  readonly expected: Buffer;
}

function partsOf({ hash }: ForeignHash): Parts | undefined {
  const [, digest = '', iterations, length, salt, text] = phc.exec(hash.value) ?? [];
  if (salt === undefined || text === undefined) return undefined;
  const expected = Buffer.from(text, 'base64');
  if (length !== undefined && Number(length) !== expected.length) return undefined;
  return { digest, iterations: Number(iterations), salt: Buffer.from(salt, 'base64'), expected };
}

export const pbkdf2: ForeignHashFormat = {
  algorithm: 'pbkdf2',
  fault: (hash) => {
    const parts = partsOf(hash);
    if (!parts || parts.iterations < 1)
      return { path: 'hash.value', sentence: 'The hash is not of the form $pbkdf2-<digest>$i=…,l=…$salt$hash.' };
    const blocks = Math.ceil(parts.expected.length / (digestLengths[parts.digest] as number));
    if (parts.iterations * blocks > mostRounds)
      return { path: 'hash.value', sentence: `The hash takes more than ${mostRounds} rounds to verify.` };
    return undefined;
  },
  verify: async (hash, password) => {
    const { digest, iterations, salt, expected } = partsOf(hash) as Parts;
    return timingSafeEqual(
      await deriveKey(passwordBytes(hash, password), salt, iterations, expected.length, digest),
      expected,
    );
  },
};
