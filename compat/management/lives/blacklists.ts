// Owns the life of a token on the blacklist, which the SDK knows no method for: it sends what it is told to.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const blacklists: Life = {
  resource: 'blacklists',
  async live(auth0) {
    const token = { aud: 'an-application', jti: 'a-token' };
    const body = JSON.stringify(token);
    const headers = { 'content-type': 'application/json' };
    const put = await auth0.fetch('blacklists/tokens', { method: 'POST', body, headers });
    assert.equal(put.status, 204);
    const listed = await auth0.fetch('blacklists/tokens');
    assert.deepEqual(await listed.json(), [token]);
  },
};
