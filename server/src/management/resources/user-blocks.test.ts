// Tests the blocks of people and addresses, of which there are none as long as no guard makes any.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTestAccount } from '../../testing/accounts.ts';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

test('a person and an identifier are asked about and unblocked', async () => {
  const { user_id } = await createTestAccount(api, { email: 'a@example.com' });
  const path = `/user-blocks/${encodeURIComponent(user_id)}`;
  assert.deepEqual((await api.get(path)).body, { blocked_for: [] });
  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.get('/user-blocks/auth0%7Cnobody')).status, 404);
  assert.deepEqual((await api.get('/user-blocks?identifier=a@example.com')).body, { blocked_for: [] });
  assert.equal((await api.delete('/user-blocks?identifier=a@example.com')).status, 204);
  assert.equal((await api.get('/user-blocks')).status, 400);
});

test('an address is asked about and unblocked', async () => {
  for (const address of ['192.0.2.1', '2001:db8::1']) {
    assert.equal((await api.get(`/anomaly/blocks/ips/${address}`)).status, 404);
    assert.equal((await api.delete(`/anomaly/blocks/ips/${address}`)).status, 204);
  }
  assert.equal((await api.get('/anomaly/blocks/ips/here')).status, 400);
});
