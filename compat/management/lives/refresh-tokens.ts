// Owns the life of a refresh token, from a sign-in to its end.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';
import { signIn } from '../signed-in.ts';

export const refreshTokens: Life = {
  resource: 'refresh-tokens',
  async live(auth0, issuer) {
    const { user_id, client_id, refreshes, forget } = await signIn(auth0, issuer, 'refresh@example.com');
    assert.equal(await refreshes(), true);
    const [token] = await all(auth0.users.refreshToken.list(user_id));
    const id = token?.id ?? '';
    const read = await auth0.refreshTokens.get(id);
    assert.deepEqual([read.user_id, read.client_id], [user_id, client_id]);
    assert.deepEqual(
      (await all(auth0.refreshTokens.list({ user_id }))).map((one) => one.id),
      [id],
    );
    await auth0.refreshTokens.delete(id);
    assert.equal(await refreshes(), false);
    await assert.rejects(auth0.refreshTokens.get(id), isMissing);
    await forget();
  },
};
