// Owns the rows that tie a person to the connections they may sign in by.
import { roundedUp } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface IdentityRow {
  /** `<provider>|<id within the provider>`; a person's first identity gives them their user_id. */
  identity_id: string;
  /** What stands behind the bar. */
  id_at_provider: string;
  user_id: string;
  connection: string;
  provider: string;
  is_social: number;
  /** JSON object as the provider sent it, or null. */
  profile_data: string | null;
  created_at: number;
}

export type NewIdentity = Omit<IdentityRow, 'id_at_provider'>;

/** An identity's row, whole. */
export function identityRow(fresh: NewIdentity): IdentityRow {
  const { identity_id } = fresh;
  return { ...fresh, id_at_provider: identity_id.slice(identity_id.indexOf('|') + 1) };
}

export async function insert(db: Queries, fresh: NewIdentity): Promise<void> {
  await insertMany(db, [fresh]);
}

/** At most some thousands: all are in one statement. */
export async function insertMany(db: Queries, fresh: readonly NewIdentity[]): Promise<void> {
  await db.insertInto('identities').values(fresh.map(identityRow)).execute();
}

/** Of some ids those that somebody has. */
export async function taken(db: Queries, identityIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (identityIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('identities')
    .select('identity_id')
    .where('identity_id', 'in', roundedUp(identityIds))
    .execute();
  return new Set(rows.map(({ identity_id }) => identity_id));
}

export async function listForUser(db: Queries, userId: string): Promise<IdentityRow[]> {
  return db
    .selectFrom('identities')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('identity_id')
    .execute();
}

/** The identities of several people, by user_id, the oldest of each first. */
export async function listForUsers(
  db: Queries,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly IdentityRow[]>> {
  const rows = await db
    .selectFrom('identities')
    .selectAll()
    .where('user_id', 'in', roundedUp(userIds))
    .orderBy('created_at')
    .orderBy('identity_id')
    .execute();
  return Map.groupBy(rows, ({ user_id }) => user_id);
}

/** The identity of an id, if it is of this connection. */
export async function findInConnection(
  db: Queries,
  { connection, identity_id }: Pick<IdentityRow, 'connection' | 'identity_id'>,
): Promise<IdentityRow | undefined> {
  return db
    .selectFrom('identities')
    .selectAll()
    .where('identity_id', '=', identity_id)
    .where('connection', '=', connection)
    .executeTakeFirst();
}

export async function find(db: Queries, identityId: string): Promise<IdentityRow | undefined> {
  return db.selectFrom('identities').selectAll().where('identity_id', '=', identityId).executeTakeFirst();
}

/** Gives an identity to another person, or to itself, with what its provider says of it. */
export async function move(
  db: Queries,
  identityId: string,
  to: Pick<IdentityRow, 'user_id' | 'profile_data'>,
): Promise<void> {
  await db.updateTable('identities').set(to).where('identity_id', '=', identityId).execute();
}

/** Some of the identities of a connection, as many as `most`. */
export async function listOfConnection(db: Queries, connection: string, most: number): Promise<IdentityRow[]> {
  return db.selectFrom('identities').selectAll().where('connection', '=', connection).limit(most).execute();
}
