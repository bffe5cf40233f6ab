// Tests the blacklist of tokens: what is on it is accepted no more.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTestAccount } from '../../testing/accounts.ts';
import { claimsOf, TestApplication } from '../../testing/application.ts';
import { TestManagement } from '../../testing/management.ts';
import { createTestApi, openTestTenant, testAudience } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
await createTestApi(tenant);
after(() => tenant.close());

test('a token on the blacklist ends at once, and is listed with whom it was for', async () => {
  await createTestAccount(api, { email: 'a@example.com' });
  const app = await TestApplication.create(tenant);
  const { access_token } = await app.tokens('a@example.com', { audience: testAudience });
  const userinfo = async () => {
    const headers = { host: new URL(tenant.ctx.issuer).host, authorization: `Bearer ${access_token}` };
    return (await tenant.app.inject({ url: '/userinfo', headers })).statusCode;
  };
  assert.equal(await userinfo(), 200);
  const { jti } = claimsOf(access_token) as { jti: string };
  const entry = { aud: app.client.client_id, jti };
  for (let twice = 0; twice < 2; twice += 1) assert.equal((await api.post('/blacklists/tokens', entry)).status, 204);
  assert.equal(await userinfo(), 401);
  assert.deepEqual((await api.get(`/blacklists/tokens?aud=${entry.aud}&include_totals=true`)).body, [entry]);
  assert.deepEqual((await api.get('/blacklists/tokens?aud=other')).body, []);
  assert.equal((await api.post('/blacklists/tokens', { aud: 'x' })).status, 400);
});
