// Owns the tests of the connections of an organization, in both families of endpoints.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createConnection } from '#domain/connections';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const database = await createConnection(tenant.ctx, { name: 'people' });
let organizations = 0;

async function organizationPath(): Promise<string> {
  organizations += 1;
  const { body } = await api.post('/organizations', { name: `acme-${organizations}` });
  return `/organizations/${body.id}`;
}

test('a connection is enabled, read, changed and taken away', async () => {
  const path = `${await organizationPath()}/connections`;
  const added = await api.post(path, { connection_id: database.id, is_enabled: true });
  const whole = {
    connection_id: database.id,
    is_signup_enabled: false,
    assign_membership_on_login: false,
    show_as_button: true,
    connection: { name: 'people', strategy: 'auth0' },
    is_enabled: true,
    organization_access_level: 'none',
  };
  assert.deepEqual([added.status, added.body], [201, whole]);
  assert.equal((await api.post(path, { connection_id: database.id })).status, 409);
  const one = `${path}/${database.id}`;
  const changed = await api.patch(one, { is_enabled: false, organization_connection_name: 'staff' });
  assert.deepEqual(changed.body, { ...whole, is_enabled: false, organization_connection_name: 'staff' });
  const back = await api.patch(one, { is_enabled: null, organization_connection_name: null });
  assert.deepEqual(back.body, whole);
  assert.deepEqual((await api.get(one)).body, whole);
  assert.equal((await api.delete(one)).status, 204);
  assert.equal((await api.delete(one)).status, 204);
  const gone = { statusCode: 404, error: 'Not Found', message: 'No connection found by that id' };
  assert.deepEqual((await api.get(one)).body, gone);
  assert.deepEqual((await api.post(path, { connection_id: 'con_nothing' })).body, gone);
});

test('connections are listed newest first, all of them or those that are enabled', async () => {
  const path = `${await organizationPath()}/connections`;
  const other = await createConnection(tenant.ctx, { name: 'staff' });
  await api.post(path, { connection_id: database.id });
  await api.post(path, { connection_id: other.id, is_enabled: false });
  const ids = async (query: string) => {
    const { body } = await api.get(`${path}?include_totals=true&${query}`);
    return [body.connections.map((one: { connection_id: string }) => one.connection_id), body.limit, body.total];
  };
  assert.deepEqual(await ids(''), [[other.id, database.id], 50, 2]);
  assert.deepEqual(await ids('is_enabled=true'), [[database.id], 50, 1]);
  assert.deepEqual(await ids('is_enabled=false'), [[other.id], 50, 1]);
  assert.deepEqual(await ids('page=1&per_page=50'), [[], 50, 2]);
});

test('the older endpoints show fewer settings, of connections that are enabled', async () => {
  const path = await organizationPath();
  const old = `${path}/enabled_connections`;
  const added = await api.post(old, { connection_id: database.id, assign_membership_on_login: true });
  const whole = {
    connection_id: database.id,
    is_signup_enabled: false,
    assign_membership_on_login: true,
    show_as_button: true,
    connection: { name: 'people', strategy: 'auth0' },
  };
  assert.deepEqual([added.status, added.body], [201, whole]);
  const listed = { enabled_connections: [whole], start: 0, limit: 1, total: 1 };
  assert.deepEqual((await api.get(`${old}?include_totals=true&per_page=50`)).body, listed);
  assert.deepEqual((await api.patch(`${old}/${database.id}`, { show_as_button: false })).body.show_as_button, false);
  await api.patch(`${path}/connections/${database.id}`, { is_enabled: false });
  assert.deepEqual((await api.get(old)).body, []);
  assert.equal((await api.post(old, { connection_id: database.id, is_enabled: true })).status, 400);
});

test('people sign up for an organization only where that makes them members', async () => {
  const path = `${await organizationPath()}/enabled_connections`;
  const signUp = { connection_id: database.id, is_signup_enabled: true };
  const message = 'Only database connections with assign_membership_on_login = true support is_signup_enabled = true.';
  assert.deepEqual((await api.post(path, signUp)).body, {
    statusCode: 400,
    error: 'Bad Request',
    message,
    errorCode: 'invalid_body',
  });
  assert.equal((await api.post(path, { ...signUp, assign_membership_on_login: true })).status, 201);
  const refused = await api.patch(`${path}/${database.id}`, { assign_membership_on_login: false });
  assert.deepEqual([refused.status, refused.body.message], [400, message]);
  const both = { assign_membership_on_login: false, is_signup_enabled: false };
  assert.equal((await api.patch(`${path}/${database.id}`, both)).status, 200);
});

test('an organization begins with connections', async () => {
  const enabled_connections = [{ connection_id: database.id, show_as_button: false }];
  const { body } = await api.post('/organizations', { name: 'begins', enabled_connections });
  const { body: listed } = await api.get(`/organizations/${body.id}/connections`);
  assert.deepEqual(
    listed.map((one: { show_as_button: boolean }) => one.show_as_button),
    [false],
  );
});
