// Owns the life of people found by their address.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const usersByEmail: Life = {
  resource: 'users-by-email',
  async live(auth0) {
    const email = 'Found.By.Address@example.com';
    const connection = 'Username-Password-Authentication';
    const { user_id = '' } = await auth0.users.create({ connection, email, password: 'Correct-horse-battery-1' });
    const found = await auth0.users.listUsersByEmail({ email: email.toLowerCase() });
    assert.deepEqual(
      found.map((user) => user.user_id),
      [user_id],
    );
    await auth0.users.delete(user_id);
    assert.deepEqual(await auth0.users.listUsersByEmail({ email }), []);
  },
};
