// Owns /api/v2/organizations/{id}/members/{user_id}/roles: what people are within an organization.
import { assignMemberRoles, listRoleMembers, removeMemberRoles, rolesOfMembers } from '#domain/organization-members';
import { pageOf, storedPage } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing } from '../resource.ts';
import { list, object, text } from '../schema.ts';
import { markOf, shownPerson, userOf } from './listed-people.ts';
import { organizationOf } from './organization-collection.ts';
import { roleNamed, shownRole } from './role-collection.ts';

const path = '/organizations/{id}/members/{user_id}/roles';

const body = object({
  roles: list(text({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 50, description: 'IDs of the roles' }),
});

type MemberCall = Call<{ readonly id: string; readonly user_id: string }>;

async function memberOf(call: MemberCall) {
  const { id } = await organizationOf(call);
  const { user_id } = await userOf(call.ctx, call.params.user_id);
  return { organization_id: id, user_id };
}

export const organizationMemberRoleEndpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: "List a member's roles in an organization",
    scopes: ['read:organization_member_roles'],
    key: 'roles',
    ways: 'offset',
    page: async (call, window) => {
      const { organization_id, user_id } = await memberOf(call);
      const roles = await rolesOfMembers(call.ctx, organization_id, [user_id]);
      return pageOf((roles.get(user_id) ?? []).map(shownRole), window, ({ id }) => id);
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Give a member roles in an organization',
    scopes: ['create:organization_member_roles'],
    body,
    status: 204,
    run: async (call) => {
      await assignMemberRoles(call.ctx, await memberOf(call), call.body.roles);
      call.change.after = call.body;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Take roles in an organization from a member',
    scopes: ['delete:organization_member_roles'],
    body,
    run: async (call) => {
      const { id: organization_id } = await organizationOf(call);
      await removeMemberRoles(call.ctx, { organization_id, user_id: call.params.user_id }, call.body.roles);
      call.change.before = call.body;
    },
  }),
  listing({
    path: '/organizations/{id}/roles/{role_id}/members',
    summary: 'List the members who have a role in an organization',
    scopes: ['read:roles', 'read:organization_members'],
    key: 'members',
    ways: 'checkpoint',
    fields: true,
    page: async (call, window) => {
      const { id: organization_id } = await organizationOf(call);
      const { id: role_id } = await roleNamed(call.ctx, call.params.role_id);
      const held = { organization_id, role_id };
      const page = await storedPage({ rows: (part) => listRoleMembers(call.ctx, held, part), markOf }, window);
      return { ...page, items: page.items.map(shownPerson) };
    },
  }),
];
