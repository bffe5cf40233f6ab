// Tests a person's roles and permissions: given, listed with where they come from, taken.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTestAccount, pathOf } from '../../testing/accounts.ts';
import { TestManagement } from '../../testing/management.ts';
import { createTestApi, openTestTenant, testAudience } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
await createTestApi(tenant);
after(() => tenant.close());

const permission = (permission_name: string) => ({ resource_server_identifier: testAudience, permission_name });

test('roles are given, listed and taken, however often', async () => {
  const path = `${pathOf(await createTestAccount(api, { email: 'roles@example.com' }))}/roles`;
  const { body: role } = await api.post('/roles', { name: 'Reader', description: 'Reads' });
  for (let twice = 0; twice < 2; twice += 1) assert.equal((await api.post(path, { roles: [role.id] })).status, 204);
  assert.deepEqual((await api.get(path)).body, [{ id: role.id, name: 'Reader', description: 'Reads' }]);
  const { body } = await api.get(`${path}?include_totals=true&per_page=1`);
  assert.deepEqual([body.start, body.limit, body.total, body.roles.length], [0, 1, 1, 1]);
  for (let twice = 0; twice < 2; twice += 1) assert.equal((await api.delete(path, { roles: [role.id] })).status, 204);
  assert.deepEqual((await api.get(path)).body, []);
  assert.equal((await api.post(path, { roles: ['rol_0000000000000000'] })).status, 400);
  assert.equal((await api.post(path, { roles: [] })).status, 400);
  assert.equal((await api.get('/users/auth0%7Cnobody/roles')).status, 404);
});

test('permissions are told with all that they come from, and stay until the last of it goes', async () => {
  const person = pathOf(await createTestAccount(api, { email: 'permissions@example.com' }));
  const { body: role } = await api.post('/roles', { name: 'Writer' });
  await api.post(`/roles/${role.id}/permissions`, { permissions: [permission('write:things')] });
  await api.post(`${person}/roles`, { roles: [role.id] });
  const path = `${person}/permissions`;
  const both = { permissions: [permission('write:things'), permission('read:things')] };
  assert.deepEqual(await api.post(path, both).then(({ status, body }) => [status, body]), [201, {}]);
  const told = async () =>
    (await api.get(path)).body.map(
      (one: {
        permission_name: string;
        description: string;
        sources: { source_type: string; source_name: string }[];
      }) => [
        one.permission_name,
        one.description,
        one.sources.map(({ source_type, source_name }) => `${source_type} ${source_name}`).sort(),
      ],
    );
  assert.deepEqual((await told()).sort(), [
    ['read:things', 'Read your things', ['DIRECT ']],
    ['write:things', '', ['DIRECT ', 'ROLE Writer']],
  ]);
  assert.equal((await api.delete(path, both)).status, 204);
  assert.equal((await api.delete(path, both)).status, 204);
  assert.deepEqual(await told(), [['write:things', '', ['ROLE Writer']]]);
});

test('a permission that no API has is refused', async () => {
  const path = `${pathOf(await createTestAccount(api, { email: 'refused@example.com' }))}/permissions`;
  for (const body of [
    { permissions: [permission('delete:things')] },
    { permissions: [{ ...permission('read:things'), resource_server_identifier: 'https://nowhere/' }] },
    { permissions: [] },
    {},
  ]) {
    assert.equal((await api.post(path, body)).status, 400, JSON.stringify(body));
  }
  assert.deepEqual((await api.get(path)).body, []);
});
