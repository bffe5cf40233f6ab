// Owns the life of a domain of the tenant's own.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

export const customDomains: Life = {
  resource: 'custom-domains',
  async live(auth0) {
    const made = await auth0.customDomains.create({ domain: 'login.example.com', type: 'auth0_managed_certs' });
    const id = made.custom_domain_id;
    assert.equal(made.status, 'pending_verification');
    await auth0.customDomains.update(id, { tls_policy: 'recommended', domain_metadata: { team: 'web' } });
    assert.deepEqual((await auth0.customDomains.get(id)).domain_metadata, { team: 'web' });
    assert.deepEqual(
      (await auth0.customDomains.list()).map(({ domain }) => domain),
      ['login.example.com'],
    );
    assert.equal((await auth0.customDomains.verify(id)).custom_domain_id, id);
    await auth0.customDomains.delete(id);
    await assert.rejects(auth0.customDomains.get(id), isMissing);
  },
};
