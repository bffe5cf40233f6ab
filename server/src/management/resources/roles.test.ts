// Tests roles and, by their example, what every collection does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { createTestApi, openTestTenant, type TestTenant, testAudience } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
  await createTestApi(tenant);
});
after(() => tenant.close());

const readThings = { resource_server_identifier: testAudience, permission_name: 'read:things' };

test('a role is made, read, changed, listed and deleted', async () => {
  const made = await api.post('/roles', { name: 'Editor' });
  assert.equal(made.status, 200);
  assert.match(made.body.id, /^rol_[A-Za-z0-9]{16}$/);
  const path = `/roles/${made.body.id}`;
  assert.deepEqual((await api.get(path)).body, { id: made.body.id, name: 'Editor', description: '', type: 'tenant' });
  const changed = await api.patch(path, { description: 'Edits' });
  assert.deepEqual([changed.status, changed.body.name, changed.body.description], [200, 'Editor', 'Edits']);
  const { body } = await api.get('/roles?name_filter=EDIT&include_totals=true');
  assert.deepEqual([body.start, body.limit, body.total, body.roles[0].id], [0, 50, 1, made.body.id]);
  assert.deepEqual((await api.delete(path)).body, {});
  const gone = await api.get(path);
  assert.deepEqual(gone.body, { statusCode: 404, error: 'Not Found', message: 'The role does not exist.' });
  assert.equal((await api.delete(path)).status, 404);
});

test('what a role allows is added and taken away, and an unknown permission is refused', async () => {
  const { body: role } = await api.post('/roles', { name: 'Reader' });
  const path = `/roles/${role.id}/permissions`;
  assert.equal((await api.post(path, { permissions: [readThings] })).status, 201);
  assert.deepEqual((await api.get(path)).body, [
    { ...readThings, description: 'Read your things', resource_server_name: 'Things' },
  ]);
  const unknown = await api.post(path, { permissions: [{ ...readThings, permission_name: 'fly' }] });
  assert.deepEqual([unknown.status, unknown.body.errorCode], [400, 'invalid_body']);
  assert.equal((await api.delete(path, { permissions: [readThings] })).status, 204);
  assert.deepEqual((await api.get(path)).body, []);
});

test('two roles cannot have one name', async () => {
  await api.post('/roles', { name: 'Only' });
  assert.equal((await api.post('/roles', { name: 'Only' })).status, 409);
});

test('a body that is not of the schema is refused in the words of Auth0', async () => {
  const refusal = async (body: unknown) => (await api.post('/roles', body)).body;
  const validation = (message: string) => ({
    statusCode: 400,
    error: 'Bad Request',
    message,
    errorCode: 'invalid_body',
  });
  assert.deepEqual(await refusal({}), validation("Payload validation error: 'Missing required property: name'."));
  assert.deepEqual(
    await refusal({ name: 'x', foo: 1 }),
    validation("Payload validation error: 'Additional properties not allowed: foo'."),
  );
  assert.deepEqual(
    await refusal({ name: 7 }),
    validation(
      "Payload validation error: 'Expected type string but found type number' on property name (Name of the role).",
    ),
  );
  assert.match((await refusal('{"name": ')).message, /not valid JSON/);
  assert.match((await refusal(`{"name":${'['.repeat(10_000)}`)).message, /levels deep/);
  assert.match((await refusal('{"name":"a\\u0000"}')).message, /U\+0000/);
});

test('pages are cut by checkpoint, and begin where the one before ended though what it ended with is gone', async () => {
  for (const name of ['P1', 'P2', 'P3', 'P4']) await api.post('/roles', { name });
  const first = await api.get('/roles?take=2&name_filter=P');
  assert.equal(first.body.roles.length, 2);
  await api.delete(`/roles/${first.body.roles[0].id}`);
  const second = await api.get(`/roles?take=50&name_filter=P&from=${encodeURIComponent(first.body.next)}`);
  const names = [...first.body.roles, ...second.body.roles].map(({ name }) => name);
  assert.deepEqual(names.toSorted(), ['P1', 'P2', 'P3', 'P4']);
  assert.equal('next' in second.body, false);
  assert.equal((await api.get('/roles?from=rubbish')).body.errorCode, 'invalid_query_string');
  assert.equal((await api.get('/roles?per_page=101')).status, 400);
});

test('who has no token, another token or too few scopes is refused', async () => {
  const stranger = new TestManagement(tenant, 'x.y.z');
  assert.deepEqual((await stranger.get('/roles')).body, {
    statusCode: 401,
    error: 'Unauthorized',
    message: 'Invalid token',
    attributes: { error: 'Invalid token' },
  });
  const reader = await TestManagement.open(tenant, ['read:roles']);
  assert.equal((await reader.get('/roles')).status, 200);
  assert.deepEqual((await reader.post('/roles', { name: 'No' })).body, {
    statusCode: 403,
    error: 'Forbidden',
    message: 'Insufficient scope, expected any of: create:roles',
    errorCode: 'insufficient_scope',
  });
});

test('who calls too often is told when to come back', async () => {
  const busy = await openTestTenant({ managementRequestsPerMinute: 2 });
  const program = await TestManagement.open(busy);
  const answers = [await program.get('/roles'), await program.get('/roles'), await program.get('/roles')];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 429],
  );
  assert.deepEqual(
    answers.map(({ headers }) => headers['x-ratelimit-remaining']),
    ['1', '0', '0'],
  );
  assert.ok(Number(answers[2]?.headers['retry-after']) > 0);
  busy.pass(60_000);
  assert.equal((await program.get('/roles')).status, 200);
  await busy.close();
});
