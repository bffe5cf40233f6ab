// Owns the life of a policy of how often somebody may ask.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';

export const rateLimitPolicies: Life = {
  resource: 'rate-limit-policies',
  async live(auth0) {
    const { id = '' } = await auth0.rateLimitPolicies.create({
      resource: 'oauth_authentication_api',
      consumer: 'client',
      consumer_selector: 'third_party_clients',
      configuration: { action: 'allow' },
    });
    const { configuration } = await auth0.rateLimitPolicies.update(id, { configuration: { action: 'log', limit: 5 } });
    assert.deepEqual(configuration, { action: 'log', limit: 5 });
    assert.deepEqual((await auth0.rateLimitPolicies.get(id)).configuration, configuration);
    assert.ok((await all(auth0.rateLimitPolicies.list())).some((policy) => policy.id === id));
    await auth0.rateLimitPolicies.delete(id);
    await assert.rejects(auth0.rateLimitPolicies.get(id), isMissing);
  },
};
