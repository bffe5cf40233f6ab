// Owns the groups in which a person is, and the roles and permissions that they have in all: by themselves and by those.
import { effectivePermissions, rolesAllowing } from '#domain/effective-permissions';
import { groupsOfUser } from '#domain/groups';
import { pageOf } from '../paging.ts';
import { type Endpoint, listing } from '../resource.ts';
import { text } from '../schema.ts';
import { effectiveRolePage, roleIdQuery, sourceGroupPage } from './effective-roles.ts';
import { shownGroup } from './group-schema.ts';
import { userOf } from './listed-people.ts';
import { shownRole } from './role-collection.ts';

const groups = listing({
  path: '/users/{id}/groups',
  summary: 'List the groups in which a person is',
  scopes: ['read:groups'],
  key: 'groups',
  fields: true,
  page: async ({ ctx, params }, window) => {
    const { user_id } = await userOf(ctx, params.id);
    const shown = (await groupsOfUser(ctx, user_id)).map(({ membership_created_at, ...group }) => ({
      ...shownGroup(ctx, group),
      membership_created_at: new Date(membership_created_at).toISOString(),
    }));
    return pageOf(shown, window, ({ id }) => id);
  },
});

const roles: readonly Endpoint[] = [
  listing({
    path: '/users/{id}/effective-roles',
    summary: 'List every role that a person has, and how they come to it',
    scopes: ['read:user_effective_roles'],
    key: 'roles',
    ways: 'checkpoint',
    page: async ({ ctx, params }, window) => {
      const { user_id } = await userOf(ctx, params.id);
      return effectiveRolePage(ctx, { userId: user_id }, window);
    },
  }),
  listing({
    path: '/users/{id}/effective-roles/sources/groups',
    summary: 'List the groups by which a person has a role',
    scopes: ['read:user_role_source_groups'],
    key: 'groups',
    ways: 'checkpoint',
    query: roleIdQuery,
    page: async ({ ctx, params, query }, window) => {
      const { user_id } = await userOf(ctx, params.id);
      return sourceGroupPage(ctx, { userId: user_id }, query.role_id, window);
    },
  }),
];

const identifier = text({ maxLength: 600, description: "The API's identifier" });

const permissions: readonly Endpoint[] = [
  listing({
    path: '/users/{id}/effective-permissions',
    summary: 'List everything that a person may do at an API, and how they come to it',
    scopes: ['read:user_effective_permissions'],
    key: 'permissions',
    ways: 'checkpoint',
    query: { resource_server_identifier: identifier },
    page: async ({ ctx, params, query }, window) => {
      const { user_id } = await userOf(ctx, params.id);
      const all = await effectivePermissions(ctx, user_id, query.resource_server_identifier);
      return pageOf(all, window, ({ permission_name }) => permission_name);
    },
  }),
  listing({
    path: '/users/{id}/effective-permissions/sources/effective-roles',
    summary: 'List the roles by which a person has a permission',
    scopes: ['read:user_permission_source_roles'],
    key: 'roles',
    ways: 'checkpoint',
    query: {
      resource_server_identifier: identifier,
      permission_name: text({ maxLength: 280, description: "One of the API's scopes" }),
    },
    page: async ({ ctx, params, query }, window) => {
      const { user_id } = await userOf(ctx, params.id);
      const { resource_server_identifier, permission_name } = query;
      const all = await rolesAllowing(ctx, user_id, { resource_server_identifier, permission_name });
      const shown = all.map(({ role, sources }) => ({ ...shownRole(role), sources }));
      return pageOf(shown, window, ({ id }) => id);
    },
  }),
];

export const userGroupEndpoints: readonly Endpoint[] = [groups, ...roles, ...permissions];
