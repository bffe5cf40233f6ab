// Owns /api/v2/groups: groups of people as the directories behind connections know them, and the roles they give.
import {
  assignGroupRoles,
  countGroups,
  type Group,
  type GroupFilter,
  type GroupMemberRow,
  listGroupMembers,
  listGroups,
  removeGroup,
  removeGroupRoles,
  rolesOfGroup,
} from '#domain/groups';
import { pageOf, storedPage } from '../paging.ts';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { optional, text } from '../schema.ts';
import { groupOf, markOfGroup, roleIds, shownGroup } from './group-schema.ts';
import { shownRole } from './role-collection.ts';

const filter = (description: string) => optional(text({ maxLength: 256, description }));

const own: readonly Endpoint[] = [
  listing({
    path: '/groups',
    summary: 'List groups',
    scopes: ['read:groups'],
    key: 'groups',
    fields: true,
    query: {
      connection_id: filter('Only those of a connection'),
      name: filter('Only those of a name'),
      external_id: filter("Only the directory's own id"),
      search: filter("Part of the name, or of the directory's id"),
    },
    page: async ({ ctx, query }, window) => {
      const asked: GroupFilter = query;
      const page = await storedPage(
        {
          rows: (part) => listGroups(ctx, asked, part),
          markOf: markOfGroup,
          count: () => countGroups(ctx, asked),
        },
        window,
      );
      return { ...page, items: page.items.map((group) => shownGroup(ctx, group)) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/groups/{id}',
    summary: 'Read a group',
    scopes: ['read:groups'],
    run: async ({ ctx, params }) => shownGroup(ctx, await groupOf(ctx, params.id)),
  }),
  endpoint({
    method: 'DELETE',
    path: '/groups/{id}',
    summary: 'Delete a group',
    scopes: ['delete:groups'],
    run: async (call) => {
      call.change.before = await groupOf(call.ctx, call.params.id);
      await removeGroup(call.ctx, call.params.id);
    },
  }),
];

function shownMember({ connection_id }: Group, { user_id, created_at }: GroupMemberRow) {
  return {
    id: user_id,
    member_type: 'user',
    type: 'connection',
    connection_id,
    created_at: new Date(created_at).toISOString(),
  };
}

const members = listing({
  path: '/groups/{id}/members',
  summary: 'List who is in a group',
  scopes: ['read:group_members'],
  key: 'members',
  ways: 'checkpoint',
  fields: true,
  page: async ({ ctx, params }, window) => {
    const group = await groupOf(ctx, params.id);
    const page = await storedPage(
      {
        rows: (part) => listGroupMembers(ctx, group.id, part),
        markOf: ({ created_at, user_id }) => ({ at: created_at, id: user_id }),
      },
      window,
    );
    return { ...page, items: page.items.map((member) => shownMember(group, member)) };
  },
});

const path = '/groups/{id}/roles';

const roles: readonly Endpoint[] = [
  listing({
    path,
    summary: "List a group's roles",
    scopes: ['read:group_roles'],
    key: 'roles',
    ways: 'checkpoint',
    page: async ({ ctx, params }, window) => {
      const group = await groupOf(ctx, params.id);
      return pageOf((await rolesOfGroup(ctx, group.id)).map(shownRole), window, ({ id }) => id);
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Give a group roles',
    scopes: ['create:group_roles'],
    body: roleIds,
    status: 204,
    run: async (call) => {
      const { id } = await groupOf(call.ctx, call.params.id);
      await assignGroupRoles(call.ctx, [id], call.body.roles);
      call.change.after = call.body;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Take roles from a group',
    scopes: ['delete:group_roles'],
    body: roleIds,
    run: async (call) => {
      const { id } = await groupOf(call.ctx, call.params.id);
      await removeGroupRoles(call.ctx, [id], call.body.roles);
      call.change.before = call.body;
    },
  }),
];

export const groups: Resource = {
  name: 'groups',
  endpoints: [...own, members, ...roles],
};
