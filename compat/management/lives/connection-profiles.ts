// Owns the life of a connection profile.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

export const connectionProfiles: Life = {
  resource: 'connection-profiles',
  async live(auth0) {
    const profiles = auth0.connectionProfiles;
    const { connection_profile_templates: [template] = [] } = await profiles.listTemplates();
    const { template: start } = await profiles.getTemplate(template?.id ?? '');
    const { organization = {}, enabled_features = [] } = start ?? {};
    const { id = '' } = await profiles.create({ name: 'Enterprise', organization, enabled_features });
    assert.deepEqual((await profiles.get(id)).organization, organization);
    const changed = await profiles.update(id, { organization: { show_as_button: 'none' } });
    assert.equal(changed.organization?.show_as_button, 'none');
    assert.equal(changed.name, 'Enterprise');
    const ids: (string | undefined)[] = [];
    for await (const profile of await profiles.list({ take: 1 })) ids.push(profile.id);
    assert.ok(ids.includes(id));
    await profiles.delete(id);
    await assert.rejects(profiles.get(id), isMissing);
  },
};
