// Owns what a person may do at an API in all, and how they come to it.
import * as userPermissions from '#storage/tables/user-permissions';
import type { Context } from './context.ts';
import { type EffectiveRole, effectiveRoles } from './groups.ts';
import { type DescribedPermission, describePermissions, isSamePermission, type Permission } from './roles.ts';

export interface EffectivePermission extends DescribedPermission {
  readonly sources: readonly ('direct' | 'roles')[];
}

type Needed = Pick<Context, 'database' | 'documents'>;

function allows({ role }: EffectiveRole, permission: Permission): boolean {
  return (role.permissions ?? []).some((known) => isSamePermission(known, permission));
}

/** Every permission that a person has at an API, which must have it still. */
export async function effectivePermissions(
  ctx: Needed,
  userId: string,
  identifier: string,
): Promise<readonly EffectivePermission[]> {
  const direct = await userPermissions.listForUser(ctx.database.queries, userId, identifier);
  const roles = await effectiveRoles(ctx, userId);
  const byRole = roles
    .flatMap(({ role }) => role.permissions ?? [])
    .filter((permission) => permission.resource_server_identifier === identifier)
    .map(({ permission_name }) => permission_name);
  const all = [...new Set([...direct, ...byRole])].map((permission_name) => ({
    resource_server_identifier: identifier,
    permission_name,
  }));
  return (await describePermissions(ctx, all)).map((permission) => ({
    ...permission,
    sources: [
      ...(direct.includes(permission.permission_name) ? (['direct'] as const) : []),
      ...(byRole.includes(permission.permission_name) ? (['roles'] as const) : []),
    ],
  }));
}

/** The roles by which a person has a permission. */
export async function rolesAllowing(
  ctx: Needed,
  userId: string,
  permission: Permission,
): Promise<readonly EffectiveRole[]> {
  return (await effectiveRoles(ctx, userId)).filter((effective) => allows(effective, permission));
}
