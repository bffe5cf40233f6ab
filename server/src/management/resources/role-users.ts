// Owns /api/v2/roles/{id}/users: who has a role.
import { assignRoleTo, checkRoles, countHolders, listHolders } from '#domain/roles';
import { unknownUsers } from '#domain/users';
import { ApiError } from '#protocol/api-error';
import { storedPage } from '../paging.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { list, object, text } from '../schema.ts';
import { markOf, shownPerson } from './listed-people.ts';
import { roleOf } from './role-collection.ts';

const path = '/roles/{id}/users';

export const roleUserEndpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List who has a role',
    scopes: ['read:users', 'read:roles', 'read:role_members'],
    key: 'users',
    page: async (call, window) => {
      const { ctx } = call;
      const { id } = await roleOf(call);
      const page = await storedPage(
        { rows: (part) => listHolders(ctx, id, part), markOf, count: () => countHolders(ctx, id) },
        window,
      );
      return { ...page, items: page.items.map(shownPerson) };
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Give a role to people',
    scopes: ['update:roles', 'create:role_members'],
    body: object({
      users: list(text({ minLength: 1, maxLength: 1024 }), {
        maxItems: 1000,
        description: 'IDs of the people',
      }),
    }),
    status: 200,
    run: async (call) => {
      const { id } = await roleOf(call);
      await checkRoles(call.ctx, [id]);
      if ((await unknownUsers(call.ctx, call.body.users)).length > 0) {
        throw new ApiError(404, 'One or more of the users do not exist.');
      }
      await assignRoleTo(call.ctx, call.body.users, id);
      call.change.after = call.body;
      return {};
    },
  }),
];
