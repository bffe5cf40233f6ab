// Tests second factors: none is on from the start, and each is set by its name.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

test('there are eight factors, and all of them are off from the start', async () => {
  const { body } = await api.get('/guardian/factors');
  assert.equal(body.length, 8);
  for (const factor of body) assert.deepEqual([factor.enabled, factor.trial_expired], [false, false], factor.name);
  assert.deepEqual((await api.get('/guardian/policies')).body, []);
});

test('a factor is turned on by its name, and one that is none is refused', async () => {
  assert.deepEqual((await api.put('/guardian/factors/otp', { enabled: true })).body, { enabled: true });
  const { body } = await api.get('/guardian/factors');
  assert.deepEqual(
    body.filter(({ enabled }: { enabled: boolean }) => enabled).map(({ name }: { name: string }) => name),
    ['otp'],
  );
  assert.equal((await api.put('/guardian/factors/telepathy', { enabled: true })).body.errorCode, 'invalid_uri');
  assert.equal((await api.put('/guardian/factors/otp', { enabled: 'yes' })).body.errorCode, 'invalid_body');
});

test('policies are replaced as a whole, and only known ones are taken', async () => {
  assert.deepEqual((await api.put('/guardian/policies', ['all-applications'])).body, ['all-applications']);
  assert.equal((await api.put('/guardian/policies', ['sometimes'])).status, 400);
  assert.deepEqual((await api.get('/guardian/policies')).body, ['all-applications']);
  await api.put('/guardian/policies', []);
});

test('messages have words of their own until others are set', async () => {
  const path = '/guardian/factors/sms/templates';
  assert.match((await api.get(path)).body.verification_message, /\{\{code\}\}/);
  const words = { enrollment_message: 'Add: {{code}}', verification_message: 'Code: {{code}}' };
  assert.deepEqual((await api.put(path, words)).body, words);
  assert.deepEqual((await api.get(path)).body, words);
});
