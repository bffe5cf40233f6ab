// Owns people: how one is made, found and described.
import { randomHexSince } from '#crypto/random';
import type { Profile } from '#protocol/claims';
import type { Queries } from '#storage/database';
import * as identities from '#storage/tables/identities';
import * as identifiers from '#storage/tables/login-identifiers';
import * as passwords from '#storage/tables/passwords';
import * as userRoles from '#storage/tables/user-roles';
import * as users from '#storage/tables/users';
import { accountRow } from './account-rows.ts';
import type { Context } from './context.ts';
import { InvalidSetting } from './refusals.ts';

export interface User extends Profile {
  readonly blocked: boolean;
}

function toUser(row: users.UserRow): User {
  return {
    user_id: row.user_id,
    email: row.email,
    email_verified: row.email_verified === 1,
    name: row.name,
    given_name: row.given_name,
    family_name: row.family_name,
    nickname: row.nickname,
    picture: row.picture,
    phone_number: row.phone_number,
    phone_verified: row.phone_verified === 1,
    updated_at: row.updated_at,
    ...(row.user_metadata === null ? {} : { user_metadata: JSON.parse(row.user_metadata) }),
    blocked: row.blocked === 1,
  };
}

export async function findUser(ctx: Pick<Context, 'database'>, userId: string): Promise<User | undefined> {
  const row = await users.find(ctx.database.queries, userId);
  return row && toUser(row);
}

/** The ids that nobody has. */
export async function unknownUsers(
  ctx: Pick<Context, 'database'>,
  userIds: readonly string[],
): Promise<readonly string[]> {
  const found = await Promise.all(userIds.map((id) => findUser(ctx, id)));
  return userIds.filter((_id, index) => found[index] === undefined);
}

/** Throws InvalidSetting unless there is a person with every id. */
export async function checkUsers(ctx: Pick<Context, 'database'>, userIds: readonly string[]): Promise<void> {
  const unknown = await unknownUsers(ctx, userIds);
  if (unknown.length > 0) throw new InvalidSetting(`The following users do not exist: ${unknown.join(', ')}`);
}

/** The person whom a connection's provider knows by an id of its own. */
export async function findUserByProviderId(
  ctx: Pick<Context, 'database'>,
  { name, strategy }: { readonly name: string; readonly strategy: string },
  id: string,
): Promise<User | undefined> {
  const key = { connection: name, identity_id: `${strategy}|${id}` };
  const identity = await identities.findInConnection(ctx.database.queries, key);
  return identity && findUser(ctx, identity.user_id);
}

/** The person whom a connection knows by an address, in canonical form. */
export async function findUserByEmail(
  ctx: Pick<Context, 'database'>,
  { name }: { readonly name: string },
  email: string,
): Promise<User | undefined> {
  const holder = await identifiers.findHolder(ctx.database.queries, name, 'email', email);
  return holder && findUser(ctx, holder.user_id);
}

/** Rolls a sign-up back whose address belongs to somebody. */
class IdentifierTaken extends Error {
  override name = 'IdentifierTaken';
}

export interface NewDatabaseUser {
  readonly connection: string;
  /** In canonical form. */
  readonly email: string;
  readonly email_verified: boolean;
  /** A PHC string. */
  readonly passwordHash: string;
  readonly roles?: readonly string[];
}

/** Makes a person with an e-mail address and a password: all of it or nothing. 'taken' when the address has an account. */
export async function createDatabaseUser(
  ctx: Pick<Context, 'database' | 'now'>,
  fresh: NewDatabaseUser,
): Promise<User | 'taken'> {
  const now = ctx.now();
  const userId = `auth0|${randomHexSince(now)}`;
  const { email, email_verified } = fresh;
  const row = accountRow(userId, { email, email_verified }, now);
  const identity = { identity_id: userId, user_id: userId, connection: fresh.connection, provider: 'auth0' };
  const create = async (queries: Queries): Promise<User> => {
    await users.insert(queries, row);
    await identities.insert(queries, { ...identity, is_social: 0, profile_data: null, created_at: now });
    const claim = { connection: fresh.connection, type: 'email' as const, value: fresh.email, identity_id: userId };
    // The claim decides between two sign-ups at the same instant; the loser leaves nothing behind.
    if (!(await identifiers.claim(queries, claim))) throw new IdentifierTaken();
    await passwords.put(queries, { identity_id: userId, hash: fresh.passwordHash, changed_at: now });
    for (const role_id of fresh.roles ?? [])
      await userRoles.assign(queries, { user_id: userId, role_id, created_at: now });
    return toUser(row);
  };
  try {
    return await ctx.database.transaction(create);
  } catch (error) {
    if (error instanceof IdentifierTaken) return 'taken';
    throw error;
  }
}

/** Counts a completed sign-in. */
export async function recordLogin(queries: Queries, userId: string, at: number, ip: string | null): Promise<void> {
  await users.recordLogin(queries, userId, at, ip);
}
