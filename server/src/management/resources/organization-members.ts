// Owns /api/v2/organizations/{id}/members and /users/{id}/organizations: who belongs to which organization.
import {
  addMembers,
  countMembers,
  type ListedPerson,
  listMembers,
  organizationsOf,
  removeMembers,
  rolesOfMembers,
} from '#domain/organization-members';
import { ApiError } from '#protocol/api-error';
import { pageOf, placeOf, storedPage } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing } from '../resource.ts';
import { list, object, text } from '../schema.ts';
import { markOf, shownPerson, userOf } from './listed-people.ts';
import { organizationOf, shownOrganization } from './organization-collection.ts';

const path = '/organizations/{id}/members';

const body = object(
  {
    members: list(text({ minLength: 1, maxLength: 1024 }), {
      minItems: 1,
      maxItems: 1000,
      description: 'IDs of the people',
    }),
  },
  { open: true },
);

interface FieldsQuery {
  readonly fields?: string;
  readonly include_fields?: boolean;
}

/** The roles are looked up only for those who ask for them by name, and may know them. */
function asksForRoles({ caller, query }: Call): boolean {
  const { fields = '', include_fields = true } = query as FieldsQuery;
  if (!include_fields || !fields.split(',').some((field) => field.trim() === 'roles')) return false;
  if (caller.may('read:organization_member_roles')) return true;
  const message = 'Insufficient scope, expected any of: read:organization_member_roles';
  throw new ApiError(403, message, 'insufficient_scope');
}

async function withRoles({ ctx, params }: Call<{ readonly id: string }>, people: readonly ListedPerson[]) {
  const ids = people.map(({ user_id }) => user_id);
  const roles = await rolesOfMembers(ctx, params.id, ids);
  return people.map((person) => ({
    ...shownPerson(person),
    roles: (roles.get(person.user_id) ?? []).map(({ id, name }) => ({ id, name })),
  }));
}

export const organizationMemberEndpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List the members of an organization',
    scopes: ['read:organization_members'],
    key: 'members',
    fields: true,
    page: async (call, window) => {
      const { ctx } = call;
      const { id } = await organizationOf(call);
      const page = await storedPage(
        { rows: (part) => listMembers(ctx, id, part), markOf, count: () => countMembers(ctx, id) },
        window,
      );
      const items = asksForRoles(call) ? await withRoles(call, page.items) : page.items.map(shownPerson);
      // Auth0's list of members ends with an empty page: each that holds somebody names a next one.
      const last = page.items.at(-1);
      return { ...page, items, next: last && placeOf(markOf(last)) };
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Add members to an organization',
    scopes: ['create:organization_members'],
    body,
    run: async (call) => {
      const { id } = await organizationOf(call);
      await addMembers(call.ctx, id, call.body.members);
      call.change.after = call.body;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Remove members from an organization',
    scopes: ['delete:organization_members'],
    body,
    run: async (call) => {
      const { id } = await organizationOf(call);
      await removeMembers(call.ctx, id, call.body.members);
      call.change.before = call.body;
    },
  }),
];

export const userOrganizationEndpoints: readonly Endpoint[] = [
  listing({
    path: '/users/{id}/organizations',
    summary: 'List the organizations to which a person belongs',
    scopes: ['read:organizations'],
    key: 'organizations',
    ways: 'offset',
    page: async ({ ctx, params }, window) => {
      await userOf(ctx, params.id);
      const all = await organizationsOf(ctx, params.id);
      return pageOf(all.map(shownOrganization), window, (organization) => organization['id'] as string);
    },
  }),
];
