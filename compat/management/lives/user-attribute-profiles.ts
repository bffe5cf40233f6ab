// Owns the life of a user attribute profile.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

export const userAttributeProfiles: Life = {
  resource: 'user-attribute-profiles',
  async live(auth0) {
    const profiles = auth0.userAttributeProfiles;
    const { user_attribute_profile_templates: [first] = [] } = await profiles.listTemplates();
    const { template } = await profiles.getTemplate(first?.id ?? '');
    const { user_id, user_attributes = {} } = template ?? {};
    const { id = '' } = await profiles.create({ name: 'Workforce', ...(user_id && { user_id }), user_attributes });
    const changed = await profiles.update(id, { name: 'Staff' });
    assert.deepEqual(changed.user_attributes, user_attributes);
    assert.equal((await profiles.get(id)).name, 'Staff');
    const ids: (string | undefined)[] = [];
    for await (const profile of await profiles.list({ take: 1 })) ids.push(profile.id);
    assert.ok(ids.includes(id));
    await profiles.delete(id);
    await assert.rejects(profiles.get(id), isMissing);
  },
};
