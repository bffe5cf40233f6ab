// Owns the names by which a person is found at sign-in: unique within a connection.
import { roundedUp } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export type IdentifierType = 'email' | 'username' | 'phone_number';

export interface LoginIdentifierRow {
  connection: string;
  type: IdentifierType;
  /** In canonical form: what two people may not share. */
  value: string;
  identity_id: string;
}

/** Claims an identifier; false when somebody has it already. */
export async function claim(db: Queries, row: LoginIdentifierRow): Promise<boolean> {
  const result = await db
    .insertInto('login_identifiers')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) === 1n;
}

/** Claims identifiers that nobody has; fails as a whole when somebody got hold of one meanwhile. */
export async function insertMany(db: Queries, rows: readonly LoginIdentifierRow[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('login_identifiers').values(rows).execute();
}

/** Who has which of some identifiers of one type: the user_id by the value. */
export async function findHolders(
  db: Queries,
  { connection, type }: Pick<LoginIdentifierRow, 'connection' | 'type'>,
  values: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (values.length === 0) return new Map();
  const rows = await db
    .selectFrom('login_identifiers')
    .innerJoin('identities', 'identities.identity_id', 'login_identifiers.identity_id')
    .select(['login_identifiers.value', 'identities.user_id'])
    .where('login_identifiers.connection', '=', connection)
    .where('login_identifiers.type', '=', type)
    .where('login_identifiers.value', 'in', roundedUp(values))
    .execute();
  return new Map(rows.map(({ value, user_id }) => [value, user_id]));
}

/** The person behind an identifier. */
export async function findHolder(
  db: Queries,
  connection: string,
  type: IdentifierType,
  value: string,
): Promise<{ user_id: string } | undefined> {
  return db
    .selectFrom('login_identifiers')
    .innerJoin('identities', 'identities.identity_id', 'login_identifiers.identity_id')
    .select('identities.user_id')
    .where('login_identifiers.connection', '=', connection)
    .where('login_identifiers.type', '=', type)
    .where('login_identifiers.value', '=', value)
    .executeTakeFirst();
}

export interface PasswordHolder {
  user_id: string;
  identity_id: string;
  hash: string | null;
}

/** The person behind an identifier, with their password's hash: all that a sign-in by password needs, in one query. */
export async function findPasswordHolder(
  db: Queries,
  connection: string,
  type: IdentifierType,
  value: string,
): Promise<PasswordHolder | undefined> {
  return db
    .selectFrom('login_identifiers')
    .innerJoin('identities', 'identities.identity_id', 'login_identifiers.identity_id')
    .leftJoin('passwords', 'passwords.identity_id', 'login_identifiers.identity_id')
    .select(['identities.user_id', 'identities.identity_id', 'passwords.hash'])
    .where('login_identifiers.connection', '=', connection)
    .where('login_identifiers.type', '=', type)
    .where('login_identifiers.value', '=', value)
    .executeTakeFirst();
}

/** Gives up an identity's identifier of a type, if it has one. */
export async function release(db: Queries, identityId: string, type: IdentifierType): Promise<void> {
  await db.deleteFrom('login_identifiers').where('identity_id', '=', identityId).where('type', '=', type).execute();
}
