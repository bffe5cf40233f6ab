// Owns the rows of what people prove themselves by beside their password.
import type { Queries } from '../tables.ts';

export interface AuthenticationMethodRow {
  id: string;
  user_id: string;
  type: string;
  /** JSON object; secrets in it are sealed. */
  body: string;
  created_at: number;
}

export async function insert(db: Queries, row: AuthenticationMethodRow): Promise<void> {
  await db.insertInto('authentication_methods').values(row).execute();
}

/** At most some hundreds: all are in one statement. */
export async function insertMany(db: Queries, rows: readonly AuthenticationMethodRow[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('authentication_methods').values(rows).execute();
}

export async function listForUser(db: Queries, userId: string): Promise<AuthenticationMethodRow[]> {
  return db
    .selectFrom('authentication_methods')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export async function find(db: Queries, id: string): Promise<AuthenticationMethodRow | undefined> {
  return db.selectFrom('authentication_methods').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The first of these ids that there is: ids of one device differ by their kind alone. */
export async function findDevice(db: Queries, ids: readonly string[]): Promise<AuthenticationMethodRow | undefined> {
  return db.selectFrom('authentication_methods').selectAll().where('id', 'in', ids).executeTakeFirst();
}

export async function update(db: Queries, id: string, body: string): Promise<void> {
  await db.updateTable('authentication_methods').set({ body }).where('id', '=', id).execute();
}

export async function remove(db: Queries, id: string): Promise<void> {
  await db.deleteFrom('authentication_methods').where('id', '=', id).execute();
}

export async function removeOfUser(db: Queries, userId: string): Promise<void> {
  await db.deleteFrom('authentication_methods').where('user_id', '=', userId).execute();
}
