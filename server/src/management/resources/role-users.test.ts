// Owns the tests of /api/v2/roles/{id}/users and of the roles that are an organization's own.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { createTestUser, openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

test('people are given a role, and listed by offset and by checkpoint', async () => {
  const { body: role } = await api.post('/roles', { name: 'Reader' });
  const path = `/roles/${role.id}/users`;
  const users: string[] = [];
  for (const name of ['a', 'b', 'c']) users.push((await createTestUser(tenant, `${name}@example.com`)).user_id);
  const given = await api.post(path, { users });
  assert.deepEqual([given.status, given.body], [200, {}]);
  const all = (await api.get(`${path}?include_totals=true`)).body;
  assert.deepEqual([all.total, all.start, all.limit, all.users.length], [3, 0, 50, 3]);
  assert.deepEqual(Object.keys(all.users[0]), ['user_id', 'email', 'name', 'picture']);
  const first = (await api.get(`${path}?take=2&include_totals=true&per_page=50`)).body;
  const second = (await api.get(`${path}?take=2&from=${first.next}`)).body;
  const seen = [...first.users, ...second.users].map((user: { user_id: string }) => user.user_id);
  assert.deepEqual(seen, users.toSorted());
  assert.equal('next' in second, false);
  assert.equal((await api.get(`${path}?from=rubbish&take=2`)).body.errorCode, 'invalid_query_string');
  const nobody = await api.post(path, { users: ['auth0|nobody'] });
  assert.deepEqual([nobody.status, nobody.body.message], [404, 'One or more of the users do not exist.']);
  assert.equal((await api.get('/roles/rol_nothing/users')).status, 404);
});

test("an organization's own roles are listed apart, and may have a name that others have", async () => {
  const { body: organization } = await api.post('/organizations', { name: 'acme' });
  const owned = { name: 'Operator', description: 'Runs it', type: 'organization', owner_id: organization.id };
  await api.post('/roles', { name: 'Operator' });
  const made = await api.post('/roles', owned);
  assert.deepEqual([made.status, made.body], [200, { id: made.body.id, ...owned }]);
  assert.equal((await api.post('/roles', owned)).status, 409);
  assert.deepEqual((await api.patch(`/roles/${made.body.id}`, { description: 'Ran it' })).body, {
    ...made.body,
    description: 'Ran it',
  });
  const listed = await api.get(`/roles?type=organization&owner_id=${organization.id}`);
  assert.deepEqual(
    listed.body.map((role: { id: string }) => role.id),
    [made.body.id],
  );
  const tenants = await api.get('/roles?name_filter=operator');
  assert.deepEqual(
    tenants.body.map((role: { type: string }) => role.type),
    ['tenant'],
  );
});

test('a role is of an organization that exists, or of the tenant', async () => {
  const refused = async (body: object) => (await api.post('/roles', { name: 'Odd', ...body })).status;
  assert.equal(await refused({ type: 'organization' }), 400);
  assert.equal(await refused({ owner_id: 'org_x' }), 400);
  assert.equal(await refused({ type: 'organization', owner_id: 'org_nothing' }), 404);
  assert.equal((await api.get('/roles?type=organization')).status, 400);
});
