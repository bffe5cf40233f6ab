// Owns /api/v2/roles/{id}/groups: the groups whose people have a role.
import type { Context } from '#domain/context';
import { assignGroupRoles, groupsWithRole, removeGroupRoles } from '#domain/groups';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { groupIds, groupOf, groupPage } from './group-schema.ts';
import { roleOf } from './role-collection.ts';

const path = '/roles/{id}/groups';

async function checkGroups(ctx: Context, ids: readonly string[]): Promise<void> {
  for (const id of ids) await groupOf(ctx, id);
}

export const roleGroupEndpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List the groups that have a role',
    scopes: ['read:group_roles'],
    key: 'groups',
    ways: 'checkpoint',
    page: async (call, window) => {
      const { id } = await roleOf(call);
      return groupPage(call.ctx, await groupsWithRole(call.ctx, id), window);
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Give a role to groups',
    scopes: ['create:group_roles'],
    body: groupIds,
    status: 204,
    run: async (call) => {
      const { id } = await roleOf(call);
      await checkGroups(call.ctx, call.body.groups);
      await assignGroupRoles(call.ctx, call.body.groups, [id]);
      call.change.after = call.body;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Take a role from groups',
    scopes: ['delete:group_roles'],
    body: groupIds,
    run: async (call) => {
      const { id } = await roleOf(call);
      await removeGroupRoles(call.ctx, call.body.groups, [id]);
      call.change.before = call.body;
    },
  }),
];
