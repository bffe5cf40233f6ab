// Owns the life of a self-service profile, with its words and a ticket.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

export const selfServiceProfiles: Life = {
  resource: 'self-service-profiles',
  async live(auth0) {
    const profiles = auth0.selfServiceProfiles;
    const { id = '' } = await profiles.create({ name: 'Customers', allowed_strategies: ['oidc', 'samlp'] });
    const changed = await profiles.update(id, { description: 'Who bring their provider' });
    assert.deepEqual(changed.allowed_strategies, ['oidc', 'samlp']);
    assert.equal((await profiles.get(id)).description, 'Who bring their provider');
    const listed = await profiles.list({ include_totals: true });
    assert.ok(listed.data.some((profile) => profile.id === id));
    await profiles.customText.set(id, 'en', 'get-started', { introduction: 'Welcome' });
    assert.deepEqual(await profiles.customText.list(id, 'en', 'get-started'), { introduction: 'Welcome' });
    const { ticket = '' } = await profiles.ssoTicket.create(id, { connection_config: { name: 'customer' } });
    await profiles.ssoTicket.revoke(id, new URL(ticket).searchParams.get('ticket') ?? '');
    await profiles.delete(id);
    await assert.rejects(profiles.get(id), isMissing);
  },
};
