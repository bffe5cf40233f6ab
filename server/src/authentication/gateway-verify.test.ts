import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { changeAccount } from '#domain/account-changes';
import { createResourceServer } from '#domain/resource-servers';
import { claimsOf, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { DpopSender } from '../testing/dpop.ts';
import { createTestApi, createTestUser, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

const email = 'hana@example.com';
const forApi = { scope: 'openid read:things', audience: testAudience };

describe('GET /gateway/verify', () => {
  let tenant: TestTenant;
  let spa: TestApplication;
  let token = '';
  before(async () => {
    tenant = await openTestTenant();
    await createTestApi(tenant);
    await createTestUser(tenant, email);
    spa = await TestApplication.create(tenant);
    token = (await spa.tokens(email, forApi))['access_token'] ?? '';
  });
  after(() => tenant.close());

  /** As a gateway asks: its own host, and whatever the client sent. */
  const ask = (query: Record<string, string>, headers: Record<string, string> = {}, path = '/gateway/verify') =>
    tenant.app.inject({
      url: `${path}?${new URLSearchParams({ audience: testAudience, ...query })}`,
      headers: { host: 'api.example.com', ...headers },
    });
  const bearer = (own = token) => ({ authorization: `Bearer ${own}` });

  test('lets a request through whose token is good, and says whose it is', async () => {
    const { statusCode, headers, body } = await ask({ scope: 'read:things' }, bearer());
    assert.equal(statusCode, 200);
    assert.equal(body, '');
    const claims = claimsOf(token);
    assert.equal(headers['warifu-subject'], claims['sub']);
    assert.equal(headers['warifu-client'], spa.client.client_id);
    assert.equal(headers['warifu-scope'], 'openid read:things');
    assert.equal(headers['warifu-session'], claims['sid']);
    assert.equal(headers['warifu-permissions'], '');
    assert.deepEqual(JSON.parse(Buffer.from(String(headers['warifu-claims']), 'base64url').toString()), claims);
    assert.equal(headers['cache-control'], 'no-store');
  });

  test('refuses with what a client is to be told, and nothing that a gateway takes for a failure', async () => {
    const { id_token = '' } = await spa.tokens(email, forApi);
    const other = 'https://other.example.com/';
    await createResourceServer(tenant.ctx, { name: 'Other', identifier: other });
    const cases = [
      [{}, {}, 401, undefined],
      [{}, { authorization: 'Basic abc' }, 401, 'invalid_request'],
      [{}, bearer('nonsense'), 401, 'invalid_token'],
      [{}, bearer(id_token), 401, 'invalid_token'],
      [{ audience: other }, bearer(), 401, 'invalid_token'],
      [{ scope: 'write:things' }, bearer(), 403, 'insufficient_scope'],
      [{ permission: 'read:things' }, bearer(), 403, 'insufficient_scope'],
    ] as const;
    for (const [query, headers, status, error] of cases) {
      const answer = await ask(query, headers);
      assert.equal(answer.statusCode, status, answer.body);
      const challenge = String(answer.headers['www-authenticate']);
      assert.match(challenge, /^Bearer /);
      if (error !== undefined) assert.match(challenge, new RegExp(`error="${error}"`));
      assert.equal(answer.headers['warifu-subject'], undefined);
    }
  });

  test('tells an operator who forgot to say for which API', async () => {
    const answer = await tenant.app.inject({ url: '/gateway/verify', headers: { host: 'x', ...bearer() } });
    assert.equal(answer.statusCode, 400);
    assert.match(answer.json().error_description, /audience=/);
  });

  test('reads what is wanted in headers where a gateway passes on path and query of the client, as Envoy does', async () => {
    for (const [method, scope] of [
      ['GET', 'read:things'],
      ['POST', 'write:things'],
      ['DELETE', 'read:things'],
    ] as const) {
      const answer = await tenant.app.inject({
        method,
        url: '/gateway/verify/things/1?audience=whatever-the-client-says&scope=',
        headers: {
          host: 'api.example.com',
          'warifu-audience': testAudience,
          'warifu-needed-scope': scope,
          ...bearer(),
        },
      });
      assert.equal(answer.statusCode, scope === 'read:things' ? 200 : 403);
    }
  });

  test('refuses a token that was taken back, at once and without asking the database', async () => {
    const user = await createTestUser(tenant, 'taro@example.com');
    const own = (await spa.tokens('taro@example.com', forApi))['access_token'] ?? '';
    assert.equal((await ask({}, bearer(own))).statusCode, 200);
    await changeAccount(tenant.ctx, user.user_id, { blocked: true }, undefined);
    assert.equal((await ask({}, bearer(own))).statusCode, 401);
  });

  test('takes the request itself for what was called where a gateway passes it on, whatever headers say', async () => {
    const sender = new DpopSender(tenant);
    const app = await TestApplication.create(tenant, { require_dpop_nonce: false });
    const code = (await app.signIn(new TestBrowser(tenant), email, forApi)).get('code');
    const bound = (await app.redeem(code, {}, { dpop: await sender.proof() })).body['access_token'] ?? '';
    const called = async (method: 'PUT' | 'DELETE', headers: Record<string, string> = {}) => {
      const url = 'https://api.example.com/things/1';
      const dpop = await sender.proof({ method: 'PUT', url, accessToken: bound });
      const own = { host: 'api.example.com', 'warifu-audience': testAudience, authorization: `DPoP ${bound}`, dpop };
      const answer = await tenant.app.inject({
        method,
        url: '/gateway/verify/things/1',
        headers: { ...own, ...headers },
      });
      return answer.statusCode;
    };
    assert.equal(await called('PUT'), 200);
    assert.equal(await called('DELETE', { 'x-forwarded-method': 'PUT', 'x-forwarded-uri': '/things/1' }), 401);
    assert.equal(await called('PUT', { host: 'other.example.com', 'x-forwarded-host': 'api.example.com' }), 401);
  });

  test('wants the proof of a token that is bound to a key, for the request that the gateway was sent', async () => {
    const sender = new DpopSender(tenant);
    const app = await TestApplication.create(tenant, { require_dpop_nonce: false });
    const code = (await app.signIn(new TestBrowser(tenant), email, forApi)).get('code');
    const first = await app.redeem(code, {}, { dpop: await sender.proof() });
    assert.equal(first.body['token_type'], 'DPoP', JSON.stringify(first.body));
    const bound = first.body['access_token'] ?? '';
    const proof = await sender.proof({ method: 'PUT', url: 'https://api.example.com/things/1', accessToken: bound });
    const forwarded = {
      'x-forwarded-method': 'PUT',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'api.example.com',
      'x-forwarded-uri': '/things/1?x=1',
    };
    const sent = { authorization: `DPoP ${bound}`, dpop: proof, ...forwarded };
    assert.equal((await ask({}, { ...sent, 'x-forwarded-uri': '/things/2' })).statusCode, 401);
    assert.equal((await ask({}, bearer(bound))).statusCode, 401);
    // What no gateway sets is a client's own tale.
    const tale = { 'x-original-method': 'PUT', 'x-original-url': 'https://api.example.com/things/1' };
    assert.equal((await ask({}, { ...sent, ...tale, 'x-forwarded-method': 'DELETE' })).statusCode, 401);
    assert.equal((await ask({}, { ...sent, ...tale, 'x-forwarded-uri': '/things/2' })).statusCode, 401);
    assert.equal((await ask({}, sent)).statusCode, 200);
    const again = await ask({}, sent);
    assert.equal(again.statusCode, 401);
    assert.match(String(again.headers['www-authenticate']), /^DPoP error="invalid_dpop_proof"/);
  });
});
