// Owns the life of a consent: nobody gave one yet, and withdrawing it twice is no mistake.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const grants: Life = {
  resource: 'grants',
  async live(auth0) {
    assert.deepEqual((await auth0.userGrants.list({ user_id: 'auth0|nobody' })).data, []);
    await auth0.userGrants.delete('none');
    await auth0.userGrants.deleteByUserId({ user_id: 'auth0|nobody' });
  },
};
