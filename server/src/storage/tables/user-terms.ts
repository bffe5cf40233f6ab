// Owns the words that people are found by: written with the person's row, whenever that changes.
import type { Queries } from '../tables.ts';
import type { Term } from '../user-facts.ts';

export interface UserTermRow {
  /** As a query names it: `email`, `app_metadata.plan`. */
  path: string;
  /** Folded where case doesn't matter; the beginning and a digest of what is long. */
  value: string;
  user_id: string;
  /** Of numbers in metadata, for ranges. */
  number: number | null;
}

/** Rows in one statement: each has four parameters, and SQLite takes 32,766 of them. */
const mostRows = 1000;

export async function insert(db: Queries, rows: readonly UserTermRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += mostRows) {
    await db
      .insertInto('user_terms')
      .values(rows.slice(at, at + mostRows))
      .execute();
  }
}

const keyOf = ({ path, value }: Term) => `${path}\0${value}`;

/** Writes what changed in the words of a person. What was must be exactly what is stored: the person's row is held. */
export async function replace(
  db: Queries,
  userId: string,
  before: readonly Term[],
  after: readonly Term[],
): Promise<void> {
  const kept = new Set(after.map(keyOf));
  const known = new Set(before.map(keyOf));
  for (const { path, value } of before.filter((term) => !kept.has(keyOf(term)))) {
    await db
      .deleteFrom('user_terms')
      .where('path', '=', path)
      .where('value', '=', value)
      .where('user_id', '=', userId)
      .execute();
  }
  await insert(
    db,
    after.filter((term) => !known.has(keyOf(term))).map((term) => ({ ...term, user_id: userId })),
  );
}
