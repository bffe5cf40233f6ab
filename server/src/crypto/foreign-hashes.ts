// Owns the list of the hash formats that are taken over from other systems, and how such a hash is kept.
import type { ForeignHash, ForeignHashFormat, HashFault } from './foreign-hash.ts';
import { argon2 } from './foreign-hashes/argon2.ts';
import { bcrypt } from './foreign-hashes/bcrypt.ts';
import { hmac } from './foreign-hashes/hmac.ts';
import { ldap } from './foreign-hashes/ldap.ts';
import { md4 } from './foreign-hashes/md4.ts';
import { md5 } from './foreign-hashes/md5.ts';
import { pbkdf2 } from './foreign-hashes/pbkdf2.ts';
import { scrypt } from './foreign-hashes/scrypt.ts';
import { sha1 } from './foreign-hashes/sha1.ts';
import { sha256 } from './foreign-hashes/sha256.ts';
import { sha512 } from './foreign-hashes/sha512.ts';

const formats: readonly ForeignHashFormat[] = [
  argon2,
  bcrypt,
  hmac,
  ldap,
  md4,
  md5,
  pbkdf2,
  scrypt,
  sha1,
  sha256,
  sha512,
];

export const foreignAlgorithms: readonly string[] = formats.map(({ algorithm }) => algorithm);

/** What a stored hash of another system begins with; the rest is its JSON. Ours begin with `$`. */
const mark = 'foreign:1:';

function formatOf({ algorithm }: ForeignHash): ForeignHashFormat {
  const format = formats.find((known) => known.algorithm === algorithm);
  if (!format) throw new Error('A stored password hash is not of a known form.');
  return format;
}

/** What keeps a hash from being verified, or undefined. The algorithm is one of `foreignAlgorithms`. */
export function foreignHashFault(hash: ForeignHash): HashFault | undefined {
  return formatOf(hash).fault(hash);
}

/** The text by which a hash without fault is kept. */
export function keptForeignHash(hash: ForeignHash): string {
  return mark + JSON.stringify(hash);
}

/** Whether a kept hash was made by another system, and is to be replaced by one of ours as soon as the password is known. */
export function isForeign(kept: string): boolean {
  return kept.startsWith(mark);
}

export async function verifyForeignHash(password: string, kept: string): Promise<boolean> {
  const hash = JSON.parse(kept.slice(mark.length)) as ForeignHash;
  return formatOf(hash).verify(hash, password);
}
