// Tests network access lists: PUT replaces one as a whole, PATCH changes a part, DELETE finds what it deletes.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const rule = { action: { block: true }, match: { ipv4_cidrs: ['192.0.2.0/24'] }, scope: 'tenant' };
const sent = { description: 'Not from there', active: true, priority: 1, rule };
const make = async () => (await api.post('/network-acls', sent)).body.id;

test('a fresh one is as it was sent, with an id', async () => {
  const id = await make();
  assert.match(id, /^acl_[A-Za-z0-9]{22}$/);
  const { body } = await api.get(`/network-acls/${id}`);
  assert.deepEqual([body.description, body.active, body.priority, body.rule], ['Not from there', true, 1, rule]);
});

test('PATCH leaves what it does not name, and PUT needs all', async () => {
  const path = `/network-acls/${await make()}`;
  assert.deepEqual((await api.patch(path, { active: false })).body.rule, rule);
  assert.equal((await api.put(path, { active: true })).body.errorCode, 'invalid_body');
  assert.equal((await api.put(path, { ...sent, priority: 7 })).body.priority, 7);
});

test('an id of another form is refused, and one that is not there is missing, also for DELETE', async () => {
  assert.equal((await api.get('/network-acls/nothing')).body.errorCode, 'invalid_uri');
  const path = `/network-acls/${await make()}`;
  assert.equal((await api.delete(path)).status, 200);
  assert.equal((await api.delete(path)).status, 404);
  assert.equal((await api.get(path)).status, 404);
});
