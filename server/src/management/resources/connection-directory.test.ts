// Tests how directories are fetched to connections: configurations, groups, and what must be switched on before.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
});
after(() => tenant.close());

const everything = { domain: 'example.com', api_enable_users: true, api_enable_groups: true, ext_groups: true };
const make = async (name: string, options: object = everything, strategy = 'google-apps'): Promise<string> =>
  `/connections/${(await api.post('/connections', { name, strategy, options })).body.id}/directory-provisioning`;

test('a configuration is made with defaults, read, changed, listed and deleted, twice without complaint', async () => {
  const path = await make('workspace');
  const missing = await api.get(path);
  assert.deepEqual([missing.status, missing.body.message], [404, 'Directory provisioning configuration not found']);
  const { status, body: made } = await api.post(path, {});
  assert.equal(status, 201);
  assert.deepEqual([made.synchronize_automatically, made.synchronize_groups], [false, 'off']);
  assert.deepEqual(made.mapping, (await api.get(`${path}/default-mapping`)).body.mapping);
  assert.equal((await api.post(path, {})).status, 409);
  const mapping = [{ auth0: 'email', idp: 'primaryEmail' }];
  const { body: changed } = await api.patch(path, { mapping });
  assert.deepEqual([changed.mapping, changed.synchronize_groups], [mapping, 'off']);
  const listed = await api.get('/connections-directory-provisionings');
  assert.deepEqual(listed.body, { directory_provisionings: [changed] });
  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.patch(path, { mapping })).status, 404);
});

test('groups are set, added and taken away, each once, and listed by their ids, page by page', async () => {
  const path = await make('groups');
  await api.post(path, { synchronize_groups: 'selected' });
  const groups = `${path}/synchronized-groups`;
  const ids = async () => (await api.get(groups)).body.groups.map(({ id }: { id: string }) => id);
  assert.equal((await api.put(groups, { groups: [{ id: 'b2' }, { id: 'a1', name: 'Staff' }] })).status, 204);
  assert.equal((await api.post(groups, { groups: [{ id: 'c3' }, { id: 'b2' }] })).status, 204);
  assert.deepEqual(await ids(), ['a1', 'b2', 'c3']);
  const { body: page } = await api.get(`${groups}?take=2`);
  assert.deepEqual(page.groups, [{ id: 'a1', name: 'Staff' }, { id: 'b2' }]);
  const { body: rest } = await api.get(`${groups}?take=2&from=${page.next}`);
  assert.deepEqual(rest, { groups: [{ id: 'c3' }] });
  assert.equal((await api.send('DELETE', groups, { groups: [{ id: 'b2' }] })).status, 204);
  assert.deepEqual(await ids(), ['a1', 'c3']);
  const refused = await api.post(groups, { groups: [{ id: 'd4', email: '' }] });
  assert.equal(
    refused.body.message,
    "Payload validation error: 'Object didn't pass validation for format email: ' on property groups[0].email (Google Workspace Directory group email).",
  );
  assert.equal((await api.put(groups, { groups: [{ id: 'no good' }] })).status, 400);
});

test('only Google Workspace is fetched from, when its APIs are switched on', async () => {
  const other = await api.post(await make('oidc', {}, 'oidc'), {});
  assert.equal(other.body.message, 'The connection strategy does not support inbound directory provisioning');
  const off = await api.post(await make('off', { domain: 'example.com' }), {});
  assert.match(off.body.message, /Users API is not enabled/);
  const people = await make('people-only', { domain: 'example.com', api_enable_users: true });
  assert.match((await api.post(people, { synchronize_groups: 'all' })).body.message, /Groups extended attribute/);
  assert.equal((await api.post(people, {})).status, 201);
  assert.equal((await api.patch(people, { synchronize_groups: 'all' })).status, 400);
});

test('what is fetched by cannot be switched off meanwhile', async () => {
  const path = await make('in-use');
  await api.post(path, { synchronize_groups: 'all' });
  const connection = path.replace('/directory-provisioning', '');
  const change = (options: object) => api.patch(connection, { options: { ...everything, ...options } });
  assert.match((await change({ api_enable_users: false })).body.message, /cannot be disabled/);
  assert.match((await change({ ext_groups: false })).body.message, /cannot be disabled/);
  assert.equal((await change({ icon_url: 'https://example.com/icon.png' })).status, 200);
});

test('nothing is fetched where no administrator of the directory has let us', async () => {
  const path = await make('not-set-up');
  assert.equal((await api.post(`${path}/synchronizations`)).status, 404);
  await api.post(path, {});
  assert.match((await api.post(`${path}/synchronizations`)).body.message, /setup is incomplete/);
  assert.equal((await api.patch(path, { synchronize_automatically: true })).status, 400);
});
