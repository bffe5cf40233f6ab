// Owns the rows of sign-ins under way.
import type { Queries } from '../tables.ts';

export interface LoginTransactionRow {
  /** SHA-256 of the `state` that the pages carry. */
  id_digest: string;
  /** SHA-256 of the cookie of the browser that began it. */
  browser_digest: string;
  /** JSON. */
  body: string;
  created_at: number;
  expires_at: number;
}

export async function insert(db: Queries, row: LoginTransactionRow): Promise<void> {
  await db.insertInto('login_transactions').values(row).execute();
}

/** One that has expired, too: the caller judges that. */
export async function find(db: Queries, idDigest: string): Promise<LoginTransactionRow | undefined> {
  return db.selectFrom('login_transactions').selectAll().where('id_digest', '=', idDigest).executeTakeFirst();
}

export async function updateBody(db: Queries, idDigest: string, body: string): Promise<boolean> {
  const result = await db
    .updateTable('login_transactions')
    .set({ body })
    .where('id_digest', '=', idDigest)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Ends a transaction. Only one caller ever gets true. */
export async function remove(db: Queries, idDigest: string): Promise<boolean> {
  const result = await db.deleteFrom('login_transactions').where('id_digest', '=', idDigest).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

export async function purge(db: Queries, now: number): Promise<number> {
  const result = await db.deleteFrom('login_transactions').where('expires_at', '<=', now).executeTakeFirst();
  return Number(result.numDeletedRows);
}
