// Tests rules: they run in their order, have names of their own, and settings whose values nobody reads.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const script = 'function (user, context, callback) { callback(null, user, context); }';

test('a fresh one is on, and comes after the others', async () => {
  const first = await api.post('/rules', { name: 'First', script });
  const second = await api.post('/rules', { name: 'Second', script });
  assert.equal(first.status, 201);
  assert.deepEqual([first.body.enabled, first.body.stage], [true, 'login_success']);
  assert.ok(second.body.order > first.body.order);
});

test('a name belongs to one, also when it is changed', async () => {
  assert.equal((await api.post('/rules', { name: 'First', script })).status, 409);
  const { id } = (await api.post('/rules', { name: 'Third', script })).body;
  assert.equal((await api.patch(`/rules/${id}`, { name: 'First' })).status, 409);
  assert.equal((await api.patch(`/rules/${id}`, { enabled: false })).body.enabled, false);
});

test('one that is not there is missing, and its deletion is no fault', async () => {
  assert.equal((await api.get('/rules/nothing')).body.errorCode, 'inexistent_rule');
  assert.equal((await api.delete('/rules/nothing')).status, 204);
});

test('of the settings of rules the names are listed, and the values never', async () => {
  await api.put('/rules-configs/KEY', { value: 'hidden' });
  await api.put('/rules-configs/KEY', { value: 'hidden-again' });
  assert.deepEqual((await api.get('/rules-configs')).body, [{ key: 'KEY' }]);
  assert.equal((await api.put('/rules-configs/not a key', { value: 'x' })).body.errorCode, 'invalid_uri');
  assert.equal((await api.delete('/rules-configs/KEY')).status, 204);
  assert.deepEqual((await api.get('/rules-configs')).body, []);
});
