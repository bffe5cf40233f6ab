// Tests actions: drafts and what is deployed of them, secrets that nobody sees, and what a change takes away.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const trigger = { id: 'post-login', version: 'v3' };
const make = async (settings: object = {}) => {
  const sent = { name: `A${Math.random()}`, supported_triggers: [trigger], ...settings };
  const { status, body } = await api.post('/actions/actions', sent);
  assert.equal(status, 201, JSON.stringify(body));
  return { path: `/actions/actions/${body.id}`, body };
};

test('a fresh one is empty, built and not deployed', async () => {
  const { body } = await make();
  assert.deepEqual(
    [body.code, body.dependencies, body.runtime, body.status, body.secrets, body.all_changes_deployed],
    ['', [], 'node22', 'built', [], false],
  );
});

test('what is deployed stays as it was while the draft goes on', async () => {
  const { path } = await make({ code: 'first' });
  assert.equal((await api.post(`${path}/deploy`)).status, 200);
  assert.equal((await api.get(path)).body.all_changes_deployed, true);
  const { body } = await api.patch(path, { code: 'second' });
  assert.deepEqual([body.code, body.deployed_version.code, body.all_changes_deployed], ['second', 'first', false]);
});

test('the names of its secrets are told and the values never; one without a value keeps its own', async () => {
  const { path } = await make({ secrets: [{ name: 'KEY', value: 'hidden-value' }] });
  await api.patch(path, { secrets: [{ name: 'KEY' }, { name: 'NEW', value: 'hidden-too' }, { name: 'NONE' }] });
  const { body } = await api.get(path);
  assert.deepEqual(
    body.secrets.map(({ name }: { name: string }) => name),
    ['KEY', 'NEW'],
  );
  assert.doesNotMatch(JSON.stringify(body), /hidden/);
});

test('null gives the default back', async () => {
  const { path } = await make({ code: 'x', runtime: 'node18', dependencies: [{ name: 'ms', version: '2.1.3' }] });
  const { body } = await api.patch(path, { code: null, runtime: null, dependencies: null, secrets: null });
  assert.deepEqual([body.code, body.runtime, body.dependencies, body.secrets], ['', 'node22', [], []]);
  assert.equal((await api.get('/actions/actions')).status, 200);
});

test('a module is named by its id, or the action would not be readable', async () => {
  const sent = { name: 'M', supported_triggers: [trigger], modules: [{ module_name: 'nameless' }] };
  assert.equal((await api.post('/actions/actions', sent)).body.errorCode, 'invalid_body');
});

test('one that is bound stays unless its deletion is forced', async () => {
  const { path, body } = await make({ code: 'x' });
  await api.post(`${path}/deploy`);
  const bindings = [{ ref: { type: 'action_id', value: body.id }, display_name: 'Bound' }];
  assert.equal((await api.patch('/actions/triggers/post-login/bindings', { bindings })).status, 200);
  assert.equal((await api.delete(path)).status, 409);
  assert.equal((await api.delete(`${path}?force=true`)).status, 204);
  assert.deepEqual((await api.get('/actions/triggers/post-login/bindings')).body.bindings, []);
  assert.equal((await api.get(path)).status, 404);
});

test('no two have one name', async () => {
  await make({ name: 'Only' });
  assert.equal((await api.post('/actions/actions', { name: 'Only', supported_triggers: [trigger] })).status, 409);
});
