// Owns the life of the tenant's settings, which are changed and put back.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const tenants: Life = {
  resource: 'tenants',
  async live(auth0) {
    const { settings } = auth0.tenants;
    const { friendly_name = '', session_lifetime = 168 } = await settings.get();
    const changed = await settings.update({ friendly_name: 'Acme', support_email: 'help@example.com' });
    assert.deepEqual([changed.friendly_name, changed.session_lifetime], ['Acme', session_lifetime]);
    const some = await settings.get({ fields: 'support_email', include_fields: true });
    assert.deepEqual([some.support_email, some.friendly_name], ['help@example.com', undefined]);
    await settings.update({ friendly_name, support_email: '' });
  },
};
