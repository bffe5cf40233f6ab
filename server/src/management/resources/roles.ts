// Owns /api/v2/roles: what those who have a role may do.
import { checkPermissions, describePermissions, isSamePermission, type Permission } from '#domain/roles';
import { changeOne, collection } from '../collection.ts';
import { pageOf } from '../paging.ts';
import { type Call, endpoint, listing, type Resource } from '../resource.ts';
import { list, object, type TypeOf, text } from '../schema.ts';
import { roleCollection, roleOf } from './role-collection.ts';
import { roleGroupEndpoints } from './role-groups.ts';
import { roleUserEndpoints } from './role-users.ts';

const permissions = object({
  permissions: list(
    object({
      resource_server_identifier: text({ maxLength: 600, description: "The API's identifier" }),
      permission_name: text({ maxLength: 280, description: 'One of its scopes' }),
    }),
    { minItems: 1, maxItems: 1000 },
  ),
});

type PermissionsCall = Call<{ readonly id: string }, unknown, TypeOf<typeof permissions>>;

async function addPermissions(call: PermissionsCall): Promise<object> {
  const { ctx, params, body } = call;
  await roleOf(call);
  await checkPermissions(ctx, body.permissions);
  await changeOne(roleCollection, call, params.id, (role) => {
    const before = role.permissions ?? [];
    const added = body.permissions.filter((fresh) => !before.some((known) => isSamePermission(known, fresh)));
    return { ...role, permissions: [...before, ...added] };
  });
  return {};
}

async function removePermissions(call: PermissionsCall): Promise<void> {
  await changeOne(roleCollection, call, call.params.id, (role) => {
    const isGone = (known: Permission) => call.body.permissions.some((gone) => isSamePermission(known, gone));
    return { ...role, permissions: (role.permissions ?? []).filter((known) => !isGone(known)) };
  });
}

const path = '/roles/{id}/permissions';

export const roles: Resource = {
  name: 'roles',
  endpoints: [
    ...collection(roleCollection),
    listing({
      path,
      summary: 'List what a role allows',
      scopes: ['read:roles'],
      key: 'permissions',
      page: async (call, window) => {
        const { permissions: allowed = [] } = await roleOf(call);
        const described = await describePermissions(call.ctx, allowed);
        return pageOf(described, window, (one) => `${one.resource_server_identifier} ${one.permission_name}`);
      },
    }),
    endpoint({
      method: 'POST',
      path,
      summary: 'Let a role do more',
      scopes: ['update:roles'],
      body: permissions,
      run: addPermissions,
    }),
    endpoint({
      method: 'DELETE',
      path,
      summary: 'Let a role do less',
      scopes: ['update:roles'],
      body: permissions,
      run: removePermissions,
    }),
    ...roleGroupEndpoints,
    ...roleUserEndpoints,
  ],
};
