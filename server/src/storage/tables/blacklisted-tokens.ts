// Owns the rows of tokens that administrators put on the blacklist.
import type { Queries } from '../tables.ts';

export interface BlacklistedTokenRow {
  /** For whom the token was issued. */
  aud: string;
  jti: string;
  created_at: number;
}

/** One that is there already stays as it is. */
export async function insert(db: Queries, row: BlacklistedTokenRow): Promise<void> {
  await db
    .insertInto('blacklisted_tokens')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** The oldest first; without an audience those of all. */
export async function list(
  db: Queries,
  aud: string | undefined,
  { start, limit }: { readonly start: number; readonly limit: number },
): Promise<BlacklistedTokenRow[]> {
  const all = db.selectFrom('blacklisted_tokens').selectAll();
  const some = aud === undefined ? all : all.where('aud', '=', aud);
  return some.orderBy('created_at').orderBy('jti').offset(start).limit(limit).execute();
}

/** Forgets those that have been there so long that they have expired by themselves. */
export async function purge(db: Queries, before: number): Promise<number> {
  const result = await db.deleteFrom('blacklisted_tokens').where('created_at', '<=', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
