// Owns HMAC (RFC 2104): a digest under a key that all passwords of the other system had in common.
import { timingSafeEqual } from 'node:crypto';
import { bytesOf, type ForeignHashFormat, lengthFault, salted, saltFault } from '../foreign-hash.ts';
import { digestLengths, legacyHmac } from '../legacy-digest.ts';

export const hmac: ForeignHashFormat = {
  algorithm: 'hmac',
  fault: (hash) => {
    const { digest, key } = hash.hash;
    const length = digest === undefined ? undefined : digestLengths[digest];
    if (length === undefined) return { path: 'hash.digest', sentence: 'An HMAC needs the name of its digest.' };
    if (!key || !bytesOf(key)) return { path: 'hash.key', sentence: 'An HMAC needs its key, in the encoding it says.' };
    return lengthFault(hash, length) ?? saltFault(hash);
  },
  verify: (hash, password) => {
    const { digest = '', key } = hash.hash;
    const actual = legacyHmac(digest, (key && bytesOf(key)) as Buffer, salted(hash, password));
    return timingSafeEqual(actual, bytesOf(hash.hash) as Buffer);
  },
};
