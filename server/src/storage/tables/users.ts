// Owns the rows of people.
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface UserRow {
  user_id: string;
  email: string | null;
  email_verified: number;
  username: string | null;
  phone_number: string | null;
  phone_verified: number | null;
  name: string | null;
  given_name: string | null;
  family_name: string | null;
  nickname: string | null;
  picture: string | null;
  blocked: number;
  /** JSON object. */
  user_metadata: string | null;
  /** JSON object. */
  app_metadata: string | null;
  created_at: number;
  updated_at: number;
  last_login_at: number | null;
  last_ip: string | null;
  logins_count: number;
}

const findById = prepared<Pick<UserRow, 'user_id'>, UserRow>((db, value) =>
  db.selectFrom('users').selectAll().where('user_id', '=', value('user_id')),
);

export async function find(db: Queries, userId: string): Promise<UserRow | undefined> {
  return (await findById(db, { user_id: userId }))[0];
}

export async function insert(db: Queries, row: UserRow): Promise<void> {
  await db.insertInto('users').values(row).execute();
}

export async function update(
  db: Queries,
  userId: string,
  values: Partial<Omit<UserRow, 'user_id' | 'created_at'>>,
): Promise<boolean> {
  const result = await db.updateTable('users').set(values).where('user_id', '=', userId).executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function recordLogin(db: Queries, userId: string, at: number, ip: string | null): Promise<void> {
  await db
    .updateTable('users')
    .set((expression) => ({
      last_login_at: at,
      last_ip: ip,
      logins_count: expression('logins_count', '+', 1),
    }))
    .where('user_id', '=', userId)
    .execute();
}

/** What people are called, of those that exist. */
export async function findNames(
  db: Queries,
  userIds: readonly string[],
): Promise<Pick<UserRow, 'user_id' | 'email' | 'username' | 'phone_number' | 'name'>[]> {
  return db
    .selectFrom('users')
    .select(['user_id', 'email', 'username', 'phone_number', 'name'])
    .where('user_id', 'in', userIds)
    .execute();
}
