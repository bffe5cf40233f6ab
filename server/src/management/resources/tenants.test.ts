// Tests the tenant's settings: what they are from the start, and what a change leaves as it was.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const path = '/tenants/settings';

test('sessions live a week, and three days without use, until told otherwise', async () => {
  const { body } = await api.get(path);
  assert.deepEqual([body.session_lifetime, body.idle_session_lifetime], [168, 72]);
  assert.deepEqual([body.enabled_locales, body.flags.universal_login], [['en', 'ja'], true]);
});

test('flags are merged, and everything that is not named stays', async () => {
  const before = (await api.get(path)).body;
  const { status, body } = await api.patch(path, { friendly_name: 'Acme', flags: { disable_impersonation: false } });
  assert.equal(status, 200);
  assert.deepEqual([body.friendly_name, body.session_lifetime], ['Acme', before.session_lifetime]);
  assert.equal(body.flags.disable_impersonation, false);
  assert.equal(body.flags.enable_sso, before.flags.enable_sso);
});

test('members are chosen by fields, and a setting that is none is refused', async () => {
  assert.deepEqual((await api.get(`${path}?fields=friendly_name`)).body, { friendly_name: 'Acme' });
  assert.equal('friendly_name' in (await api.get(`${path}?fields=friendly_name&include_fields=false`)).body, false);
  assert.equal((await api.patch(path, { unheard_of: true })).body.errorCode, 'invalid_body');
});

test('where people are sent is an address of https or nothing', async () => {
  for (const [default_redirection_uri, status] of [
    ['https://example.com/login', 200],
    ['', 200],
    ['example.com', 400],
    ['javascript:alert(1)', 400],
  ] as const) {
    assert.equal((await api.patch(path, { default_redirection_uri })).status, status, default_redirection_uri);
  }
});
