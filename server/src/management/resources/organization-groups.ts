// Owns the groups of an organization: those whose people have roles in it, and the roles that members have by them.
import {
  assignGroupRoles,
  type Group,
  groupsOfOrganization,
  groupsWithRole,
  removeGroupRoles,
  rolesOfGroup,
} from '#domain/groups';
import { pageOf } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing } from '../resource.ts';
import { effectiveRolePage, roleIdQuery, sourceGroupPage } from './effective-roles.ts';
import { groupOf, groupPage, roleIds } from './group-schema.ts';
import { userOf } from './listed-people.ts';
import { organizationOf } from './organization-collection.ts';
import { roleNamed, shownRole } from './role-collection.ts';

const groupLists: readonly Endpoint[] = [
  listing({
    path: '/organizations/{id}/groups',
    summary: 'List the groups whose people have roles in an organization',
    scopes: ['read:organization_groups'],
    key: 'groups',
    ways: 'checkpoint',
    page: async (call, window) => {
      const { id } = await organizationOf(call);
      return groupPage(call.ctx, await groupsOfOrganization(call.ctx, id), window);
    },
  }),
  listing({
    path: '/organizations/{id}/roles/{role_id}/groups',
    summary: 'List the groups that have a role in an organization',
    scopes: ['read:roles', 'read:organization_groups'],
    key: 'groups',
    ways: 'checkpoint',
    page: async (call, window) => {
      const { id } = await organizationOf(call);
      const role = await roleNamed(call.ctx, call.params.role_id);
      return groupPage(call.ctx, await groupsWithRole(call.ctx, role.id, id), window);
    },
  }),
];

const path = '/organizations/{id}/groups/{group_id}/roles';

async function pairOf(call: Call<{ readonly id: string; readonly group_id: string }>): Promise<[string, Group]> {
  const { id } = await organizationOf(call);
  return [id, await groupOf(call.ctx, call.params.group_id)];
}

const groupRoles: readonly Endpoint[] = [
  listing({
    path,
    summary: "List a group's roles in an organization",
    scopes: ['read:organization_group_roles'],
    key: 'roles',
    ways: 'checkpoint',
    page: async (call, window) => {
      const [organizationId, group] = await pairOf(call);
      const roles = await rolesOfGroup(call.ctx, group.id, organizationId);
      return pageOf(roles.map(shownRole), window, ({ id }) => id);
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Give a group roles in an organization',
    scopes: ['create:organization_group_roles'],
    body: roleIds,
    status: 204,
    run: async (call) => {
      const [organizationId, group] = await pairOf(call);
      await assignGroupRoles(call.ctx, [group.id], call.body.roles, organizationId);
      call.change.after = call.body;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Take roles in an organization from a group',
    scopes: ['delete:organization_group_roles'],
    body: roleIds,
    run: async (call) => {
      const [organizationId, group] = await pairOf(call);
      await removeGroupRoles(call.ctx, [group.id], call.body.roles, organizationId);
      call.change.before = call.body;
    },
  }),
];

const effective: readonly Endpoint[] = [
  listing({
    path: '/organizations/{id}/members/{user_id}/effective-roles',
    summary: 'List every role that a member has in an organization, and how they come to it',
    scopes: ['read:organization_member_effective_roles'],
    key: 'roles',
    ways: 'checkpoint',
    page: async (call, window) => {
      const { id } = await organizationOf(call);
      const { user_id } = await userOf(call.ctx, call.params.user_id);
      return effectiveRolePage(call.ctx, { userId: user_id, organizationId: id }, window);
    },
  }),
  listing({
    path: '/organizations/{id}/members/{user_id}/effective-roles/sources/groups',
    summary: 'List the groups by which a member has a role in an organization',
    scopes: ['read:organization_member_role_source_groups'],
    key: 'groups',
    ways: 'checkpoint',
    query: roleIdQuery,
    page: async (call, window) => {
      const { id } = await organizationOf(call);
      const { user_id } = await userOf(call.ctx, call.params.user_id);
      return sourceGroupPage(call.ctx, { userId: user_id, organizationId: id }, call.query.role_id, window);
    },
  }),
];

export const organizationGroupEndpoints: readonly Endpoint[] = [...groupLists, ...groupRoles, ...effective];
