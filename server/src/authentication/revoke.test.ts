// Tests POST /oauth/revoke: what an application gives back is worth nothing, and it can give back only its own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertRefused, formType, TestApplication } from '../testing/application.ts';
import { createTestApi, createTestUser, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

const email = 'hana@example.com';
let tenant: TestTenant;
let spa: TestApplication;
let web: TestApplication;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  await createTestApi(tenant);
  spa = await TestApplication.create(tenant);
  web = await TestApplication.create(tenant, { app_type: 'regular_web' });
});
after(() => tenant.close());

async function revoke({ client, secret }: TestApplication, token: string | undefined, headers = {}) {
  const credentials = { client_id: client.client_id, ...(secret === undefined ? {} : { client_secret: secret }) };
  const response = await tenant.app.inject({
    method: 'POST',
    url: '/oauth/revoke',
    headers: { host: 'id.example.com', ...formType, ...headers },
    payload: new URLSearchParams({ ...credentials, ...(token === undefined ? {} : { token }) }).toString(),
  });
  return { status: response.statusCode, headers: response.headers, text: response.body };
}

const forApi = { audience: testAudience, scope: 'openid offline_access read:things' };
const forUserinfo = { scope: 'openid offline_access' };

test('a refresh token that is given back ends with its access tokens', async () => {
  const tokens = await spa.tokens(email, forApi);
  const answer = await revoke(spa, tokens['refresh_token']);
  assert.deepEqual([answer.status, answer.text, answer.headers['cache-control']], [200, '', 'no-store']);
  assertRefused(await spa.refresh(tokens['refresh_token']), 403, 'invalid_grant');
  assert.equal((await spa.userinfo(tokens['access_token'])).status, 401);
  assert.ok(tenant.events.some(({ type }) => type === 'srrt'));
});

test('a refresh token that was rotated does as well: it ends its successor', async () => {
  const { refresh_token } = await web.tokens(email, forApi);
  const { body } = await web.refresh(refresh_token);
  await revoke(web, refresh_token);
  assertRefused(await web.refresh(body['refresh_token']), 403, 'invalid_grant');
});

for (const [kind, request] of Object.entries({ JWT: forApi, opaque: forUserinfo })) {
  test(`a ${kind} access token that is given back ends alone: its refresh token goes on`, async () => {
    const tokens = await spa.tokens(email, request);
    assert.equal((await spa.userinfo(tokens['access_token'])).status, 200);
    assert.equal((await revoke(spa, tokens['access_token'])).status, 200);
    assert.equal((await spa.userinfo(tokens['access_token'])).status, 401);
    assert.equal((await spa.refresh(tokens['refresh_token'])).status, 200);
  });
}

test('T13: the token of another application is left alone, and the answer is the same', async () => {
  const tokens = await web.tokens(email, forApi);
  for (const token of [tokens['refresh_token'], tokens['access_token']]) {
    assert.equal((await revoke(spa, token)).status, 200);
  }
  assert.equal((await web.userinfo(tokens['access_token'])).status, 200);
  assert.equal((await web.refresh(tokens['refresh_token'])).status, 200);
});

test('what is no token of ours is answered alike', async () => {
  const { id_token } = await spa.tokens(email, forApi);
  for (const token of ['x', 'v1.x', `${id_token}`, `${id_token}x`, 'a.b.c']) {
    assert.equal((await revoke(spa, token)).status, 200, token);
  }
});

test('who calls must say who they are, and which token', async () => {
  assert.equal((await revoke(spa, undefined)).status, 400);
  const impostor = new TestApplication(tenant, web.client, 'not-the-secret');
  assert.equal((await revoke(impostor, 'x')).status, 401);
});

test("an application's own origin may read the answer", async () => {
  const origin = 'https://app.example.com';
  const { headers } = await revoke(spa, 'x', { origin });
  assert.equal(headers['access-control-allow-origin'], origin);
});
