// Tests forms: kept as they were drawn, and changed member by member.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const drawn = { languages: { primary: 'en' }, nodes: [], start: { next_node: 'n' }, ending: {}, style: { css: 'a{}' } };

test('one is told as it was drawn', async () => {
  const { status, body } = await api.post('/forms', { name: 'Address', ...drawn });
  assert.equal(status, 201);
  assert.match(body.id, /^ap_[A-Za-z0-9]{22}$/);
  const read = (await api.get(`/forms/${body.id}`)).body;
  for (const [key, value] of Object.entries(drawn)) assert.deepEqual(read[key], value, key);
});

test('a change leaves what it does not name, and null takes away', async () => {
  const { id } = (await api.post('/forms', { name: 'Changed', ...drawn })).body;
  const { body } = await api.patch(`/forms/${id}`, { name: 'New', style: null });
  assert.deepEqual([body.name, body.start, body.style], ['New', drawn.start, undefined]);
});

test('one that is not there is missing, also for DELETE', async () => {
  for (const answer of [await api.get('/forms/nothing'), await api.delete('/forms/nothing')]) {
    assert.deepEqual([answer.status, answer.body.message], [404, 'Form not found']);
  }
});
