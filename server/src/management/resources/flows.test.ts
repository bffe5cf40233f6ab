// Tests flows and the connections that they keep the secrets of.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

test('a fresh one is its name, and may share it', async () => {
  const { status, body } = await api.post('/flows', { name: 'Welcome' });
  assert.equal(status, 201);
  assert.match(body.id, /^af_[A-Za-z0-9]{22}$/);
  assert.equal((await api.post('/flows', { name: 'Welcome' })).status, 201);
  assert.deepEqual((await api.get(`/flows/${body.id}`)).body.name, 'Welcome');
});

test('one that is not there is missing, also for DELETE', async () => {
  const { id } = (await api.post('/flows', { name: 'Gone' })).body;
  const statuses: number[] = [];
  for (const method of ['DELETE', 'DELETE', 'GET']) statuses.push((await api.send(method, `/flows/${id}`)).status);
  assert.deepEqual(statuses, [204, 404, 404]);
});

test('how a connection is set up is told by no answer', async () => {
  const path = '/flows/vault/connections';
  const sent = { name: 'Ours', app_id: 'HTTP', setup: { type: 'BEARER', token: 'hidden-token' } };
  const made = await api.post(path, sent);
  assert.deepEqual([made.status, made.body.ready], [201, true]);
  const place = `${path}/${made.body.id}`;
  const changed = await api.patch(place, { name: 'Theirs' });
  assert.equal(changed.body.name, 'Theirs');
  for (const { body } of [made, changed, await api.get(place), await api.get(path)]) {
    assert.doesNotMatch(JSON.stringify(body), /hidden|setup/);
  }
});
