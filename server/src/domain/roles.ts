// Owns roles: what those who have one may do at which API, and what a person may do in all.
import { randomAlphanumeric } from '#crypto/random';
import type { ResourceServer } from '#protocol/resource-server';
import * as groupRoles from '#storage/tables/group-roles';
import * as memberRoles from '#storage/tables/organization-member-roles';
import * as userPermissions from '#storage/tables/user-permissions';
import * as userRoles from '#storage/tables/user-roles';
import type { RowWindow } from '#storage/window';
import type { Context } from './context.ts';
import { records } from './records.ts';
import { InvalidSetting, Taken } from './refusals.ts';
import { findResourceServer } from './resource-servers.ts';
import { recordSecurityEvents } from './security-events.ts';

/** One scope of one API, in Auth0's spelling. */
export interface Permission {
  readonly resource_server_identifier: string;
  readonly permission_name: string;
}

/** A permission with what its API says of it. */
export interface DescribedPermission extends Permission {
  readonly description: string;
  readonly resource_server_name: string;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly permissions?: readonly Permission[];
  /** The organization whose role it is: only its members can have it. Undefined: the tenant's. */
  readonly owner_id?: string;
}

/** The names of an organization's roles are its own affair. */
export const roleRecords = records<Role>('roles', ({ name, owner_id }) =>
  owner_id === undefined ? name : `${owner_id} ${name}`,
);

export type NewRole = Pick<Role, 'name'> & Partial<Role>;

/** Makes a role. Throws Taken. */
export async function createRole(ctx: Pick<Context, 'documents'>, fresh: NewRole): Promise<Role> {
  const role: Role = { id: `rol_${randomAlphanumeric(16)}`, description: fresh.name, ...fresh };
  const created = await roleRecords.create(ctx, role.id, role);
  if (created === 'taken') throw new Taken(`A role with the name ${role.name} exists already.`);
  return created.body;
}

export async function findRole(ctx: Pick<Context, 'documents'>, id: string): Promise<Role | undefined> {
  return (await roleRecords.find(ctx, id))?.body;
}

/** Lets those who have a role do exactly this, whatever they could before; false when there is no such role. */
export async function changeRolePermissions(
  ctx: Pick<Context, 'documents'>,
  id: string,
  permissions: readonly Permission[],
): Promise<boolean> {
  return (await roleRecords.change(ctx, id, (role) => ({ ...role, permissions }))) !== undefined;
}

/** The permissions without those of an API that is gone, or that the API has no more; with what the API says of each. */
export async function describePermissions(
  ctx: Pick<Context, 'documents'>,
  permissions: readonly Permission[],
): Promise<readonly DescribedPermission[]> {
  const described = permissions.map(async ({ resource_server_identifier, permission_name }) => {
    const api = await findResourceServer(ctx, resource_server_identifier);
    const scope = api?.scopes.find(({ value }) => value === permission_name);
    if (!api || !scope) return undefined;
    const { description = '' } = scope;
    return { permission_name, description, resource_server_name: api.name, resource_server_identifier };
  });
  return (await Promise.all(described)).filter((permission) => permission !== undefined);
}

/** Throws InvalidSetting for a permission that no API has. */
export async function checkPermissions(
  ctx: Pick<Context, 'documents'>,
  permissions: readonly Permission[],
): Promise<void> {
  for (const { resource_server_identifier: identifier, permission_name } of permissions) {
    const api = await findResourceServer(ctx, identifier);
    if (!api?.scopes.some(({ value }) => value === permission_name)) {
      throw new InvalidSetting(
        `The following permissions don't exist in the resource server '${identifier}': ${permission_name}`,
      );
    }
  }
}

export function isSamePermission(one: Permission, other: Permission): boolean {
  return (
    one.permission_name === other.permission_name && one.resource_server_identifier === other.resource_server_identifier
  );
}

export async function assignRole(
  ctx: Pick<Context, 'database' | 'now'>,
  userId: string,
  roleId: string,
): Promise<void> {
  await userRoles.assign(ctx.database.queries, { user_id: userId, role_id: roleId, created_at: ctx.now() });
}

/** Takes a role that is gone from everybody who had it. */
export async function forgetRole(ctx: Pick<Context, 'database'>, roleId: string): Promise<void> {
  await ctx.database.transaction(async (queries) => {
    await userRoles.removeOfRole(queries, roleId);
    await memberRoles.removeOfRole(queries, roleId);
    await groupRoles.removeOfRole(queries, roleId);
  });
}

/** Throws InvalidSetting unless every role is there, and is the tenant's or that organization's. */
export async function checkRoles(
  ctx: Pick<Context, 'documents'>,
  ids: readonly string[],
  organizationId?: string,
): Promise<void> {
  const roles = await Promise.all(ids.map((id) => findRole(ctx, id)));
  const isFit = (role: Role | undefined) =>
    role !== undefined && (role.owner_id === undefined || role.owner_id === organizationId);
  const unfit = ids.filter((_id, index) => !isFit(roles[index]));
  if (unfit.length > 0)
    throw new InvalidSetting(`One or more of the specified roles do not exist: ${unfit.join(', ')}`);
}

/** Lets a person do something beside what their roles allow. */
export async function assignPermission(
  ctx: Pick<Context, 'database'>,
  userId: string,
  permission: Permission,
): Promise<void> {
  await userPermissions.assign(ctx.database.queries, { user_id: userId, ...permission });
}

/** False when the person didn't have it. */
export async function removePermission(
  ctx: Pick<Context, 'database'>,
  userId: string,
  permission: Permission,
): Promise<boolean> {
  return userPermissions.remove(ctx.database.queries, { user_id: userId, ...permission });
}

/** What a person may do at an API, by their roles, by those of their groups, and beside them: scopes that the API has, in its order. */
export async function permissionsOf(
  ctx: Pick<Context, 'database' | 'documents'>,
  userId: string,
  { identifier, scopes }: Pick<ResourceServer, 'identifier' | 'scopes'>,
): Promise<readonly string[]> {
  const { queries } = ctx.database;
  const [roleIds, direct] = await Promise.all([
    userRoles.listEffective(queries, userId),
    userPermissions.listForUser(queries, userId, identifier),
  ]);
  const roles = await Promise.all(roleIds.map((id) => findRole(ctx, id)));
  const byRole = roles.flatMap((role) => role?.permissions ?? []);
  const here = byRole.filter((permission) => permission.resource_server_identifier === identifier);
  const all = new Set([...direct, ...here.map((permission) => permission.permission_name)]);
  return scopes.map(({ value }) => value).filter((name) => all.has(name));
}

/** Gives a role to several people. Who has it already keeps it. */
export async function assignRoleTo(
  ctx: Pick<Context, 'database' | 'documents' | 'now'>,
  userIds: readonly string[],
  roleId: string,
): Promise<void> {
  const permissions = (await findRole(ctx, roleId))?.permissions ?? [];
  const audiences = [...new Set(permissions.map((permission) => permission.resource_server_identifier))];
  const change = { name: 'token-claims-change', audiences, initiating_entity: 'admin' } as const;
  await ctx.database.transaction(async (queries) => {
    const created_at = ctx.now();
    for (const user_id of userIds) await userRoles.assign(queries, { user_id, role_id: roleId, created_at });
    const changes = audiences.length === 0 ? [] : userIds.map((user_id) => ({ ...change, user_id }));
    await recordSecurityEvents(ctx, queries, changes);
  });
}

/** Who has a role, who got it first first. */
export async function listHolders(ctx: Pick<Context, 'database'>, roleId: string, window: RowWindow) {
  return userRoles.listHolders(ctx.database.queries, roleId, window);
}

export async function countHolders(ctx: Pick<Context, 'database'>, roleId: string): Promise<number> {
  return userRoles.countHolders(ctx.database.queries, roleId);
}
