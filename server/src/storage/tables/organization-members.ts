// Owns who belongs to which organization.
import type { Queries } from '../tables.ts';
import type { RowWindow } from '../window.ts';
import type { UserRow } from './users.ts';

export interface OrganizationMemberRow {
  organization_id: string;
  user_id: string;
  created_at: number;
}

/** A person in a list, with the time since when they are in it. */
export type ListedPerson = Pick<UserRow, 'user_id' | 'email' | 'name' | 'picture' | 'created_at'>;

/** Who belongs to it already stays as they are. */
export async function add(db: Queries, rows: readonly OrganizationMemberRow[]): Promise<void> {
  await db
    .insertInto('organization_members')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function remove(db: Queries, organizationId: string, userIds: readonly string[]): Promise<void> {
  await db
    .deleteFrom('organization_members')
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', userIds)
    .execute();
}

export async function removeOfOrganization(db: Queries, organizationId: string): Promise<void> {
  await db.deleteFrom('organization_members').where('organization_id', '=', organizationId).execute();
}

export async function isMember(db: Queries, organizationId: string, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('organization_members')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}

/** The members of an organization, who came first first. */
export async function list(db: Queries, organizationId: string, window: RowWindow): Promise<ListedPerson[]> {
  const all = db
    .selectFrom('organization_members as member')
    .innerJoin('users', 'users.user_id', 'member.user_id')
    .select(['member.user_id', 'member.created_at', 'users.email', 'users.name', 'users.picture'])
    .where('member.organization_id', '=', organizationId)
    .orderBy('member.created_at')
    .orderBy('member.user_id')
    .limit(window.limit);
  if ('start' in window) return all.offset(window.start).execute();
  const { after } = window;
  if (!after) return all.execute();
  return all
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple('member.created_at', 'member.user_id'), '>', tuple(after.at, after.id)),
    )
    .execute();
}

export async function count(db: Queries, organizationId: string): Promise<number> {
  const row = await db
    .selectFrom('organization_members')
    .select((expression) => expression.fn.countAll().as('members'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return Number(row.members);
}

/** The organizations to which a person belongs, the first one first. */
export async function listOrganizations(db: Queries, userId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('organization_members')
    .select('organization_id')
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('organization_id')
    .execute();
  return rows.map((row) => row.organization_id);
}
