// Owns the life of groups: nobody makes them here, the directories behind connections do.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

export const groups: Life = {
  resource: 'groups',
  async live(auth0) {
    assert.deepEqual((await auth0.groups.list({ take: 5, search: 'staff' })).data, []);
    const nothing = 'grp_1111111111111111111111';
    await assert.rejects(auth0.groups.get(nothing), isMissing);
  },
};
