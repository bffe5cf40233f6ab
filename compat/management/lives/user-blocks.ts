// Owns the life of a block of a person: there is none to take away.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

const password = 'Correct-horse-battery-1';

export const userBlocks: Life = {
  resource: 'user-blocks',
  async live(auth0) {
    const person = { connection: 'Username-Password-Authentication', email: 'blocks@example.com', password };
    const { user_id = '' } = await auth0.users.create(person);
    assert.deepEqual((await auth0.userBlocks.list(user_id)).blocked_for, []);
    await auth0.userBlocks.delete(user_id);
    assert.deepEqual((await auth0.userBlocks.listByIdentifier({ identifier: 'blocks@example.com' })).blocked_for, []);
    await auth0.userBlocks.deleteByIdentifier({ identifier: 'blocks@example.com' });
    await auth0.users.delete(user_id);
  },
};
