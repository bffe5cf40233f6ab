// Owns the time-line of the database: append-only, forward-only, the same for every dialect.
import type { Migration } from 'kysely';
import * as foundation from './migrations/0001-foundation.ts';

export const migrations: Record<string, Migration> = {
  '0001-foundation': foundation,
};
