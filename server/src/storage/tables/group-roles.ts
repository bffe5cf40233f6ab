// Owns which roles the people in a group have, everywhere or within an organization.
import type { Queries } from '../tables.ts';
import type { GroupRow } from './groups.ts';

export interface GroupRoleRow {
  group_id: string;
  /** Empty: everywhere. */
  organization_id: string;
  role_id: string;
  created_at: number;
}

/** A role that the group has already stays as it is. */
export async function assign(db: Queries, rows: readonly GroupRoleRow[]): Promise<void> {
  await db
    .insertInto('group_roles')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function remove(
  db: Queries,
  { group_id, organization_id, role_id }: Omit<GroupRoleRow, 'created_at'>,
): Promise<void> {
  await db
    .deleteFrom('group_roles')
    .where('group_id', '=', group_id)
    .where('organization_id', '=', organization_id)
    .where('role_id', '=', role_id)
    .execute();
}

export async function removeOfRole(db: Queries, roleId: string): Promise<void> {
  await db.deleteFrom('group_roles').where('role_id', '=', roleId).execute();
}

export async function removeOfOrganization(db: Queries, organizationId: string): Promise<void> {
  await db.deleteFrom('group_roles').where('organization_id', '=', organizationId).execute();
}

/** The ids of a group's roles, the first one first. */
export async function listRoles(db: Queries, groupId: string, organizationId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('group_roles')
    .select('role_id')
    .where('group_id', '=', groupId)
    .where('organization_id', '=', organizationId)
    .orderBy('created_at')
    .orderBy('role_id')
    .execute();
  return rows.map((row) => row.role_id);
}

/** The groups that have a role. */
export async function listGroups(
  db: Queries,
  { role_id, organization_id }: Pick<GroupRoleRow, 'role_id' | 'organization_id'>,
): Promise<GroupRow[]> {
  return db
    .selectFrom('group_roles as held')
    .innerJoin('groups', 'groups.id', 'held.group_id')
    .selectAll('groups')
    .where('held.role_id', '=', role_id)
    .where('held.organization_id', '=', organization_id)
    .orderBy('groups.created_at')
    .orderBy('groups.id')
    .execute();
}

/** The groups that have any role within an organization. */
export async function listGroupsOfOrganization(db: Queries, organizationId: string): Promise<GroupRow[]> {
  return db
    .selectFrom('groups')
    .selectAll()
    .where('id', 'in', (inner) =>
      inner.selectFrom('group_roles').select('group_id').where('organization_id', '=', organizationId),
    )
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** The roles that a person has by the groups in which they are. */
export async function listForUser(
  db: Queries,
  userId: string,
  organizationId: string,
): Promise<Pick<GroupRoleRow, 'role_id' | 'group_id'>[]> {
  return db
    .selectFrom('group_members as member')
    .innerJoin('group_roles as held', 'held.group_id', 'member.group_id')
    .select(['held.role_id', 'held.group_id'])
    .where('member.user_id', '=', userId)
    .where('held.organization_id', '=', organizationId)
    .orderBy('held.created_at')
    .orderBy('held.role_id')
    .execute();
}
