// Owns what a ticket has to know of a person's identities: which there are, and what address each has.
import * as identities from '#storage/tables/identities';
import * as users from '#storage/tables/users';
import type { Context } from './context.ts';

export interface PersonIdentity {
  readonly user_id: string;
  readonly identity_id: string;
  /** The connection's name. */
  readonly connection: string;
  readonly provider: string;
  readonly email: string | null;
  readonly email_verified: boolean;
}

function emailOf(user: users.UserRow, { identity_id, profile_data }: identities.IdentityRow): string | null {
  if (identity_id === user.user_id || profile_data === null) return user.email;
  const { email } = JSON.parse(profile_data) as { readonly email?: unknown };
  return typeof email === 'string' ? email : null;
}

/** None when there is no such person. */
export async function identitiesOf({ database }: Pick<Context, 'database'>, userId: string): Promise<PersonIdentity[]> {
  const user = await users.find(database.queries, userId);
  if (!user) return [];
  const rows = await identities.listForUser(database.queries, userId);
  return rows.map((row) => ({
    user_id: userId,
    identity_id: row.identity_id,
    connection: row.connection,
    provider: row.provider,
    email: emailOf(user, row),
    email_verified: user.email_verified === 1,
  }));
}
