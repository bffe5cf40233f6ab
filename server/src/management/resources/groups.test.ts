// Owns the tests of groups: what is told of them, and what people are and may do by them.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addGroupMembers, createGroup } from '#domain/groups';
import { addMembers } from '#domain/organization-members';
import { assignPermission, permissionsOf } from '#domain/roles';
import { TestManagement } from '../../testing/management.ts';
import { createTestApi, createTestUser, openTestTenant, testAudience } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const { ctx } = tenant;
const api = await TestManagement.open(tenant);
after(() => tenant.close());
const server = await createTestApi(tenant);

const { user_id } = await createTestUser(tenant, 'ann@example.com');
const { body: organization } = await api.post('/organizations', { name: 'acme' });
await addMembers(ctx, organization.id, [user_id]);

async function groupOf(name: string, members: readonly string[] = [user_id]): Promise<string> {
  tenant.pass(1);
  const { id } = await createGroup(ctx, { connection_id: 'con_1', name, external_id: `ext-${name}` });
  if (members.length > 0) await addGroupMembers(ctx, id, members);
  return id;
}

const idsOf = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);

test('groups are listed, found by part of a name, read with their members, and deleted', async () => {
  const id = await groupOf('Sales%');
  await groupOf('Support', []);
  const { body: group } = await api.get(`/groups/${id}`);
  assert.match(id, /^grp_\w{22}$/);
  assert.deepEqual(group, {
    id,
    connection_id: 'con_1',
    name: 'Sales%',
    external_id: 'ext-Sales%',
    tenant_name: 'id',
    created_at: group.created_at,
    updated_at: group.created_at,
  });
  for (const query of ['search=S%25', 'search=SALES', 'name=Sales%25', 'external_id=ext-Sales%25']) {
    assert.deepEqual(idsOf((await api.get(`/groups?${query}`)).body), [id], query);
  }
  const all = await api.get('/groups?include_totals=true&connection_id=con_1');
  assert.deepEqual([all.body.total, all.body.groups.length], [2, 2]);
  const first = (await api.get('/groups?take=1')).body;
  assert.deepEqual(first.groups, [group]);
  assert.equal((await api.get(`/groups?take=1&from=${first.next}`)).body.groups[0].name, 'Support');
  const { body: members } = await api.get(`/groups/${id}/members`);
  assert.deepEqual([members.members[0].id, members.members[0].member_type], [user_id, 'user']);
  assert.deepEqual(idsOf((await api.get(`/users/${user_id}/groups`)).body), [id]);
  assert.equal((await api.delete(`/groups/${id}`)).status, 204);
  assert.equal((await api.get(`/groups/${id}`)).status, 404);
  assert.deepEqual((await api.get(`/users/${user_id}/groups`)).body, []);
});

test('what a group may do, who is in it may do, and nobody else', async () => {
  const stranger = await createTestUser(tenant, 'stranger@example.com');
  const id = await groupOf('Editors');
  const { body: role } = await api.post('/roles', { name: 'Editor' });
  const permission = { resource_server_identifier: testAudience, permission_name: 'write:things' };
  await api.post(`/roles/${role.id}/permissions`, { permissions: [permission] });
  assert.equal((await api.post(`/groups/${id}/roles`, { roles: [role.id] })).status, 204);
  assert.deepEqual(await permissionsOf(ctx, user_id, server), ['write:things']);
  assert.deepEqual(await permissionsOf(ctx, stranger.user_id, server), []);
  await assignPermission(ctx, user_id, { ...permission, permission_name: 'read:things' });
  const path = `/users/${user_id}/effective-permissions`;
  const { body } = await api.get(`${path}?resource_server_identifier=${encodeURIComponent(testAudience)}`);
  const told = body.permissions.map((one: { permission_name: string; sources: string[] }) => [
    one.permission_name,
    one.sources,
  ]);
  assert.deepEqual(told, [
    ['read:things', ['direct']],
    ['write:things', ['roles']],
  ]);
  const query = `resource_server_identifier=${encodeURIComponent(testAudience)}&permission_name=write:things`;
  const { body: sources } = await api.get(`${path}/sources/effective-roles?${query}`);
  assert.deepEqual([idsOf(sources.roles), sources.roles[0].sources], [[role.id], ['groups']]);
  assert.equal((await api.delete(`/groups/${id}/roles`, { roles: [role.id] })).status, 204);
  assert.deepEqual(await permissionsOf(ctx, user_id, server), ['read:things']);
});

test('a role is given to groups and taken from them from its own side, too', async () => {
  const id = await groupOf('Readers');
  const { body: role } = await api.post('/roles', { name: 'Reader' });
  const path = `/roles/${role.id}/groups`;
  assert.equal((await api.post(path, { groups: [id] })).status, 204);
  assert.deepEqual(idsOf((await api.get(path)).body.groups), [id]);
  assert.deepEqual(idsOf((await api.get(`/groups/${id}/roles`)).body.roles), [role.id]);
  await api.post(`/roles/${role.id}/users`, { users: [user_id] });
  const { body: effective } = await api.get(`/users/${user_id}/effective-roles`);
  const told = effective.roles.find((one: { id: string }) => one.id === role.id);
  assert.deepEqual(told, { id: role.id, name: 'Reader', description: '', sources: ['direct', 'groups'] });
  const sources = await api.get(`/users/${user_id}/effective-roles/sources/groups?role_id=${role.id}`);
  assert.deepEqual(idsOf(sources.body.groups), [id]);
  assert.equal((await api.delete(path, { groups: [id] })).status, 204);
  assert.deepEqual((await api.get(path)).body, { groups: [] });
  assert.equal((await api.post(path, { groups: ['grp_nothing'] })).status, 404);
});

test('within an organization groups have roles that hold nowhere else', async () => {
  const id = await groupOf('Owners');
  const { body: role } = await api.post('/roles', { name: 'Owner' });
  const path = `/organizations/${organization.id}`;
  const roles = `${path}/groups/${id}/roles`;
  assert.equal((await api.post(roles, { roles: [role.id] })).status, 204);
  assert.deepEqual(idsOf((await api.get(roles)).body.roles), [role.id]);
  assert.deepEqual(idsOf((await api.get(`${path}/groups`)).body.groups), [id]);
  assert.deepEqual(idsOf((await api.get(`${path}/roles/${role.id}/groups?take=50`)).body.groups), [id]);
  const member = `${path}/members/${user_id}/effective-roles`;
  const { body: effective } = await api.get(member);
  assert.deepEqual(effective.roles, [{ id: role.id, name: 'Owner', description: '', sources: ['groups'] }]);
  const sources = await api.get(`${member}/sources/groups?role_id=${role.id}`);
  assert.deepEqual(idsOf(sources.body.groups), [id]);
  assert.deepEqual((await api.get(`/groups/${id}/roles`)).body, { roles: [] });
  assert.equal((await api.delete(roles, { roles: [role.id] })).status, 204);
  assert.deepEqual((await api.get(`${path}/groups`)).body, { groups: [] });
});
