// Owns scrypt (RFC 7914), with its parameters beside the hash.
import { type BinaryLike, scrypt as derive, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import {
  bytesOf,
  type ForeignHash,
  type ForeignHashFormat,
  lengthFault,
  passwordBytes,
  saltFault,
} from '../foreign-hash.ts';

const deriveKey = promisify(derive) as (
  password: BinaryLike,
  salt: BinaryLike,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer>;

/** Bytes. */
const mostMemory = 256 * 1024 * 1024;
const mostParallel = 16;

/** The lines that RFC 7914 §2 draws, and ours. */
function costFault({ cost = 16_384, blockSize = 8, parallelization = 1 }: ForeignHash): string | undefined {
  if (!Number.isInteger(cost) || cost < 2 || Math.log2(cost) % 1 !== 0) return 'The cost is not a power of two.';
  if (!Number.isInteger(blockSize) || blockSize < 1) return 'The block size is not a whole number from 1.';
  if (!Number.isInteger(parallelization) || parallelization < 1 || parallelization > mostParallel)
    return `The parallelization is not a whole number from 1 to ${mostParallel}.`;
  if (128 * cost * blockSize > mostMemory) return 'The hash takes more than 256 MiB to verify.';
  return undefined;
}

export const scrypt: ForeignHashFormat = {
  algorithm: 'scrypt',
  fault: (hash) => {
    const { keylen = 0, salt } = hash;
    if (!Number.isInteger(keylen) || keylen < 1 || keylen > 1024)
      return { path: 'keylen', sentence: 'scrypt needs the length of its key, from 1 to 1024 bytes.' };
    if (!salt) return { path: 'salt', sentence: 'scrypt needs a salt.' };
    const sentence = costFault(hash);
    return (
      lengthFault(hash, keylen) ?? saltFault(hash) ?? (sentence === undefined ? undefined : { path: 'cost', sentence })
    );
  },
  verify: async (hash, password) => {
    const { keylen = 0, cost = 16_384, blockSize = 8, parallelization = 1, salt } = hash;
    const options = { N: cost, r: blockSize, p: parallelization, maxmem: 2 * mostMemory };
    const actual = await deriveKey(passwordBytes(hash, password), (salt && bytesOf(salt)) as Buffer, keylen, options);
    return timingSafeEqual(actual, bytesOf(hash.hash) as Buffer);
  },
};
