// Owns which roles a person has in an organization, beside those that they have everywhere.
import type { Queries } from '../tables.ts';
import type { RowWindow } from '../window.ts';
import type { ListedPerson } from './organization-members.ts';

export interface OrganizationMemberRoleRow {
  organization_id: string;
  user_id: string;
  role_id: string;
  created_at: number;
}

/** A role that they have already stays as it is. */
export async function assign(db: Queries, rows: readonly OrganizationMemberRoleRow[]): Promise<void> {
  await db
    .insertInto('organization_member_roles')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function remove(
  db: Queries,
  { organization_id, user_id }: Pick<OrganizationMemberRoleRow, 'organization_id' | 'user_id'>,
  roleIds: readonly string[],
): Promise<void> {
  await db
    .deleteFrom('organization_member_roles')
    .where('organization_id', '=', organization_id)
    .where('user_id', '=', user_id)
    .where('role_id', 'in', roleIds)
    .execute();
}

export async function removeOfMembers(db: Queries, organizationId: string, userIds: readonly string[]): Promise<void> {
  await db
    .deleteFrom('organization_member_roles')
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', userIds)
    .execute();
}

export async function removeOfOrganization(db: Queries, organizationId: string): Promise<void> {
  await db.deleteFrom('organization_member_roles').where('organization_id', '=', organizationId).execute();
}

export async function removeOfRole(db: Queries, roleId: string): Promise<void> {
  await db.deleteFrom('organization_member_roles').where('role_id', '=', roleId).execute();
}

/** The roles that these people have in an organization, the first one first. */
export async function listForMembers(
  db: Queries,
  organizationId: string,
  userIds: readonly string[],
): Promise<Pick<OrganizationMemberRoleRow, 'user_id' | 'role_id'>[]> {
  if (userIds.length === 0) return [];
  return db
    .selectFrom('organization_member_roles')
    .select(['user_id', 'role_id'])
    .where('organization_id', '=', organizationId)
    .where('user_id', 'in', userIds)
    .orderBy('created_at')
    .orderBy('role_id')
    .execute();
}

/** The members of an organization who have a role in it, who got it first first. */
export async function listHolders(
  db: Queries,
  { organization_id, role_id }: Pick<OrganizationMemberRoleRow, 'organization_id' | 'role_id'>,
  window: RowWindow,
): Promise<ListedPerson[]> {
  const all = db
    .selectFrom('organization_member_roles as held')
    .innerJoin('organization_members as member', (join) =>
      join.onRef('member.organization_id', '=', 'held.organization_id').onRef('member.user_id', '=', 'held.user_id'),
    )
    .innerJoin('users', 'users.user_id', 'held.user_id')
    .select(['held.user_id', 'held.created_at', 'users.email', 'users.name', 'users.picture'])
    .where('held.role_id', '=', role_id)
    .where('held.organization_id', '=', organization_id)
    .orderBy('held.created_at')
    .orderBy('held.user_id')
    .limit(window.limit);
  if ('start' in window) return all.offset(window.start).execute();
  const { after } = window;
  if (!after) return all.execute();
  return all
    .where(({ eb, refTuple, tuple }) => eb(refTuple('held.created_at', 'held.user_id'), '>', tuple(after.at, after.id)))
    .execute();
}
