// Owns what administrators see of a person, in Auth0's form.
import * as identities from '#storage/tables/identities';
import type { UserRow } from '#storage/tables/users';
import type { Context } from './context.ts';

const iso = (at: number) => new Date(at).toISOString();

/** The members that are there. */
function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== undefined));
}

const parsed = (json: string | null) => (json === null ? undefined : JSON.parse(json));

export function identityView(row: identities.IdentityRow): Record<string, unknown> {
  return present({
    profileData: parsed(row.profile_data),
    connection: row.connection,
    user_id: row.id_at_provider,
    provider: row.provider,
    isSocial: row.is_social === 1,
  });
}

/** A person's own identity first, then those that were linked, in their order. */
export function inOrder(userId: string, rows: readonly identities.IdentityRow[]): readonly identities.IdentityRow[] {
  const own = rows.filter(({ identity_id }) => identity_id === userId);
  return [...own, ...rows.filter(({ identity_id }) => identity_id !== userId)];
}

function view(row: UserRow, all: readonly identities.IdentityRow[]): Record<string, unknown> {
  return present({
    ...(row.blocked_told === 1 ? { blocked: row.blocked === 1 } : {}),
    created_at: iso(row.created_at),
    email: row.email,
    email_verified: row.email === null ? undefined : row.email_verified === 1,
    username: row.username,
    phone_number: row.phone_number,
    phone_verified: row.phone_number === null ? undefined : row.phone_verified === 1,
    given_name: row.given_name,
    family_name: row.family_name,
    name: row.name,
    nickname: row.nickname,
    picture: row.picture,
    identities: inOrder(row.user_id, all).map(identityView),
    updated_at: iso(row.updated_at),
    user_id: row.user_id,
    user_metadata: parsed(row.user_metadata),
    app_metadata: parsed(row.app_metadata),
    last_password_reset: row.last_password_reset_at === null ? undefined : iso(row.last_password_reset_at),
    last_login: row.last_login_at === null ? undefined : iso(row.last_login_at),
    last_ip: row.last_ip,
    logins_count: row.logins_count === 0 ? undefined : row.logins_count,
  });
}

/** People as administrators see them, in the order of the rows. */
export async function accountViews(
  { database }: Pick<Context, 'database'>,
  rows: readonly UserRow[],
): Promise<readonly Record<string, unknown>[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ user_id }) => user_id);
  const all = await identities.listForUsers(database.queries, ids);
  return rows.map((row) => view(row, all.get(row.user_id) ?? []));
}
