// Tests the settings of attack protection: what is on from the start, and how each is changed.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const path = (name: string) => `/attack-protection/${name}`;

test('brute force and suspicious addresses are guarded against from the start', async () => {
  assert.deepEqual((await api.get(path('brute-force-protection'))).body, {
    ...{ enabled: true, shields: ['block', 'user_notification'], mode: 'count_per_identifier_and_ip' },
    ...{ allowlist: [], max_attempts: 10 },
  });
  const { body } = await api.get(path('suspicious-ip-throttling'));
  assert.deepEqual([body.enabled, body.stage['pre-login']], [true, { max_attempts: 100, rate: 864_000 }]);
  assert.equal((await api.get(path('breached-password-detection'))).body.enabled, false);
});

test('a change leaves what it does not name as it was', async () => {
  const { status, body } = await api.patch(path('brute-force-protection'), { max_attempts: 5 });
  assert.deepEqual([status, body.max_attempts, body.enabled], [200, 5, true]);
  assert.deepEqual((await api.get(path('brute-force-protection'))).body, body);
});

test('a number beyond its bounds and a shield that is none are refused', async () => {
  for (const change of [{ max_attempts: 0 }, { max_attempts: 101 }, { shields: ['sword'] }, { mode: 'x' }]) {
    const { status, body } = await api.patch(path('brute-force-protection'), change);
    assert.deepEqual([status, body.errorCode], [400, 'invalid_body'], JSON.stringify(change));
  }
});

test('the keys of captchas that are public are told, the others never', async () => {
  const { body } = await api.patch(path('captcha'), { hcaptcha: { site_key: 'open', secret: 'hidden' } });
  assert.deepEqual(body.hcaptcha, { site_key: 'open' });
  assert.doesNotMatch(JSON.stringify((await api.get(path('captcha'))).body), /hidden/);
});
