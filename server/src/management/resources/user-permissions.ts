// Owns a person's roles, and what they may do beside them.
import {
  assignPermissionsTo,
  assignRolesTo,
  permissionsWithSources,
  removePermissionsFrom,
  removeRolesFrom,
  rolesOf,
} from '#domain/account-roles';
import type { Context } from '#domain/context';
import { checkPermissions, checkRoles } from '#domain/roles';
import { findUser } from '#domain/users';
import { ApiError } from '#protocol/api-error';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { list, object, text } from '../schema.ts';

const roleIds = object({
  roles: list(text({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 100, description: "Roles' ids" }),
});

const permissions = object({
  permissions: list(
    object({
      resource_server_identifier: text({ maxLength: 600, description: "The API's identifier" }),
      permission_name: text({ maxLength: 280, description: 'One of its scopes' }),
    }),
    { minItems: 1, maxItems: 1000 },
  ),
});

async function checkUser(ctx: Context, id: string): Promise<void> {
  if (!(await findUser(ctx, id))) throw new ApiError(404, 'The user does not exist.', 'inexistent_user');
}

const roles: readonly Endpoint[] = [
  listing({
    path: '/users/{id}/roles',
    summary: "List a person's roles",
    scopes: ['read:users', 'read:roles', 'read:role_members'],
    key: 'roles',
    page: async ({ ctx, params }, window) => {
      await checkUser(ctx, params.id);
      return pageOf(await rolesOf(ctx, params.id), window, ({ id }) => id);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{id}/roles',
    summary: 'Give a person roles',
    scopes: ['update:users', 'create:role_members'],
    body: roleIds,
    run: async ({ ctx, params, body }) => {
      await checkUser(ctx, params.id);
      await checkRoles(ctx, body.roles);
      await assignRolesTo(ctx, params.id, body.roles);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}/roles',
    summary: 'Take roles from a person',
    scopes: ['update:users', 'delete:role_members'],
    body: roleIds,
    run: ({ ctx, params, body }) => removeRolesFrom(ctx, params.id, body.roles),
  }),
];

export const userPermissions: readonly Endpoint[] = [
  ...roles,
  listing({
    path: '/users/{id}/permissions',
    summary: 'List what a person may do, with where it comes from',
    scopes: ['read:users'],
    key: 'permissions',
    page: async ({ ctx, params }, window) => {
      await checkUser(ctx, params.id);
      const all = await permissionsWithSources(ctx, params.id);
      return pageOf(all, window, (one) => `${one.resource_server_identifier} ${one.permission_name}`);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{id}/permissions',
    summary: 'Let a person do something beside their roles',
    scopes: ['update:users'],
    body: permissions,
    run: async ({ ctx, params, body }) => {
      await checkUser(ctx, params.id);
      await checkPermissions(ctx, body.permissions);
      await assignPermissionsTo(ctx, params.id, body.permissions);
      return {};
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}/permissions',
    summary: 'Let a person do no more what they could beside their roles',
    scopes: ['update:users'],
    body: permissions,
    run: ({ ctx, params, body }) => removePermissionsFrom(ctx, params.id, body.permissions),
  }),
];
