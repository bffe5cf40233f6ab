// Tests the flows that hand tokens to the browser: implicit and hybrid, and responses that are signed (JARM).
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { changeResourceServer, createResourceServer } from '#domain/resource-servers';
import { responseTypes } from '#protocol/response-type';
import { claimsOf, type Fields, TestApplication } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { createTestUser, openTestTenant, type TestTenant, testAudience } from '#testing/tenant';

let tenant: TestTenant;
let application: TestApplication;
let browser: TestBrowser;
const both = ['authorization_code', 'implicit', 'refresh_token'];
const issuer = 'https://id.example.com/';

before(async () => {
  tenant = await openTestTenant();
  const scopes = [{ value: 'read:things' }];
  await createResourceServer(tenant.ctx, { name: 'API', identifier: testAudience, scopes, allow_offline_access: true });
  await createTestUser(tenant, 'ann@example.com');
  application = await TestApplication.create(tenant, { app_type: 'regular_web', grant_types: both });
  browser = new TestBrowser(tenant);
  await application.signIn(browser, 'ann@example.com');
});
after(() => tenant.close());

/** The parameters that come back in the fragment, or in the query. */
async function ask(fields: Fields, app = application): Promise<URLSearchParams> {
  const { location } = await browser.open(app.authorizeUrl({ nonce: 'n-1', scope: 'openid email', ...fields }));
  assert.ok(location, 'no response');
  return location.hash === '' ? location.searchParams : new URLSearchParams(location.hash.slice(1));
}

const half = (text: string | null, digest = 'sha256') =>
  hash(digest, String(text), 'buffer')
    .subarray(0, digest === 'sha256' ? 16 : 32)
    .toString('base64url');

for (const response_type of responseTypes) {
  test(`response_type=${response_type} gives these and nothing else`, async () => {
    const answer = await ask({ response_type });
    const given = ['code', 'id_token', 'access_token'].filter((name) => answer.has(name));
    const wanted = response_type.split(' ').map((part) => (part === 'token' ? 'access_token' : part));
    assert.deepEqual(given.sort(), wanted.sort());
    assert.equal(answer.get('state'), 'the-state');
    assert.equal(answer.get('iss'), issuer);
    assert.equal(answer.get('token_type'), answer.has('access_token') ? 'Bearer' : null);
    assert.equal(answer.get('expires_in'), answer.has('access_token') ? '7200' : null);
  });
}

test('J17: an ID token names by hash what came with it, so nothing else can be put in its place', async () => {
  const answer = await ask({ response_type: 'code id_token token' });
  const { nonce, sub, email, at_hash, c_hash, s_hash } = claimsOf(String(answer.get('id_token')));
  assert.deepEqual([nonce, email, typeof sub], ['n-1', 'ann@example.com', 'string']);
  assert.equal(at_hash, half(answer.get('access_token')));
  assert.equal(c_hash, half(answer.get('code')));
  assert.equal(s_hash, half('the-state'));
  const alone = claimsOf(String((await ask({ response_type: 'id_token' })).get('id_token')));
  assert.equal('at_hash' in alone || 'c_hash' in alone, false);
});

test('J17: an ID token that EdDSA signs names it by SHA-512', async () => {
  const app = await TestApplication.create(tenant, {
    app_type: 'regular_web',
    grant_types: both,
    jwt_configuration: { alg: 'EdDSA', lifetime_in_seconds: 600 },
  });
  const answer = await ask({ response_type: 'code id_token' }, app);
  assert.equal(claimsOf(String(answer.get('id_token')))['c_hash'], half(answer.get('code'), 'sha512'));
});

test('the code of a hybrid response gives tokens of the same person and session, and a refresh token', async () => {
  const answer = await ask({ response_type: 'code id_token', scope: 'openid offline_access' });
  const { status, body } = await application.redeem(answer.get('code'));
  assert.equal(status, 200);
  const [front, back] = [claimsOf(String(answer.get('id_token'))), claimsOf(body['id_token'])];
  assert.deepEqual([front['sub'], front['sid']], [back['sub'], back['sid']]);
  assert.match(String(body['refresh_token']), /^v1\./);
});

test('offline access comes of a code alone (OpenID Connect Core §11)', async () => {
  const answer = await ask({ response_type: 'token', scope: 'openid offline_access', audience: testAudience });
  assert.equal(answer.get('scope'), 'openid');
  assert.equal(answer.has('refresh_token'), false);
});

test('an access token from the front channel works at userinfo, for the API, and ends with the session', async () => {
  const answer = await ask({ response_type: 'id_token token', audience: testAudience, scope: 'openid read:things' });
  const token = String(answer.get('access_token'));
  assert.deepEqual(claimsOf(token)['aud'], [testAudience, `${issuer}userinfo`]);
  assert.equal((await application.userinfo(token)).status, 200);
  const other = new TestBrowser(tenant);
  await application.signIn(other, 'ann@example.com');
  const { location } = await other.open(application.authorizeUrl({ response_type: 'token', scope: 'openid' }));
  const mine = String(new URLSearchParams(location?.hash.slice(1)).get('access_token'));
  await other.open(`/v2/logout?client_id=${application.client.client_id}`);
  assert.equal((await application.userinfo(mine)).status, 401);
  assert.equal((await application.userinfo(token)).status, 200);
});

test('C01: replaying the code of a hybrid response ends the tokens that came with it', async () => {
  const answer = await ask({ response_type: 'code token' });
  const token = String(answer.get('access_token'));
  assert.equal((await application.redeem(answer.get('code'))).status, 200);
  assert.equal((await application.userinfo(token)).status, 200);
  assert.equal((await application.redeem(answer.get('code'))).status, 403);
  assert.equal((await application.userinfo(token)).status, 401);
});

test('R16: an application without the code grant gets no code, one without the implicit grant no tokens', async () => {
  const implicit = await TestApplication.create(tenant, { app_type: 'spa', grant_types: ['implicit'] });
  assert.equal((await ask({ response_type: 'code id_token' }, implicit)).get('error'), 'unauthorized_client');
  assert.ok(
    (
      await ask({ response_type: 'id_token', code_challenge: undefined, code_challenge_method: undefined }, implicit)
    ).has('id_token'),
  );
});

async function verified(response: string | null, audience = application.client.client_id) {
  const keys = createLocalJWKSet(tenant.ctx.keys.jwks as Parameters<typeof createLocalJWKSet>[0]);
  return jwtVerify(String(response), keys, { issuer, audience, currentDate: new Date(tenant.ctx.now()) });
}

test('an access token from the front channel lives as long as the API lets browsers have one', async () => {
  const { exp, iat } = claimsOf(
    String((await ask({ response_type: 'token', audience: testAudience })).get('access_token')),
  ) as { exp: number; iat: number };
  assert.equal(exp - iat, 7200, 'token_lifetime_for_web, also for an application with a server');
});

test('R16: an access token that must be bound to a key is never given by way of the browser', async () => {
  for (const binding of [{ dpop_bound_access_tokens: true }, { require_proof_of_possession: true }]) {
    const bound = await TestApplication.create(tenant, { grant_types: both, ...binding });
    for (const response_type of ['token', 'id_token token', 'code token']) {
      assert.equal((await ask({ response_type }, bound)).get('error'), 'invalid_request');
    }
    assert.ok((await ask({ response_type: 'id_token' }, bound)).has('id_token'));
  }
  const proof_of_possession = { mechanism: 'dpop', required: true } as const;
  await changeResourceServer(tenant.ctx, testAudience, { proof_of_possession });
  const refused = await ask({ response_type: 'token', audience: testAudience });
  await changeResourceServer(tenant.ctx, testAudience, { proof_of_possession: null });
  assert.equal(refused.get('error'), 'invalid_request');
});

for (const response_mode of ['jwt', 'query.jwt', 'fragment.jwt']) {
  test(`JARM: with response_mode=${response_mode} the whole response is one signed JWT`, async () => {
    const answer = await ask({ response_mode });
    assert.deepEqual([...answer.keys()], ['response']);
    const { payload } = await verified(answer.get('response'));
    assert.equal(payload['state'], 'the-state');
    assert.equal((payload.exp ?? 0) - tenant.ctx.now() / 1000, 600);
    assert.equal((await application.redeem(String(payload['code']))).status, 200);
  });
}

test('JARM: a refusal is signed as an answer is', async () => {
  const answer = await ask({ response_mode: 'jwt', prompt: 'none', max_age: '0' });
  assert.deepEqual([...answer.keys()], ['response']);
  const { payload } = await verified(answer.get('response'));
  assert.deepEqual([payload['error'], payload['code']], ['login_required', undefined]);
});

test('JARM: form_post.jwt posts it, and an application signs by the algorithm it registered', async () => {
  const app = await TestApplication.create(tenant, {
    app_type: 'regular_web',
    authorization_signed_response_alg: 'ES256',
  });
  const page = await browser.open(app.authorizeUrl({ response_mode: 'form_post.jwt' }));
  const [, response = ''] = /name="response" value="([^"]+)"/.exec(page.body) ?? [];
  const { protectedHeader } = await verified(response, app.client.client_id);
  assert.equal(protectedHeader.alg, 'ES256');
});

test('JARM: an application that has registered a signature gets it unless it asks otherwise, and is never answered without', async () => {
  const settings = { app_type: 'regular_web', grant_types: both, authorization_signed_response_alg: 'PS256' } as const;
  const app = await TestApplication.create(tenant, settings);
  const { protectedHeader } = await verified((await ask({}, app)).get('response'), app.client.client_id);
  assert.equal(protectedHeader.alg, 'PS256');
  const { location } = await browser.open(app.authorizeUrl({ response_type: 'id_token', nonce: 'n' }));
  assert.match(location?.hash ?? '', /^#response=/);
  assert.deepEqual([...(await ask({ max_age: 'x' }, app)).keys()], ['response'], 'a refusal too');
  assert.ok((await ask({ response_mode: 'query' }, app)).has('code'));
  const keyless = await TestApplication.create(tenant, {
    ...settings,
    authorization_encrypted_response_alg: 'RSA-OAEP-256',
  });
  const page = await browser.open(keyless.authorizeUrl());
  assert.deepEqual([page.status, page.location], [400, undefined]);
});

test('JARM: a response is no ID token, and no access token', async () => {
  const response = String((await ask({ response_mode: 'jwt' })).get('response'));
  assert.equal((await application.userinfo(response)).status, 401);
  const hint = await ask({ prompt: 'none', id_token_hint: response });
  assert.equal(hint.get('error'), 'invalid_request');
});
