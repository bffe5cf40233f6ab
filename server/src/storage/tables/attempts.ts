// Owns the counts of attempts within a time.
import type { Queries } from '../tables.ts';

export interface AttemptRow {
  /** SHA-256 of what is counted, whose it is, and the time within which. */
  digest: string;
  count: number;
  expires_at: number;
}

/** Counts one more, and returns how many there are now: of any number of callers no two get the same. */
export async function increment(db: Queries, attempt: Omit<AttemptRow, 'count'>): Promise<number> {
  const row = await db
    .insertInto('attempts')
    .values({ ...attempt, count: 1 })
    .onConflict((conflict) =>
      conflict.column('digest').doUpdateSet((set) => ({ count: set('attempts.count', '+', 1) })),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  return row.count;
}

/** Takes one back. */
export async function decrement(db: Queries, digest: string): Promise<void> {
  await db
    .updateTable('attempts')
    .set((set) => ({ count: set('count', '-', 1) }))
    .where('digest', '=', digest)
    .where('count', '>', 0)
    .execute();
}

export async function purge(db: Queries, now: number): Promise<number> {
  const result = await db.deleteFrom('attempts').where('expires_at', '<=', now).executeTakeFirst();
  return Number(result.numDeletedRows);
}
