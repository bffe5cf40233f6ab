// Owns the life of a setting of the rules, whose value nobody is told again.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const rulesConfigs: Life = {
  resource: 'rules-configs',
  async live(auth0) {
    await auth0.rulesConfigs.set('API_KEY', { value: 'first' });
    assert.deepEqual(await auth0.rulesConfigs.set('API_KEY', { value: 'second' }), { key: 'API_KEY', value: 'second' });
    assert.deepEqual(await auth0.rulesConfigs.list(), [{ key: 'API_KEY' }]);
    await auth0.rulesConfigs.delete('API_KEY');
    assert.deepEqual(await auth0.rulesConfigs.list(), []);
  },
};
