// Owns memberships: who belongs to which organization, and which roles they have in it.
import * as memberRoles from '#storage/tables/organization-member-roles';
import * as members from '#storage/tables/organization-members';
import type { RowWindow } from '#storage/window';
import type { Context } from './context.ts';
import { findOrganization, type Organization } from './organizations.ts';
import { checkRoles, findRole, type Role } from './roles.ts';
import { checkUsers } from './users.ts';

export type { ListedPerson } from '#storage/tables/organization-members';

/** Makes people members; who is one already stays so. Throws InvalidSetting for people who don't exist. */
export async function addMembers(
  ctx: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  userIds: readonly string[],
): Promise<void> {
  await checkUsers(ctx, userIds);
  const created_at = ctx.now();
  const rows = userIds.map((user_id) => ({ organization_id: organizationId, user_id, created_at }));
  await members.add(ctx.database.queries, rows);
}

/** Ends memberships, and the roles that came with them. */
export async function removeMembers(
  ctx: Pick<Context, 'database'>,
  organizationId: string,
  userIds: readonly string[],
): Promise<void> {
  await ctx.database.transaction(async (queries) => {
    await members.remove(queries, organizationId, userIds);
    await memberRoles.removeOfMembers(queries, organizationId, userIds);
  });
}

export async function isMember(
  ctx: Pick<Context, 'database'>,
  organizationId: string,
  userId: string,
): Promise<boolean> {
  return members.isMember(ctx.database.queries, organizationId, userId);
}

/** Who came first first. */
export async function listMembers(ctx: Pick<Context, 'database'>, organizationId: string, window: RowWindow) {
  return members.list(ctx.database.queries, organizationId, window);
}

export async function countMembers(ctx: Pick<Context, 'database'>, organizationId: string): Promise<number> {
  return members.count(ctx.database.queries, organizationId);
}

/** The organizations to which a person belongs. */
export async function organizationsOf(
  ctx: Pick<Context, 'database' | 'documents'>,
  userId: string,
): Promise<readonly Organization[]> {
  const ids = await members.listOrganizations(ctx.database.queries, userId);
  const found = await Promise.all(ids.map((id) => findOrganization(ctx, id)));
  return found.filter((organization) => organization !== undefined);
}

interface MemberKey {
  readonly organization_id: string;
  readonly user_id: string;
}

/** Gives a person roles in an organization. Throws InvalidSetting for a role that isn't there, or is another organization's. */
export async function assignMemberRoles(
  ctx: Pick<Context, 'database' | 'documents' | 'now'>,
  member: MemberKey,
  roleIds: readonly string[],
): Promise<void> {
  await checkRoles(ctx, roleIds, member.organization_id);
  const created_at = ctx.now();
  await memberRoles.assign(
    ctx.database.queries,
    roleIds.map((role_id) => ({ ...member, role_id, created_at })),
  );
}

export async function removeMemberRoles(
  ctx: Pick<Context, 'database'>,
  member: MemberKey,
  roleIds: readonly string[],
): Promise<void> {
  await memberRoles.remove(ctx.database.queries, member, roleIds);
}

/** The roles that each of these people has in an organization, by their ids. */
export async function rolesOfMembers(
  ctx: Pick<Context, 'database' | 'documents'>,
  organizationId: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Role[]>> {
  const rows = await memberRoles.listForMembers(ctx.database.queries, organizationId, userIds);
  const held = await Promise.all(
    rows.map(async ({ user_id, role_id }) => ({ user_id, role: await findRole(ctx, role_id) })),
  );
  const roles = new Map<string, Role[]>(userIds.map((id) => [id, []]));
  for (const { user_id, role } of held) if (role) roles.get(user_id)?.push(role);
  return roles;
}

/** The members who have a role in an organization. */
export async function listRoleMembers(
  ctx: Pick<Context, 'database'>,
  role: { readonly organization_id: string; readonly role_id: string },
  window: RowWindow,
) {
  return memberRoles.listHolders(ctx.database.queries, role, window);
}
