// Tests the provider of mails: there is one at most, and nobody reads its credentials.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const path = '/emails/provider';
const sent = { name: 'sendgrid', default_from_address: 'a@example.com', credentials: { api_key: 'hidden-key' } };

test('there is none until it is configured, and no second one', async () => {
  assert.equal((await api.get(path)).body.errorCode, 'inexistent_email_provider');
  assert.equal((await api.patch(path, { enabled: false })).status, 404);
  assert.equal((await api.post(path, sent)).status, 201);
  assert.equal((await api.post(path, sent)).body.errorCode, 'email_provider_conflict');
});

test('its credentials are told by no answer, and stay when others are not sent', async () => {
  for (const answer of [await api.get(path), await api.patch(path, { enabled: false })]) {
    assert.equal(answer.status, 200);
    assert.doesNotMatch(JSON.stringify(answer.body), /hidden/);
  }
  assert.deepEqual((await api.get(path)).body.enabled, false);
});

test('a deleted one is gone', async () => {
  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.get(path)).status, 404);
});
