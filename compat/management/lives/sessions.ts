// Owns the life of a session, from a sign-in to its end.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';
import { signIn } from '../signed-in.ts';

export const sessions: Life = {
  resource: 'sessions',
  async live(auth0, issuer) {
    const { user_id, client_id, forget } = await signIn(auth0, issuer, 'session@example.com');
    const [session] = await all(auth0.users.sessions.list(user_id));
    const id = session?.id ?? '';
    const read = await auth0.sessions.get(id);
    assert.deepEqual([read.user_id, read.clients], [user_id, [{ client_id }]]);
    await auth0.sessions.revoke(id);
    await assert.rejects(auth0.sessions.get(id), isMissing);
    assert.deepEqual(await all(auth0.users.sessions.list(user_id)), []);
    await forget();
  },
};
