// Owns groups of people: who is in one, and which roles they have by it.
import { randomLetters } from '#crypto/random';
import type { Queries } from '#storage/database';
import * as groupMembers from '#storage/tables/group-members';
import * as groupRoles from '#storage/tables/group-roles';
import * as groups from '#storage/tables/groups';
import * as memberRoles from '#storage/tables/organization-member-roles';
import * as userRoles from '#storage/tables/user-roles';
import type { RowWindow } from '#storage/window';
import type { Context } from './context.ts';
import { Taken } from './refusals.ts';
import { checkRoles, findRole, type Role } from './roles.ts';
import { pairwiseSectors } from './subjects.ts';
import { apisOf, mostTaken, takePermissions } from './taken-permissions.ts';
import { checkUsers } from './users.ts';

export type { GroupMemberRow } from '#storage/tables/group-members';
export type { GroupFilter, GroupRow as Group } from '#storage/tables/groups';

type Stored = Pick<Context, 'database'>;

/** Where roles hold: within an organization, or everywhere. */
const everywhere = '';

export type NewGroup = Pick<groups.GroupRow, 'connection_id' | 'name'> & Partial<Pick<groups.GroupRow, 'external_id'>>;

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Makes a group of a connection, as its directory tells of it. Throws Taken. */
export async function createGroup(ctx: Pick<Context, 'database' | 'now'>, fresh: NewGroup): Promise<groups.GroupRow> {
  const now = ctx.now();
  const id = `grp_${randomLetters(base58, 22)}`;
  const group = { id, external_id: null, ...fresh, created_at: now, updated_at: now };
  if (await groups.insert(ctx.database.queries, group)) return group;
  throw new Taken(`The connection has a group named ${fresh.name} already.`);
}

export async function findGroup(ctx: Stored, id: string): Promise<groups.GroupRow | undefined> {
  return groups.find(ctx.database.queries, id);
}

type Narrowing = Pick<Context, 'database' | 'documents' | 'revocations' | 'vault' | 'now'>;

/** Who is in a group; undefined when they are too many to be told one by one. */
async function holdersIn(queries: Queries, groupId: string): Promise<readonly string[] | undefined> {
  const members = await groupMembers.list(queries, groupId, { start: 0, limit: mostTaken + 1 });
  return members.length > mostTaken ? undefined : members.map(({ user_id }) => user_id);
}

async function apisOfRoles(ctx: Narrowing, roleIds: readonly string[]): Promise<readonly string[]> {
  const roles = await Promise.all(roleIds.map((id) => findRole(ctx, id)));
  return apisOf(roles.flatMap((role) => role?.permissions ?? []));
}

/** False when there is none. What its people could do by it ends. */
export async function removeGroup(ctx: Narrowing, id: string): Promise<boolean> {
  const audiences = await apisOfRoles(ctx, await groupRoles.listRoles(ctx.database.queries, id, everywhere));
  const sectors = await pairwiseSectors(ctx);
  return ctx.database.transaction(async (queries) => {
    await takePermissions(ctx, queries, { userIds: await holdersIn(queries, id), audiences, sectors });
    return groups.remove(queries, id);
  });
}

export async function listGroups(ctx: Stored, filter: groups.GroupFilter, window: RowWindow) {
  return groups.list(ctx.database.queries, filter, window);
}

export async function countGroups(ctx: Stored, filter: groups.GroupFilter): Promise<number> {
  return groups.count(ctx.database.queries, filter);
}

/** Puts people into a group. Throws InvalidSetting for people who don't exist. */
export async function addGroupMembers(
  ctx: Pick<Context, 'database' | 'now'>,
  groupId: string,
  userIds: readonly string[],
): Promise<void> {
  await checkUsers(ctx, userIds);
  const created_at = ctx.now();
  const rows = userIds.map((user_id) => ({ group_id: groupId, user_id, created_at }));
  await groupMembers.add(ctx.database.queries, rows);
}

export async function listGroupMembers(ctx: Stored, groupId: string, window: RowWindow) {
  return groupMembers.list(ctx.database.queries, groupId, window);
}

/** The groups in which a person is. */
export async function groupsOfUser(ctx: Stored, userId: string): Promise<readonly groupMembers.JoinedGroup[]> {
  return groupMembers.listGroups(ctx.database.queries, userId);
}

/** Gives groups roles. Throws InvalidSetting for a role that cannot hold there. */
export async function assignGroupRoles(
  ctx: Pick<Context, 'database' | 'documents' | 'now'>,
  groupIds: readonly string[],
  roleIds: readonly string[],
  organizationId = everywhere,
): Promise<void> {
  await checkRoles(ctx, roleIds, organizationId);
  const created_at = ctx.now();
  const rows = groupIds.flatMap((group_id) =>
    roleIds.map((role_id) => ({ group_id, role_id, organization_id: organizationId, created_at })),
  );
  await groupRoles.assign(ctx.database.queries, rows);
}

/** Takes roles from groups. What their people could do by them ends. */
export async function removeGroupRoles(
  ctx: Narrowing,
  groupIds: readonly string[],
  roleIds: readonly string[],
  organizationId = everywhere,
): Promise<void> {
  // Roles within an organization stand in no token.
  const audiences = organizationId === everywhere ? await apisOfRoles(ctx, roleIds) : [];
  const sectors = await pairwiseSectors(ctx);
  await ctx.database.transaction(async (queries) => {
    for (const group_id of groupIds) {
      await takePermissions(ctx, queries, { userIds: await holdersIn(queries, group_id), audiences, sectors });
      for (const role_id of roleIds) {
        await groupRoles.remove(queries, { group_id, role_id, organization_id: organizationId });
      }
    }
  });
}

export async function rolesOfGroup(
  ctx: Pick<Context, 'database' | 'documents'>,
  groupId: string,
  organizationId = everywhere,
): Promise<readonly Role[]> {
  const ids = await groupRoles.listRoles(ctx.database.queries, groupId, organizationId);
  const roles = await Promise.all(ids.map((id) => findRole(ctx, id)));
  return roles.filter((role) => role !== undefined);
}

export async function groupsWithRole(ctx: Stored, roleId: string, organizationId = everywhere) {
  return groupRoles.listGroups(ctx.database.queries, { role_id: roleId, organization_id: organizationId });
}

/** The groups that have roles within an organization. */
export async function groupsOfOrganization(ctx: Stored, organizationId: string) {
  return groupRoles.listGroupsOfOrganization(ctx.database.queries, organizationId);
}

export interface EffectiveRole {
  readonly role: Role;
  /** How the person comes to it. */
  readonly sources: readonly ('direct' | 'groups')[];
  /** The ids of the groups by which they do. */
  readonly groups: readonly string[];
}

async function directRoles(ctx: Stored, userId: string, organizationId: string): Promise<readonly string[]> {
  const { queries } = ctx.database;
  if (organizationId === everywhere) return userRoles.listForUser(queries, userId);
  const held = await memberRoles.listForMembers(queries, organizationId, [userId]);
  return held.map(({ role_id }) => role_id);
}

/** Every role that a person has, everywhere or within an organization, by themselves or by their groups. */
export async function effectiveRoles(
  ctx: Pick<Context, 'database' | 'documents'>,
  userId: string,
  organizationId = everywhere,
): Promise<readonly EffectiveRole[]> {
  const direct = await directRoles(ctx, userId, organizationId);
  const byGroup = await groupRoles.listForUser(ctx.database.queries, userId, organizationId);
  const ids = [...new Set([...direct, ...byGroup.map(({ role_id }) => role_id)])];
  const roles = await Promise.all(ids.map((id) => findRole(ctx, id)));
  return roles.flatMap((role) => {
    if (!role) return [];
    const through = byGroup.filter(({ role_id }) => role_id === role.id).map(({ group_id }) => group_id);
    const sources = [
      ...(direct.includes(role.id) ? (['direct'] as const) : []),
      ...(through.length > 0 ? (['groups'] as const) : []),
    ];
    return [{ role, sources, groups: through }];
  });
}
