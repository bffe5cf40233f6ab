// Owns the digests of ids that may be seen once.
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface ReplayRow {
  digest: string;
  expires_at: number;
}

const insertOne = prepared<ReplayRow, Pick<ReplayRow, 'digest'>>((db, value) =>
  db
    .insertInto('replays')
    .values({ digest: value('digest'), expires_at: value('expires_at') })
    .onConflict((conflict) => conflict.doNothing())
    .returning('digest'),
);

/** Notes an id; false when it is there already. */
export async function insert(db: Queries, row: ReplayRow): Promise<boolean> {
  return (await insertOne(db, row)).length === 1;
}

/** Deletes what expired before a moment. Returns how many. */
export async function purge(db: Queries, expiredBefore: number): Promise<number> {
  const result = await db.deleteFrom('replays').where('expires_at', '<=', expiredBefore).executeTakeFirst();
  return Number(result.numDeletedRows);
}
