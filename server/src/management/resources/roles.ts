// Owns /api/v2/roles: what those who have a role may do.
import {
  checkPermissions,
  describePermissions,
  isSamePermission,
  type Permission,
  type Role,
  roleRecords,
} from '#domain/roles';
import { ApiError } from '#protocol/api-error';
import { type Collection, changeOne, collection, findOne } from '../collection.ts';
import { prefixed } from '../ids.ts';
import { pageOf } from '../paging.ts';
import { Answer, type Call, endpoint, listing, type Resource } from '../resource.ts';
import { list, object, optional, patchOf, type TypeOf, text } from '../schema.ts';

const id = prefixed('role-id', 'rol_', 16);
const missing = () => new ApiError(404, 'The role does not exist.');

const create = object({
  name: text({ minLength: 1, maxLength: 50, description: 'Name of the role' }),
  description: optional(text({ maxLength: 255, description: 'Description of the role' })),
});

const declaration: Collection<Role> = {
  path: '/roles',
  noun: 'role',
  scope: 'roles',
  records: roleRecords,
  create,
  update: patchOf(create),
  fresh: (_call, body) => ({ id: id.make(), ...(body as { name: string }) }),
  shown: ({ body: { permissions, ...role } }) => ({ description: '', ...role, type: 'tenant' }),
  missing,
  taken: ({ name }) => new ApiError(409, `A role with the name "${name}" already exists.`),
  query: { name_filter: optional(text({ maxLength: 255, description: 'Part of the names, in any case' })) },
  listed: ({ body: { name } }, { query }) => name.toLowerCase().includes((query.name_filter ?? '').toLowerCase()),
  strictDelete: true,
  statuses: { create: 200 },
  deleted: () => new Answer(200, {}),
};

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
  await findOne(declaration, ctx, params.id);
  await checkPermissions(ctx, body.permissions);
  await changeOne(declaration, call, params.id, (role) => {
    const before = role.permissions ?? [];
    const added = body.permissions.filter((fresh) => !before.some((known) => isSamePermission(known, fresh)));
    return { ...role, permissions: [...before, ...added] };
  });
  return {};
}

async function removePermissions(call: PermissionsCall): Promise<void> {
  await changeOne(declaration, call, call.params.id, (role) => {
    const isGone = (known: Permission) => call.body.permissions.some((gone) => isSamePermission(known, gone));
    return { ...role, permissions: (role.permissions ?? []).filter((known) => !isGone(known)) };
  });
}

const path = '/roles/{id}/permissions';

export const roles: Resource = {
  name: 'roles',
  endpoints: [
    ...collection(declaration),
    listing({
      path,
      summary: 'List what a role allows',
      scopes: ['read:roles'],
      key: 'permissions',
      page: async ({ ctx, params }, window) => {
        const { body } = await findOne(declaration, ctx, params.id);
        const described = await describePermissions(ctx, body.permissions ?? []);
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
  ],
};
