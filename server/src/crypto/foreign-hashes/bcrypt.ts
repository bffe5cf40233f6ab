// Owns bcrypt: $2a$, $2b$ and $2y$, in a thread of its own.
import { bcryptMatches } from '../bcrypt.ts';
import type { ForeignHashFormat } from '../foreign-hash.ts';

const modular = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** Doubling the work each: fifteen takes about two seconds. */
const mostCost = 15;

/** What bcrypt looks at, in bytes. */
const longest = 72;

export const bcrypt: ForeignHashFormat = {
  algorithm: 'bcrypt',
  fault: ({ hash, password }) => {
    const [, cost] = modular.exec(hash.value) ?? [];
    if (cost === undefined || Number(cost) < 4)
      return { path: 'hash.value', sentence: 'The hash is not of the form $2a$10$…, $2b$10$… or $2y$10$….' };
    if (Number(cost) > mostCost)
      return { path: 'hash.value', sentence: `The hash has a higher cost than ${mostCost}.` };
    if (password?.encoding !== undefined && !['utf8', 'ascii'].includes(password.encoding))
      return { path: 'password.encoding', sentence: 'bcrypt takes passwords in utf8.' };
    return undefined;
  },
  verify: async ({ hash }, password) => {
    // The other system saw no difference after 72 bytes, or after a NUL: nobody is let in by the beginning of a password.
    if (Buffer.byteLength(password) > longest || password.includes('\0')) return false;
    return bcryptMatches(password, hash.value);
  },
};
