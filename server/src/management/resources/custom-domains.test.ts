// Tests custom domains: a fresh one waits to be verified, and no two are of one name.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const sent = { domain: 'login.example.com', type: 'auth0_managed_certs' };

test('a fresh one waits to be verified, and says by what', async () => {
  const { status, body } = await api.post('/custom-domains', sent);
  assert.equal(status, 201);
  assert.match(body.custom_domain_id, /^cd_[A-Za-z0-9]{16}$/);
  assert.deepEqual([body.status, body.tls_policy, body.domain], ['pending_verification', 'recommended', sent.domain]);
  assert.equal(body.verification.methods[0].domain, sent.domain);
  assert.equal((await api.post('/custom-domains', sent)).body.errorCode, 'custom_domain_exists');
});

test('what is no name of a host is refused', async () => {
  for (const domain of ['', 'a b', 'https://x.example.com', '-x.example.com', 'x'.repeat(300), 'x.example.com/']) {
    const { status, body } = await api.post('/custom-domains', { ...sent, domain });
    assert.deepEqual([status, body.errorCode], [400, 'invalid_body'], domain);
  }
});

test('its metadata is kept, its domain never changes, and a deleted one is missing', async () => {
  const { custom_domain_id: id } = (await api.post('/custom-domains', { ...sent, domain: 'two.example.com' })).body;
  const path = `/custom-domains/${id}`;
  assert.deepEqual((await api.patch(path, { domain_metadata: { team: 'web' } })).body.domain_metadata, { team: 'web' });
  assert.equal((await api.patch(path, { domain: 'three.example.com' })).body.errorCode, 'invalid_body');
  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.get(path)).body.errorCode, 'inexistent_custom_domain');
});
