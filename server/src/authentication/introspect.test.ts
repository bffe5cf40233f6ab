// Tests POST /oauth/introspect: an application learns of its own tokens and of those for the API that it is, and of no other.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { compactDecrypt, createLocalJWKSet, jwtVerify } from 'jose';
import { signJwt } from '#crypto/jwt';
import { grantClient } from '#domain/client-grants';
import { rotateClientSecret } from '#domain/clients';
import { introspectToken } from '#domain/introspection';
import { claimsOf, formType, TestApplication } from '../testing/application.ts';
import {
  blockTestUser,
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../testing/tenant.ts';

const email = 'hana@example.com';
const forApi = { audience: testAudience, scope: 'openid offline_access read:things' };
const jwtType = 'application/token-introspection+jwt';
let tenant: TestTenant;
let spa: TestApplication;
let web: TestApplication;
let api: TestApplication;
let otherApi: TestApplication;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  await createTestApi(tenant);
  spa = await TestApplication.create(tenant);
  web = await TestApplication.create(tenant, { app_type: 'regular_web' });
  const face = (resource_server_identifier: string) =>
    TestApplication.create(tenant, { app_type: 'resource_server', resource_server_identifier });
  api = await face(testAudience);
  otherApi = await face('https://other.example.com/');
});
after(() => tenant.close());

async function ask(
  { client, secret }: TestApplication,
  token: string | undefined,
  headers: Record<string, string> = {},
) {
  const credentials = { client_id: client.client_id, ...(secret === undefined ? {} : { client_secret: secret }) };
  const response = await tenant.app.inject({
    method: 'POST',
    url: '/oauth/introspect',
    headers: { host: 'id.example.com', ...formType, ...headers },
    payload: new URLSearchParams({ ...credentials, ...(token === undefined ? {} : { token }) }).toString(),
  });
  return { status: response.statusCode, headers: response.headers, text: response.body };
}

async function told(application: TestApplication, token: string | undefined): Promise<Record<string, unknown>> {
  const { status, text, headers } = await ask(application, token);
  assert.equal(status, 200, text);
  assert.equal(headers['cache-control'], 'no-store');
  return JSON.parse(text);
}

const assertInactive = async (application: TestApplication, token: string | undefined) =>
  assert.deepEqual(await told(application, token), { active: false });

test('the application that a JWT was issued to, and its API, are told what it says', async () => {
  const { access_token } = await web.tokens(email, forApi);
  // Who asks here need not ask a list.
  const { azp, status: _, ...claims } = claimsOf(access_token);
  const expected = { active: true, token_type: 'Bearer', client_id: azp, ...claims };
  assert.deepEqual(await told(web, access_token), expected);
  assert.deepEqual(await told(api, access_token), expected);
});

test('so is the API of a token that a public application got', async () => {
  const { access_token } = await spa.tokens(email, forApi);
  assert.equal((await told(api, access_token))['client_id'], spa.client.client_id);
});

test('of an opaque token its application is told as much', async () => {
  const { access_token } = await web.tokens(email, { scope: 'openid email' });
  const { sub, scope, aud, iss, exp, iat, active } = await told(web, access_token);
  assert.deepEqual(
    { active, scope, aud, iss, lifetime: Number(exp) - Number(iat) },
    {
      active: true,
      scope: 'openid email',
      aud: 'https://id.example.com/userinfo',
      iss: tenant.ctx.issuer,
      lifetime: 86_400,
    },
  );
  assert.match(String(sub), /^auth0\|/);
  await assertInactive(api, access_token);
});

test('of a refresh token its application is told, and what is told is no access token', async () => {
  const { refresh_token } = await web.tokens(email, forApi);
  const { sub, sid, iat, exp, ...rest } = await told(web, refresh_token);
  assert.deepEqual(rest, {
    active: true,
    scope: forApi.scope,
    client_id: web.client.client_id,
    username: email,
    iss: tenant.ctx.issuer,
  });
  assert.equal(Number(exp) - Number(iat), 15 * 86_400);
  assert.ok(sub && sid);
  await assertInactive(api, refresh_token);
});

test("an application's own token for itself is told too", async () => {
  const machine = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  const { client_id } = machine.client;
  await grantClient(tenant.ctx, { client_id, audience: testAudience, scope: ['read:things'] });
  const { body } = await machine.post({ grant_type: 'client_credentials', audience: testAudience });
  assert.equal((await told(machine, body['access_token']))['sub'], `${client_id}@clients`);
  assert.equal((await told(api, body['access_token']))['scope'], 'read:things');
});

test('T13: to every other application each of them is inactive', async () => {
  const stranger = await TestApplication.create(tenant, { app_type: 'regular_web' });
  const tokens = await web.tokens(email, forApi);
  for (const asker of [stranger, otherApi]) {
    for (const token of [tokens['access_token'], tokens['refresh_token'], tokens['id_token']]) {
      await assertInactive(asker, token);
    }
  }
  assert.equal((await told(web, tokens['refresh_token']))['active'], true, 'and the question changed nothing');
});

test('T10, T11: what is no access or refresh token of ours is inactive, whoever asks', async () => {
  const { access_token = '', refresh_token = '', id_token = '' } = await web.tokens(email, forApi);
  const key = await tenant.ctx.keys.signer('RS256');
  const claims = { ...claimsOf(access_token) };
  const forged = [
    await signJwt(claims, key, 'logout+jwt'),
    await signJwt({ ...claims, iss: 'https://id.evil.test/' }, key),
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${access_token.split('.')[1]}.`,
  ];
  const cut = [access_token.slice(0, -1), `${access_token}A`, refresh_token.slice(0, -1), `${refresh_token}A`];
  for (const token of [...forged, ...cut, id_token, 'x', 'v1.x', 'a.b.c', '🗝']) await assertInactive(web, token);
});

test('an expired token is inactive', async () => {
  const { access_token, refresh_token } = await web.tokens(email, forApi);
  const opaque = (await web.tokens(email, { scope: 'openid' }))['access_token'];
  tenant.pass(86_400_000);
  for (const token of [access_token, opaque]) await assertInactive(web, token);
  assert.equal((await told(web, refresh_token))['active'], true);
  tenant.pass(15 * 86_400_000);
  await assertInactive(web, refresh_token);
});

test('a revoked token is inactive from that moment on, and so is all that ended with it', async () => {
  const tokens = await web.tokens(email, forApi);
  assert.equal((await told(api, tokens['access_token']))['active'], true);
  const payload = {
    client_id: web.client.client_id,
    client_secret: String(web.secret),
    token: String(tokens['refresh_token']),
  };
  const headers = { host: 'id.example.com', ...formType };
  await tenant.app.inject({
    method: 'POST',
    url: '/oauth/revoke',
    headers,
    payload: new URLSearchParams(payload).toString(),
  });
  for (const token of [tokens['access_token'], tokens['refresh_token']]) await assertInactive(web, token);
  await assertInactive(api, tokens['access_token']);
});

test('F02: a rotated refresh token is inactive, and asking about it revokes nothing', async () => {
  const { refresh_token } = await web.tokens(email, forApi);
  const { body } = await web.refresh(refresh_token);
  await assertInactive(web, refresh_token);
  assert.equal((await told(web, body['refresh_token']))['active'], true);
});

test('T12: the refresh token of a person who is blocked is inactive', async () => {
  const { user_id } = await createTestUser(tenant, 'blocked@example.com');
  const { refresh_token } = await web.tokens('blocked@example.com', forApi);
  await blockTestUser(tenant, user_id);
  await assertInactive(web, refresh_token);
});

test('who asks must prove who it is, by the secret before a rotation too, and say which token', async () => {
  const { access_token } = await spa.tokens(email, forApi);
  assert.equal((await ask(spa, access_token)).status, 401, 'a public application proves nothing');
  assert.equal((await ask(new TestApplication(tenant, web.client, 'wrong'), access_token)).status, 401);
  assert.equal((await ask(new TestApplication(tenant, web.client, undefined), access_token)).status, 401);
  assert.equal((await ask(web, undefined)).status, 400);
  const rotated = await TestApplication.create(tenant, { app_type: 'regular_web' });
  await rotateClientSecret(tenant.ctx, rotated.client.client_id, { overlapSeconds: 60 });
  assert.equal((await ask(rotated, 'x')).status, 200);
  const basic = Buffer.from(`${api.client.client_id}:${api.secret}`).toString('base64');
  const response = await tenant.app.inject({
    method: 'POST',
    url: '/oauth/introspect',
    headers: { host: 'id.example.com', ...formType, authorization: `Basic ${basic}` },
    payload: `token=${access_token}&token_type_hint=refresh_token`,
  });
  assert.equal(response.json().active, true);
});

test('a token bound to a key by DPoP says how it must be presented', async () => {
  const { access_token } = await web.tokens(email, forApi);
  const cnf = { jkt: 'a-thumbprint' };
  const bound = await signJwt({ ...claimsOf(access_token), cnf }, await tenant.ctx.keys.signer('RS256'));
  const { token_type, ...rest } = await told(api, bound);
  assert.deepEqual([token_type, rest['cnf']], ['DPoP', cnf]);
});

test('RFC 9701: who accepts a JWT gets one that is signed for it alone', async () => {
  const { access_token } = await web.tokens(email, forApi);
  const answer = await ask(api, access_token, { accept: jwtType });
  assert.match(String(answer.headers['content-type']), new RegExp(`^${jwtType.replace('+', '\\+')}`));
  const keys = createLocalJWKSet({ keys: [...tenant.ctx.keys.jwks.keys] } as Parameters<typeof createLocalJWKSet>[0]);
  const options = { issuer: tenant.ctx.issuer, audience: api.client.client_id, typ: 'token-introspection+jwt' };
  const currentDate = new Date(tenant.ctx.now());
  const { payload } = await jwtVerify(answer.text, keys, { ...options, currentDate });
  assert.deepEqual(payload['token_introspection'], await told(api, access_token));
  assert.deepEqual(Object.keys(payload).sort(), ['aud', 'iat', 'iss', 'token_introspection']);
  const refused = claimsOf((await ask(otherApi, access_token, { accept: jwtType })).text);
  assert.deepEqual(refused['token_introspection'], { active: false });
});

test('RFC 9701: anything, and this type with a weight of nothing, is JSON', async () => {
  for (const accept of ['*/*', 'application/json', `${jwtType};q=0`, 'application/*']) {
    assert.match(String((await ask(web, 'x', { accept })).headers['content-type']), /^application\/json/);
  }
  const both = await ask(web, 'x', { accept: `application/json;q=0.5, ${jwtType.toUpperCase()};q=1` });
  assert.match(String(both.headers['content-type']), /introspection/);
});

test('T11: the signed answer is itself no token', async () => {
  const { access_token } = await web.tokens(email, forApi);
  const { text } = await ask(web, access_token, { accept: jwtType });
  await assertInactive(web, text);
  assert.equal((await web.userinfo(text)).status, 401);
});

test('RFC 9701: the answer is signed and encrypted as the application registered', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const careful = await TestApplication.create(tenant, {
    app_type: 'resource_server',
    resource_server_identifier: testAudience,
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'enc', kid: 'mine' }] },
    introspection_signed_response_alg: 'ES256',
    introspection_encrypted_response_alg: 'RSA-OAEP-256',
  });
  const { access_token } = await web.tokens(email, forApi);
  const { text } = await ask(careful, access_token, { accept: jwtType });
  const { plaintext, protectedHeader } = await compactDecrypt(text, privateKey);
  assert.deepEqual(
    [protectedHeader.alg, protectedHeader.enc, protectedHeader.kid],
    ['RSA-OAEP-256', 'A128CBC-HS256', 'mine'],
  );
  const signed = Buffer.from(plaintext).toString();
  assert.deepEqual(JSON.parse(Buffer.from(signed.split('.')[0] as string, 'base64url').toString()).alg, 'ES256');
  assert.equal((claimsOf(signed)['token_introspection'] as { active: boolean }).active, true);
});

test('discovery tells the endpoint, and by what means applications may ask', async () => {
  const response = await tenant.app.inject({
    url: '/.well-known/openid-configuration',
    headers: { host: 'id.example.com' },
  });
  const metadata = response.json();
  assert.equal(metadata.introspection_endpoint, 'https://id.example.com/oauth/introspect');
  assert.equal(metadata.introspection_endpoint_auth_methods_supported.includes('none'), false);
  assert.ok(metadata.introspection_signing_alg_values_supported.includes('RS256'));
});

test('when the database cannot be asked the answer is an error, and never that the token has ended', async () => {
  const other = await openTestTenant();
  await createTestApi(other);
  const machine = await TestApplication.create(other, { app_type: 'non_interactive' });
  const { client } = machine;
  await grantClient(other.ctx, { client_id: client.client_id, audience: testAudience, scope: ['read:things'] });
  const { body } = await machine.post({ grant_type: 'client_credentials', audience: testAudience });
  const token = String(body['access_token']);
  assert.equal((await introspectToken(other.ctx, client, token)).active, true);
  await other.close();
  await assert.rejects(introspectToken(other.ctx, client, token));
});
