// Tests hooks: off from the start, with secrets whose names alone are told.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const sent = { name: 'exchange', script: 'module.exports = () => 1;', triggerId: 'credentials-exchange' };

test('a fresh one is off, and has no dependencies', async () => {
  const { status, body } = await api.post('/hooks', sent);
  const { id, ...rest } = body;
  assert.deepEqual([status, rest], [201, { ...sent, enabled: false, dependencies: {} }]);
  assert.deepEqual((await api.get(`/hooks/${id}`)).body, body);
});

test('at what it runs never changes, the rest does', async () => {
  const { id } = (await api.post('/hooks', sent)).body;
  assert.equal((await api.patch(`/hooks/${id}`, { enabled: true })).body.enabled, true);
  assert.equal((await api.patch(`/hooks/${id}`, { triggerId: 'pre-user-registration' })).status, 400);
});

test('of secrets the names are told; POST adds them, PATCH changes those that are there, DELETE takes them away', async () => {
  const path = `/hooks/${(await api.post('/hooks', sent)).body.id}/secrets`;
  assert.deepEqual((await api.get(path)).body, {});
  await api.post(path, { FIRST: 'hidden-1', SECOND: 'hidden-2' });
  await api.patch(path, { FIRST: 'hidden-3' });
  const { body } = await api.get(path);
  assert.deepEqual(Object.keys(body), ['FIRST', 'SECOND']);
  assert.doesNotMatch(JSON.stringify(body), /hidden/);
  await api.delete(path, ['FIRST']);
  assert.deepEqual(Object.keys((await api.get(path)).body), ['SECOND']);
});

test('one that is not there is missing, also for DELETE', async () => {
  for (const answer of [await api.get('/hooks/nothing'), await api.delete('/hooks/nothing')]) {
    assert.deepEqual([answer.status, answer.body.errorCode], [404, 'HookDoesNotExist']);
  }
});
