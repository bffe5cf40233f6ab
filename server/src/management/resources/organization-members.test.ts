// Owns the tests of memberships: who belongs to an organization, what they are in it, and how long lists are cut.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { createTestUser, openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const { body: organization } = await api.post('/organizations', { name: 'acme' });
const path = `/organizations/${organization.id}`;

async function member(name: string): Promise<string> {
  tenant.pass(1);
  const { user_id } = await createTestUser(tenant, `${name}@example.com`);
  await api.post(`${path}/members`, { members: [user_id] });
  return user_id;
}

test('people become members and leave again, and both may be said twice', async () => {
  const { user_id } = await createTestUser(tenant, 'ann@example.com');
  const body = { members: [user_id] };
  assert.deepEqual(await api.post(`${path}/members`, body).then(({ status, body: none }) => [status, none]), [
    204,
    undefined,
  ]);
  assert.equal((await api.post(`${path}/members`, body)).status, 204);
  const { body: listed } = await api.get(`${path}/members?include_totals=true`);
  assert.deepEqual(listed, {
    members: [{ user_id, email: 'ann@example.com', name: 'ann@example.com' }],
    start: 0,
    limit: 50,
    total: 1,
  });
  const { body: theirs } = await api.get(`/users/${user_id}/organizations?include_totals=true`);
  assert.deepEqual([theirs.organizations[0].id, theirs.total], [organization.id, 1]);
  assert.equal((await api.delete(`${path}/members`, body)).status, 204);
  assert.equal((await api.delete(`${path}/members`, body)).status, 204);
  assert.deepEqual((await api.get(`${path}/members`)).body, []);
});

test('nobody becomes a member who does not exist', async () => {
  const { status, body } = await api.post(`${path}/members`, { members: ['auth0|nobody'] });
  assert.deepEqual([status, body.message], [400, 'The following users do not exist: auth0|nobody']);
  assert.equal((await api.post('/organizations/org_nothing/members', { members: ['auth0|nobody'] })).status, 404);
  assert.equal((await api.get('/users/auth0%7Cnobody/organizations')).status, 404);
});

test('members are listed by checkpoint, who came first first, until a page is empty', async () => {
  const ids = [await member('m1'), await member('m2'), await member('m3')];
  const seen: string[] = [];
  let next = '';
  for (let pages = 0; pages < 4; pages += 1) {
    const { body } = await api.get(`${path}/members?fields=user_id&take=2${next && `&from=${next}`}`);
    seen.push(...body.members.map((one: { user_id: string }) => one.user_id));
    if (body.next === undefined) {
      assert.deepEqual(body, { members: [] });
      break;
    }
    next = body.next;
    if (pages === 0) await api.delete(`${path}/members`, { members: [ids[1]] });
  }
  assert.deepEqual(seen, ids, 'the page goes on where it was, though its last one is gone');
});

test('roles in an organization are given and taken, told with the members where asked for, and end with membership', async () => {
  const user_id = await member('roles');
  const { body: role } = await api.post('/roles', { name: 'Editor' });
  const roles = `${path}/members/${encodeURIComponent(user_id)}/roles`;
  assert.equal((await api.post(roles, { roles: [role.id] })).status, 204);
  const listed = await api.get(`${roles}?include_totals=true`);
  assert.deepEqual(listed.body, {
    roles: [{ id: role.id, name: 'Editor', description: '', type: 'tenant' }],
    start: 0,
    limit: 50,
    total: 1,
  });
  const { body: members } = await api.get(`${path}/members?fields=user_id,roles&per_page=100`);
  const told = members.find((one: { user_id: string }) => one.user_id === user_id);
  assert.deepEqual(told, { user_id, roles: [{ id: role.id, name: 'Editor' }] });
  const holders = await api.get(`${path}/roles/${role.id}/members?take=10`);
  assert.deepEqual(
    holders.body.members.map((one: { user_id: string }) => one.user_id),
    [user_id],
  );
  assert.equal((await api.delete(roles, { roles: [role.id] })).status, 204);
  assert.deepEqual((await api.get(roles)).body, []);
  await api.post(roles, { roles: [role.id] });
  await api.delete(`${path}/members`, { members: [user_id] });
  assert.deepEqual((await api.get(roles)).body, []);
});

test("a role of one organization is for its members only, and a role that isn't there for nobody", async () => {
  const user_id = await member('foreign');
  const { body: other } = await api.post('/organizations', { name: 'other' });
  const owned = { name: 'Own', type: 'organization', owner_id: other.id };
  const { body: role } = await api.post('/roles', owned);
  const roles = `${path}/members/${user_id}/roles`;
  assert.equal((await api.post(roles, { roles: [role.id] })).status, 400);
  assert.equal((await api.post(roles, { roles: ['rol_nothing'] })).status, 400);
  assert.equal((await api.post(`/roles/${role.id}/users`, { users: [user_id] })).status, 400);
  const elsewhere = `/organizations/${other.id}/members/${user_id}/roles`;
  assert.equal((await api.post(elsewhere, { roles: [role.id] })).status, 204);
  assert.equal((await api.get(`${path}/roles/rol_nothing/members`)).status, 404);
});

test("who may list members isn't told of their roles without the scope for those", async () => {
  const reader = await TestManagement.open(tenant, ['read:organization_members']);
  assert.equal((await reader.get(`${path}/members?fields=user_id`)).status, 200);
  const refused = await reader.get(`${path}/members?fields=user_id,roles`);
  assert.deepEqual([refused.status, refused.body.errorCode], [403, 'insufficient_scope']);
});

test('a role that is deleted is taken from everybody who had it', async () => {
  const user_id = await member('loser');
  const { body: role } = await api.post('/roles', { name: 'Passing' });
  await api.post(`${path}/members/${user_id}/roles`, { roles: [role.id] });
  await api.delete(`/roles/${role.id}`);
  assert.deepEqual((await api.get(`${path}/members/${user_id}/roles`)).body, []);
});
