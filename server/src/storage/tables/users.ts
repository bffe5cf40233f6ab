// Owns the rows of people.
import { prepared, roundedUp } from '../prepared.ts';
import type { Queries } from '../tables.ts';
import { termsOf } from '../user-facts.ts';
import * as userTerms from './user-terms.ts';

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
  /** Whether anybody ever said that the person is blocked or isn't. */
  blocked_told: number;
  /** JSON object. */
  user_metadata: string | null;
  /** JSON object. */
  app_metadata: string | null;
  created_at: number;
  updated_at: number;
  last_login_at: number | null;
  last_ip: string | null;
  logins_count: number;
  /** When the password was last changed, by whomever; null as long as it's the first one. */
  last_password_reset_at: number | null;
}

const findById = prepared<Pick<UserRow, 'user_id'>, UserRow>((db, value) =>
  db.selectFrom('users').selectAll().where('user_id', '=', value('user_id')),
);

export async function find(db: Queries, userId: string): Promise<UserRow | undefined> {
  return (await findById(db, { user_id: userId }))[0];
}

/** Stores a person, and what they are found by. */
export async function insert(db: Queries, row: UserRow): Promise<void> {
  await insertMany(db, [row]);
}

/** Rows in one statement: each has 21 parameters, and SQLite takes 32,766 of them. */
const mostRows = 500;

/** Stores people, and what they are found by; in a transaction, or parts of it may be missing. */
export async function insertMany(db: Queries, rows: readonly UserRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += mostRows) {
    const some = rows.slice(at, at + mostRows);
    await db.insertInto('users').values(some).execute();
    const terms = some.flatMap((row) => termsOf(row).map((term) => ({ ...term, user_id: row.user_id })));
    await userTerms.insert(db, terms);
  }
}

/** Reads a person, whom nobody else changes until the transaction ends. */
export async function hold(db: Queries, userId: string): Promise<UserRow | undefined> {
  return db
    .updateTable('users')
    .set((row) => ({ updated_at: row.ref('updated_at') }))
    .where('user_id', '=', userId)
    .returningAll()
    .executeTakeFirst();
}

export type UserChange = Partial<Omit<UserRow, 'user_id' | 'created_at'>>;

/** Changes a person who is held, in what is named and in nothing else. */
export async function change(db: Queries, before: UserRow, values: UserChange): Promise<UserRow> {
  const after = { ...before, ...values };
  if (Object.keys(values).length > 0) {
    await db.updateTable('users').set(values).where('user_id', '=', before.user_id).execute();
  }
  await userTerms.replace(db, before.user_id, termsOf(before), termsOf(after));
  return after;
}

/** Deletes a person who is held, and everything that refers to them. */
export async function remove(db: Queries, row: UserRow): Promise<void> {
  await userTerms.replace(db, row.user_id, termsOf(row), []);
  await db.deleteFrom('users').where('user_id', '=', row.user_id).execute();
}

/** The people of ids, in no order; those who are gone are missing. */
export async function listByIds(db: Queries, userIds: readonly string[]): Promise<UserRow[]> {
  return db.selectFrom('users').selectAll().where('user_id', 'in', roundedUp(userIds)).execute();
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

/** People by their ids, from after one on; of a connection, or all. */
export async function listAfter(
  db: Queries,
  { after, limit, connection }: { after: string; limit: number; connection: string | undefined },
): Promise<UserRow[]> {
  const some = db.selectFrom('users').selectAll().orderBy('user_id');
  if (connection === undefined) return some.where('user_id', '>', after).limit(limit).execute();
  const ids = await db
    .selectFrom('identities')
    .select('user_id')
    .distinct()
    .where('connection', '=', connection)
    .where('user_id', '>', after)
    .orderBy('user_id')
    .limit(limit)
    .execute();
  return ids.length === 0
    ? []
    : some
        .where(
          'user_id',
          'in',
          ids.map(({ user_id }) => user_id),
        )
        .execute();
}

/** How many people there are; in a connection, or at all. */
export async function count(db: Queries, connection: string | undefined): Promise<number> {
  const all =
    connection === undefined
      ? db.selectFrom('users').select((row) => row.fn.countAll<number | string>().as('size'))
      : db
          .selectFrom('identities')
          .select((row) => row.fn.count<number | string>('user_id').distinct().as('size'))
          .where('connection', '=', connection);
  return Number((await all.executeTakeFirstOrThrow()).size);
}

/** The people with an address, the oldest first. */
export async function listByEmail(db: Queries, email: string): Promise<UserRow[]> {
  return db
    .selectFrom('users')
    .selectAll()
    .where('email', '=', email)
    .orderBy('created_at')
    .orderBy('user_id')
    .execute();
}
