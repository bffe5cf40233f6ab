// Owns the family of hashes that are one digest of a password and perhaps a salt.
import { timingSafeEqual } from 'node:crypto';
import { bytesOf, type ForeignHashFormat, lengthFault, salted, saltFault } from './foreign-hash.ts';
import { digestLengths, legacyDigest } from './legacy-digest.ts';

export function saltedDigest(algorithm: string): ForeignHashFormat {
  const length = digestLengths[algorithm] as number;
  return {
    algorithm,
    fault: (hash) => lengthFault(hash, length) ?? saltFault(hash),
    verify: (hash, password) =>
      timingSafeEqual(legacyDigest(algorithm, salted(hash, password)), bytesOf(hash.hash) as Buffer),
  };
}
