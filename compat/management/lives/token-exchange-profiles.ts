// Owns the life of a token exchange profile, beside that of the action that it needs.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

export const tokenExchangeProfiles: Life = {
  resource: 'token-exchange-profiles',
  async live(auth0) {
    const profiles = auth0.tokenExchangeProfiles;
    const { id: action = '' } = await auth0.actions.create({
      name: 'Judge of legacy tokens',
      supported_triggers: [{ id: 'custom-token-exchange', version: 'v1' }],
      code: 'exports.onExecuteCustomTokenExchange = async () => {};',
    });
    await auth0.actions.deploy(action);
    const { id = '' } = await profiles.create({
      name: 'Legacy tokens',
      type: 'custom_authentication',
      subject_token_type: 'urn:acme:legacy',
      action_id: action,
    });
    await profiles.update(id, { name: 'Older tokens' });
    assert.equal((await profiles.get(id)).name, 'Older tokens');
    const ids: (string | undefined)[] = [];
    for await (const profile of await profiles.list({ take: 50 })) ids.push(profile.id);
    assert.ok(ids.includes(id));
    await profiles.delete(id);
    await auth0.actions.delete(action);
    await assert.rejects(profiles.get(id), isMissing);
  },
};
