// Tests the token exchange grant over HTTP: who may exchange what for what, and what ends it again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { signHmac, signJwt } from '#crypto/jwt';
import { grantClient } from '#domain/client-grants';
import { introspectToken } from '#domain/introspection';
import { createResourceServer } from '#domain/resource-servers';
import { tokenTypes } from '#protocol/token-exchange';
import { assertRefused, claimsOf, type Fields, formType, TestApplication } from '../../testing/application.ts';
import { TestBrowser } from '../../testing/browser.ts';
import { DpopSender } from '../../testing/dpop.ts';
import {
  blockTestUser,
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../../testing/tenant.ts';

const email = 'hana@example.com';
const grant_type = 'urn:ietf:params:oauth:grant-type:token-exchange';
const downstream = 'https://orders.example.com/';
const forApi = { audience: testAudience, scope: 'openid email offline_access read:things' };
let tenant: TestTenant;
let userId: string;
/** Signs people in for the API `testAudience`. */
let web: TestApplication;
/** Is that API, and calls the one downstream for them. */
let api: TestApplication;
let unseen: TestApplication;
let wide: TestApplication;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  await createTestApi(tenant);
  web = await TestApplication.create(tenant, {
    app_type: 'regular_web',
    grant_types: ['authorization_code', 'refresh_token', grant_type],
  });
  const face = () =>
    TestApplication.create(tenant, {
      app_type: 'resource_server',
      resource_server_identifier: testAudience,
      grant_types: [grant_type, 'client_credentials'],
    });
  [api, unseen, wide] = [await face(), await face(), await face()];
  await createResourceServer(tenant.ctx, {
    name: 'Orders',
    identifier: downstream,
    scopes: ['read:things', 'write:things', 'read:orders'].map((value) => ({ value })),
    token_exchange: {
      clients: [
        { client_id: api.client.client_id },
        { client_id: web.client.client_id },
        { client_id: unseen.client.client_id, impersonation: true },
        { client_id: wide.client.client_id, scope: ['read:orders'] },
      ],
    },
  });
});
after(() => tenant.close());

const exchange = (
  application: TestApplication,
  subject_token: string | undefined,
  extra: Fields = {},
  headers: Record<string, string> = {},
) =>
  application.post(
    { grant_type, subject_token, subject_token_type: tokenTypes.accessToken, audience: downstream, ...extra },
    headers,
  );

const personalToken = async (extra: Fields = {}) => (await web.tokens(email, { ...forApi, ...extra }))['access_token'];

async function isActive({ client, secret }: TestApplication, token: string | undefined): Promise<boolean> {
  const response = await tenant.app.inject({
    method: 'POST',
    url: '/oauth/introspect',
    headers: { host: 'id.example.com', ...formType },
    payload: new URLSearchParams({
      client_id: client.client_id,
      client_secret: String(secret),
      token: String(token),
    }).toString(),
  });
  return response.json().active;
}

test('an API exchanges the token that it was called with for one of another API, which says who acts', async () => {
  const { status, body } = await exchange(api, await personalToken());
  assert.equal(status, 200, JSON.stringify(body));
  const { access_token, expires_in, ...rest } = body;
  assert.deepEqual(rest, { scope: 'read:things', token_type: 'Bearer', issued_token_type: tokenTypes.accessToken });
  const { sub, aud, azp, act, scope } = claimsOf(access_token);
  const { client_id } = api.client;
  assert.deepEqual(
    { sub, aud, azp, act, scope },
    { sub: userId, aud: downstream, azp: client_id, act: { sub: client_id }, scope: 'read:things' },
  );
  assert.ok(tenant.events.some((event) => event.type === 'secte' && event.user_id === userId));
});

test('the application that the token was issued to may exchange it too, and so its refresh token and its ID token', async () => {
  const tokens = await web.tokens(email, forApi);
  for (const [type, token] of [
    [tokenTypes.accessToken, tokens['access_token']],
    [tokenTypes.refreshToken, tokens['refresh_token']],
    [tokenTypes.idToken, tokens['id_token']],
  ]) {
    const { status, body } = await exchange(web, token, { subject_token_type: type });
    assert.equal(status, 200, JSON.stringify(body));
    const { sub, sid } = claimsOf(body['access_token']);
    assert.deepEqual([sub, sid], [userId, claimsOf(tokens['access_token'])['sid']]);
    // An ID token has no scope, so it gives none that the policy doesn't name.
    assert.equal(body['scope'], type === tokenTypes.idToken ? undefined : 'read:things');
  }
  assert.equal((await web.refresh(tokens['refresh_token'])).status, 200, 'the exchange used nothing up');
});

test('resource names the API as audience does, and a JWT can be asked for by that name', async () => {
  const answer = await exchange(api, await personalToken(), {
    audience: undefined,
    resource: downstream,
    requested_token_type: tokenTypes.jwt,
  });
  assert.equal(answer.body['issued_token_type'], tokenTypes.jwt);
  assert.equal(claimsOf(answer.body['access_token'])['aud'], downstream);
});

test('X06: scopes never grow beyond the old token, unless the API names them for the application', async () => {
  const token = await personalToken();
  assert.equal((await exchange(api, token, { scope: 'read:things' })).body['scope'], 'read:things');
  for (const scope of [
    'write:things',
    'read:orders',
    'read:things write:things',
    'openid',
    'offline_access',
    'nothing',
  ]) {
    assertRefused(await exchange(api, token, { scope }), 400, 'invalid_scope');
  }
  assert.equal((await exchange(wide, token)).body['scope'], 'read:orders');
  assertRefused(await exchange(wide, token, { scope: 'read:things' }), 400, 'invalid_scope');
});

test('T05: no ID token, no refresh token and no userinfo come of an exchange', async () => {
  const { body } = await exchange(api, await personalToken());
  assert.deepEqual(['id_token' in body, 'refresh_token' in body], [false, false]);
  assert.equal((await api.userinfo(body['access_token'])).status, 401);
});

test('X06: the tokens of others are refused, and so is every API that does not name the application', async () => {
  const stranger = await TestApplication.create(tenant, { app_type: 'regular_web', grant_types: [grant_type] });
  const token = await personalToken();
  assertRefused(await exchange(stranger, token), 400, 'invalid_target');
  const named = await TestApplication.create(tenant, { app_type: 'regular_web', grant_types: [grant_type] });
  await createResourceServer(tenant.ctx, {
    name: 'Open to it',
    identifier: 'https://named.example.com/',
    token_exchange: { clients: [{ client_id: named.client.client_id }] },
  });
  const tokens = await web.tokens(email, forApi);
  for (const [type, value] of [
    [tokenTypes.accessToken, tokens['access_token']],
    [tokenTypes.refreshToken, tokens['refresh_token']],
    [tokenTypes.idToken, tokens['id_token']],
  ]) {
    const answer = await exchange(named, value, { subject_token_type: type, audience: 'https://named.example.com/' });
    assertRefused(answer, 400, 'invalid_request');
  }
  for (const audience of [
    testAudience,
    'https://unknown.example.com/',
    `${tenant.ctx.issuer}api/v2/`,
    `${tenant.ctx.issuer}userinfo`,
  ]) {
    assertRefused(await exchange(api, token, { audience }), 400, 'invalid_target');
  }
  assertRefused(await exchange(api, token, { audience: undefined }), 400, 'invalid_request');
});

test('X06: an ID token is for the application that it was issued to, not for the API', async () => {
  const { id_token } = await web.tokens(email, forApi);
  assertRefused(await exchange(api, id_token, { subject_token_type: tokenTypes.idToken }), 400, 'invalid_request');
});

test('X06, T11: what is no such token is refused: logout tokens, assertions, signed answers, other types and tenants', async () => {
  const { access_token = '', refresh_token = '', id_token = '' } = await web.tokens(email, forApi);
  const key = await tenant.ctx.keys.signer('RS256');
  const idClaims = claimsOf(id_token);
  const foreign = await openTestTenant({ issuer: 'https://id.example.com/' });
  const foreignKey = await foreign.ctx.keys.signer('RS256');
  const attempts: [string, string][] = [
    [tokenTypes.accessToken, id_token],
    [tokenTypes.accessToken, refresh_token],
    [tokenTypes.idToken, access_token],
    [tokenTypes.refreshToken, access_token],
    [tokenTypes.accessToken, await signJwt(claimsOf(access_token), key, 'logout+jwt')],
    [tokenTypes.idToken, await signJwt({ ...idClaims, events: {} }, key, 'logout+jwt')],
    [tokenTypes.idToken, await signJwt({ ...idClaims, sid: undefined }, key)],
    [tokenTypes.idToken, await signJwt({ ...idClaims, exp: undefined }, key)],
    [tokenTypes.idToken, await signJwt({ ...idClaims, sub: undefined }, key)],
    [tokenTypes.accessToken, await signJwt({ ...claimsOf(access_token), iss: 'https://id.evil.test/' }, key)],
    [tokenTypes.accessToken, await signJwt(claimsOf(access_token), foreignKey)],
    [tokenTypes.idToken, await signJwt(idClaims, { ...foreignKey, kid: key.kid })],
    [tokenTypes.accessToken, `${Buffer.from('{"alg":"none"}').toString('base64url')}.${access_token.split('.')[1]}.`],
    [tokenTypes.accessToken, access_token.slice(0, -1)],
  ];
  for (const [subject_token_type, token] of attempts) {
    assertRefused(await exchange(web, token, { subject_token_type }), 400, 'invalid_request');
  }
  await foreign.close();
});

test('X06, J02: an API that shares a secret for its tokens cannot write one and exchange it', async () => {
  const identifier = 'https://shared.example.com/';
  const signing_secret = 'a-secret-that-the-api-knows-of-32-bytes-or-more';
  await createResourceServer(tenant.ctx, {
    name: 'Shared',
    identifier,
    scopes: [{ value: 'read:things' }],
    signing_alg: 'HS256',
    signing_secret: tenant.ctx.vault.seal('api-secret', signing_secret),
  });
  const shared = await TestApplication.create(tenant, {
    app_type: 'resource_server',
    resource_server_identifier: identifier,
    grant_types: [grant_type],
  });
  const target = 'https://behind-shared.example.com/';
  await createResourceServer(tenant.ctx, {
    name: 'Behind it',
    identifier: target,
    scopes: [{ value: 'read:things' }],
    token_exchange: { clients: [{ client_id: shared.client.client_id }] },
  });
  const { access_token } = await web.tokens(email, { audience: identifier, scope: 'openid read:things' });
  assert.equal((await exchange(shared, access_token, { audience: target })).status, 200);
  const forged = await signHmac({ ...claimsOf(access_token), sub: 'auth0|victim' }, Buffer.from(signing_secret));
  assertRefused(await exchange(shared, forged, { audience: target }), 400, 'invalid_request');
  assert.equal(await isActive(shared, forged), false);
});

test('X06: an application has no token for itself to exchange', async () => {
  const { client_id } = api.client;
  await grantClient(tenant.ctx, { client_id, audience: testAudience, scope: ['read:things'] });
  const { body } = await api.post({ grant_type: 'client_credentials', audience: testAudience });
  assertRefused(await exchange(api, body['access_token']), 400, 'invalid_request');
});

test('X06: an expired, a revoked and a rotated token are refused', async () => {
  const tokens = await web.tokens(email, forApi);
  const refreshed = await web.refresh(tokens['refresh_token']);
  const rotated = await exchange(web, tokens['refresh_token'], { subject_token_type: tokenTypes.refreshToken });
  assertRefused(rotated, 400, 'invalid_request');
  assert.equal((await web.refresh(refreshed.body['refresh_token'])).status, 200, 'and the family lives on');
  const token = await personalToken();
  const headers = { host: 'id.example.com', ...formType };
  const own = { client_id: web.client.client_id, client_secret: String(web.secret), token: String(token) };
  await tenant.app.inject({
    method: 'POST',
    url: '/oauth/revoke',
    headers,
    payload: new URLSearchParams(own).toString(),
  });
  assertRefused(await exchange(api, token), 400, 'invalid_request');
  const { access_token, id_token } = await web.tokens(email, forApi);
  tenant.pass(86_400_000);
  assertRefused(await exchange(api, access_token), 400, 'invalid_request');
  assertRefused(await exchange(web, id_token, { subject_token_type: tokenTypes.idToken }), 400, 'invalid_request');
});

test('X06, T12: nobody acts for a person who is blocked', async () => {
  const { user_id } = await createTestUser(tenant, 'blocked@example.com');
  const { access_token } = await web.tokens('blocked@example.com', forApi);
  await blockTestUser(tenant, user_id);
  assertRefused(await exchange(api, access_token), 403, 'unauthorized');
});

test('the new token ends when the session of the old one does', async () => {
  const browser = new TestBrowser(tenant);
  const { body } = await web.redeem((await web.signIn(browser, email, forApi)).get('code'));
  const fromAccessToken = (await exchange(api, body['access_token'])).body['access_token'];
  const fromIdToken = (await exchange(web, body['id_token'], { subject_token_type: tokenTypes.idToken })).body[
    'access_token'
  ];
  assert.deepEqual([await isActive(api, fromAccessToken), await isActive(web, fromIdToken)], [true, true]);
  const out = new URLSearchParams({ id_token_hint: String(body['id_token']) });
  await browser.open(`/oidc/logout?${out}`);
  assert.deepEqual([await isActive(api, fromAccessToken), await isActive(web, fromIdToken)], [false, false]);
  assertRefused(
    await exchange(web, body['id_token'], { subject_token_type: tokenTypes.idToken }),
    400,
    'invalid_request',
  );
});

test('and when its family does, however often it was exchanged on', async () => {
  const tokens = await web.tokens(email, forApi);
  const once = (await exchange(web, tokens['access_token'])).body['access_token'];
  assert.equal(await isActive(web, once), true);
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
  assert.equal(await isActive(web, once), false);
});

test('who revokes what was exchanged ends that alone', async () => {
  const token = await personalToken();
  const exchanged = (await exchange(api, token)).body['access_token'];
  const payload = { client_id: api.client.client_id, client_secret: String(api.secret), token: String(exchanged) };
  const headers = { host: 'id.example.com', ...formType };
  await tenant.app.inject({
    method: 'POST',
    url: '/oauth/revoke',
    headers,
    payload: new URLSearchParams(payload).toString(),
  });
  assert.deepEqual([await isActive(api, exchanged), await isActive(api, token)], [false, true]);
});

test('no exchange makes a token live longer than the one that was given', async () => {
  const token = await personalToken();
  const { exp } = claimsOf(token);
  tenant.pass(86_000_000);
  const { body } = await exchange(api, token);
  assert.equal(claimsOf(body['access_token'])['exp'], exp);
  assert.equal(Number(body['expires_in']), 400);
});

test('X06: impersonation is only where the API says so, and an actor_token still names the actor', async () => {
  const token = await personalToken();
  assert.equal(claimsOf((await exchange(unseen, token)).body['access_token'])['act'], undefined);
  const { client_id } = unseen.client;
  await grantClient(tenant.ctx, { client_id, audience: testAudience, scope: ['read:things'] });
  const own = await unseen.post({ grant_type: 'client_credentials', audience: testAudience });
  const actor = { actor_token: own.body['access_token'], actor_token_type: tokenTypes.accessToken };
  assert.deepEqual(claimsOf((await exchange(unseen, token, actor)).body['access_token'])['act'], { sub: client_id });
  const other = await exchange(api, token, actor);
  assertRefused(other, 400, 'invalid_request');
});

test('an application that exchanges an exchanged token joins the chain', async () => {
  const second = await TestApplication.create(tenant, {
    app_type: 'resource_server',
    resource_server_identifier: downstream,
    grant_types: [grant_type],
  });
  const third = 'https://stock.example.com/';
  await createResourceServer(tenant.ctx, {
    name: 'Stock',
    identifier: third,
    scopes: [{ value: 'read:things' }],
    token_exchange: { clients: [{ client_id: second.client.client_id }] },
  });
  const first = await exchange(api, await personalToken());
  const { body } = await exchange(second, first.body['access_token'], { audience: third });
  const expected = { sub: second.client.client_id, act: { sub: api.client.client_id } };
  assert.deepEqual(claimsOf(body['access_token'])['act'], expected);
});

test('X06: a person acts for another only if may_act in the subject_token names them', async () => {
  const agent = await createTestUser(tenant, 'agent@example.com');
  const { id_token, access_token } = await web.tokens('agent@example.com', forApi);
  const token = await personalToken();
  const key = await tenant.ctx.keys.signer('RS256');
  const permitting = (sub: string) => signJwt({ ...claimsOf(token), may_act: { sub } }, key);
  for (const [actor_token, actor_token_type] of [
    [id_token, tokenTypes.idToken],
    [access_token, tokenTypes.accessToken],
  ] as const) {
    const actor = { actor_token, actor_token_type };
    assertRefused(await exchange(web, token, actor), 400, 'invalid_request');
    assertRefused(await exchange(web, await permitting('auth0|somebody-else'), actor), 400, 'invalid_request');
    const { body } = await exchange(web, await permitting(agent.user_id), actor);
    const { sub, act } = claimsOf(body['access_token']);
    assert.deepEqual({ sub, act }, { sub: userId, act: { sub: agent.user_id } });
  }
  assertRefused(await exchange(web, await permitting(agent.user_id)), 400, 'invalid_request');
  await blockTestUser(tenant, agent.user_id);
  const actor = { actor_token: access_token, actor_token_type: tokenTypes.accessToken };
  assertRefused(await exchange(web, await permitting(agent.user_id), actor), 403, 'unauthorized');
});

test('the new token is bound to the key that its sender proves to have, and introspection tells that', async () => {
  const sender = new DpopSender(tenant);
  const attempt = async () => exchange(api, await personalToken(), {}, { dpop: await sender.proof() });
  const challenged = await attempt();
  sender.nonce = challenged.headers['dpop-nonce'] as string | undefined;
  const { status, body } = challenged.status === 200 ? challenged : await attempt();
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body['token_type'], 'DPoP');
  assert.deepEqual(claimsOf(body['access_token'])['cnf'], { jkt: sender.jkt });
  const told = await introspectToken(tenant.ctx, api.client, String(body['access_token']));
  assert.ok(told.active);
  assert.deepEqual([told['token_type'], told['cnf']], ['DPoP', { jkt: sender.jkt }]);
});

test('T04: the grant is off until it is given, and never for who keeps no secret', async () => {
  const usual = await TestApplication.create(tenant, { app_type: 'regular_web' });
  assertRefused(await exchange(usual, await personalToken()), 403, 'unauthorized_client');
  const spa = await TestApplication.create(tenant, { grant_types: [grant_type] });
  assertRefused(await exchange(spa, await personalToken()), 403, 'unauthorized_client');
});
