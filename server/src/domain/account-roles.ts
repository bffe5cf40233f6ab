// Owns a person's roles and direct permissions, as administrators give and take them.
import * as userPermissions from '#storage/tables/user-permissions';
import * as userRoles from '#storage/tables/user-roles';
import type { Context } from './context.ts';
import { describePermissions, findRole, type Permission, type Role } from './roles.ts';
import { pairwiseSectors } from './subjects.ts';
import { apisOf, recordClaimsChange, takePermissions } from './taken-permissions.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'revocations' | 'vault' | 'now'>;

/** The roles that a person has by themselves. */
export async function rolesOf(
  ctx: Needed,
  userId: string,
): Promise<readonly Pick<Role, 'id' | 'name' | 'description'>[]> {
  const ids = await userRoles.listForUser(ctx.database.queries, userId);
  const roles = await Promise.all(ids.map((id) => findRole(ctx, id)));
  return roles.flatMap((role) => (role ? [{ id: role.id, name: role.name, description: role.description ?? '' }] : []));
}

export async function assignRolesTo(ctx: Needed, userId: string, roleIds: readonly string[]): Promise<void> {
  const created_at = ctx.now();
  const gained = apisOf(await permissionsIn(ctx, roleIds));
  await ctx.database.transaction(async (queries) => {
    for (const role_id of roleIds) await userRoles.assign(queries, { user_id: userId, role_id, created_at });
    await recordClaimsChange(ctx, queries, { userIds: [userId], audiences: gained });
  });
}

async function permissionsIn(ctx: Needed, roleIds: readonly string[]): Promise<readonly Permission[]> {
  const roles = await Promise.all(roleIds.map((id) => findRole(ctx, id)));
  return roles.flatMap((role) => role?.permissions ?? []);
}

export async function removeRolesFrom(ctx: Needed, userId: string, roleIds: readonly string[]): Promise<void> {
  const permissions = await permissionsIn(ctx, roleIds);
  const sectors = await pairwiseSectors(ctx);
  await ctx.database.transaction(async (queries) => {
    for (const role_id of roleIds) await userRoles.remove(queries, { user_id: userId, role_id });
    await takePermissions(ctx, queries, { userIds: [userId], audiences: apisOf(permissions), sectors });
  });
}

export async function assignPermissionsTo(
  ctx: Needed,
  userId: string,
  permissions: readonly Permission[],
): Promise<void> {
  await ctx.database.transaction(async (queries) => {
    for (const permission of permissions) await userPermissions.assign(queries, { user_id: userId, ...permission });
    await recordClaimsChange(ctx, queries, { userIds: [userId], audiences: apisOf(permissions) });
  });
}

export async function removePermissionsFrom(
  ctx: Needed,
  userId: string,
  permissions: readonly Permission[],
): Promise<void> {
  const sectors = await pairwiseSectors(ctx);
  await ctx.database.transaction(async (queries) => {
    for (const permission of permissions) await userPermissions.remove(queries, { user_id: userId, ...permission });
    await takePermissions(ctx, queries, { userIds: [userId], audiences: apisOf(permissions), sectors });
  });
}

interface Source {
  readonly source_id: string;
  readonly source_name: string;
  readonly source_type: 'DIRECT' | 'ROLE';
}

const direct: Source = { source_id: '', source_name: '', source_type: 'DIRECT' };

/** What a person may do, each with everything that it comes from. */
export async function permissionsWithSources(ctx: Needed, userId: string) {
  const { queries } = ctx.database;
  const roles = await Promise.all((await userRoles.listForUser(queries, userId)).map((id) => findRole(ctx, id)));
  const own = await userPermissions.listAll(queries, userId);
  const found = new Map<string, { permission: Permission; sources: Source[] }>();
  const add = ({ resource_server_identifier, permission_name }: Permission, source: Source) => {
    const permission = { resource_server_identifier, permission_name };
    const key = `${resource_server_identifier} ${permission_name}`;
    const known = found.get(key) ?? { permission, sources: [] };
    known.sources.push(source);
    found.set(key, known);
  };
  for (const permission of own) add(permission, direct);
  for (const role of roles) {
    for (const permission of role?.permissions ?? []) {
      add(permission, { source_id: role?.id ?? '', source_name: role?.name ?? '', source_type: 'ROLE' });
    }
  }
  const all = [...found.values()];
  const described = await describePermissions(
    ctx,
    all.map(({ permission }) => permission),
  );
  return described.map((permission) => {
    const key = `${permission.resource_server_identifier} ${permission.permission_name}`;
    return { ...permission, sources: found.get(key)?.sources ?? [] };
  });
}
