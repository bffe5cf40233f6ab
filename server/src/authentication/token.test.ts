// Tests POST /oauth/token: who may call it, and what a code is worth.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { verifyJwt } from '#crypto/jwt';
import { assertRefused, claimsOf, formType, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import {
  blockTestUser,
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
  testCallback,
} from '../testing/tenant.ts';

const email = 'hana@example.com';
const scope = 'openid profile email offline_access read:things';
const everything = { scope, audience: testAudience };
let tenant: TestTenant;
let userId: string;
let spa: TestApplication;
let web: TestApplication;
let browser: TestBrowser;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  await createTestApi(tenant);
  spa = await TestApplication.create(tenant);
  web = await TestApplication.create(tenant, { app_type: 'regular_web' });
  browser = new TestBrowser(tenant);
  await spa.signIn(browser, email);
});
after(() => tenant.close());

const codeFor = async (application: TestApplication, extra = {}) =>
  (await application.silently(browser, { ...everything, ...extra })).get('code');
const status = async (application: TestApplication, token: string | undefined) =>
  (await application.userinfo(token)).status;

test('a code is exchanged for the tokens that were asked for, in a form that nobody keeps', async () => {
  const { status, headers, body } = await spa.redeem(await codeFor(spa, { nonce: 'the-nonce' }));
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['pragma'], 'no-cache');
  assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(headers['set-cookie'], undefined);
  assert.deepEqual(Object.keys(body).sort(), [
    'access_token',
    'expires_in',
    'id_token',
    'refresh_token',
    'scope',
    'token_type',
  ]);
  assert.equal(body['token_type'], 'Bearer');
  assert.equal(body['expires_in'], 7200);
  assert.equal(body['scope'], scope);
});

test('the tokens say what they are for, and our published key verifies them', async () => {
  const { body } = await spa.redeem(await codeFor(spa, { nonce: 'the-nonce' }));
  const id = verifyJwt(body['id_token'] as string, tenant.ctx.keys.verifiers) ?? {};
  const access = verifyJwt(body['access_token'] as string, tenant.ctx.keys.verifiers) ?? {};
  const nowSec = tenant.ctx.now() / 1000;
  assert.equal(id['iss'], 'https://id.example.com/');
  assert.equal(id['aud'], spa.client.client_id);
  assert.equal(id['sub'], userId);
  assert.equal(id['nonce'], 'the-nonce');
  assert.equal(id['email'], email);
  assert.equal(id['exp'], nowSec + 36_000);
  assert.deepEqual(access['aud'], [testAudience, 'https://id.example.com/userinfo']);
  assert.equal(access['azp'], spa.client.client_id);
  assert.equal(access['exp'], nowSec + 7200);
  assert.equal(access['sid'], id['sid']);
  assert.equal('email' in access, false);
});

test('without an audience the access token is opaque, and for userinfo alone', async () => {
  const { body } = await spa.redeem((await spa.silently(browser)).get('code'));
  assert.equal(body['access_token']?.includes('.'), false);
  assert.equal('refresh_token' in body, false);
  assert.equal(await status(spa, body['access_token']), 200);
});

test('without openid there is no ID token', async () => {
  const { body } = await spa.redeem(await codeFor(spa, { scope: 'read:things' }));
  assert.equal('id_token' in body, false);
  assert.equal(claimsOf(body['access_token'])['aud'], testAudience);
});

test('JSON is read as a form is', async () => {
  const { app } = tenant;
  const code = await codeFor(web);
  const payload = {
    grant_type: 'authorization_code',
    client_id: web.client.client_id,
    client_secret: web.secret,
    code,
    redirect_uri: testCallback,
    code_verifier: 'a-verifier-that-every-test-application-has-in-common',
  };
  const response = await app.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { host: 'id.example.com' },
    payload,
  });
  assert.equal(response.statusCode, 200, response.body);
});

test('C01: a code that is used again is refused, and takes back what its first use gave', async () => {
  const code = await codeFor(spa);
  const { body } = await spa.redeem(code);
  assert.equal(await status(spa, body['access_token']), 200);
  assertRefused(await spa.redeem(code), 403, 'invalid_grant');
  assert.equal(await status(spa, body['access_token']), 401);
  assertRefused(await spa.refresh(body['refresh_token']), 403, 'invalid_grant');
});

test('C01: a code that is used again after it expired takes back what its first use gave', async () => {
  const code = await codeFor(spa);
  const { body } = await spa.redeem(code);
  tenant.pass(120_000);
  assertRefused(await spa.redeem(code), 403, 'invalid_grant');
  assertRefused(await spa.refresh(body['refresh_token']), 403, 'invalid_grant');
});

test('C02: of twenty parallel redemptions of one code exactly one succeeds', async () => {
  const code = await codeFor(spa);
  const answers = await Promise.all(Array.from({ length: 20 }, () => spa.redeem(code)));
  const successes = answers.filter((answer) => answer.status === 200);
  assert.equal(successes.length, 1);
  for (const answer of answers) if (answer.status !== 200) assertRefused(answer, 403, 'invalid_grant');
  assertRefused(await spa.refresh(successes[0]?.body['refresh_token']), 403, 'invalid_grant');
});

test('C03: a code of one application is worth nothing to another, nor to the first one afterwards', async () => {
  const other = await TestApplication.create(tenant);
  for (const [owner, thief] of [
    [spa, other],
    [spa, web],
    [web, spa],
  ] as const) {
    const code = await codeFor(owner);
    assertRefused(await thief.redeem(code), 403, 'invalid_grant');
    assertRefused(await owner.redeem(code), 403, 'invalid_grant');
  }
});

test('C03: an application that is not recognised burns no code', async () => {
  const code = await codeFor(web);
  assertRefused(await web.redeem(code, { client_secret: 'wrong' }), 401, 'invalid_client');
  assert.equal((await web.redeem(code)).status, 200);
});

test('C04: the redirect_uri must be repeated as it was', async () => {
  for (const redirect_uri of [undefined, `${testCallback}/`, 'https://evil.test/', `${testCallback}?`]) {
    const code = await codeFor(spa);
    assertRefused(await spa.redeem(code, { redirect_uri }), 403, 'invalid_grant');
    assertRefused(await spa.redeem(code), 403, 'invalid_grant');
  }
});

test('C05: a code with a challenge needs its verifier, even from an application with a secret', async () => {
  for (const application of [spa, web]) {
    assertRefused(
      await application.redeem(await codeFor(application), { code_verifier: undefined }),
      403,
      'invalid_grant',
    );
  }
});

test('C05: a code without a challenge takes no verifier', async () => {
  const none = { code_challenge: undefined, code_challenge_method: undefined };
  assertRefused(await web.redeem(await codeFor(web, none)), 403, 'invalid_grant');
  assert.equal((await web.redeem(await codeFor(web, none), { code_verifier: undefined })).status, 200);
});

test('C07: a wrong or malformed verifier is refused and ends the code', async () => {
  for (const code_verifier of ['a', 'a'.repeat(42), 'a'.repeat(129), 'a'.repeat(43), `${'a'.repeat(43)}é`]) {
    const code = await codeFor(spa);
    assertRefused(await spa.redeem(code, { code_verifier }), 403, 'invalid_grant');
    assertRefused(await spa.redeem(code), 403, 'invalid_grant');
  }
});

test('C10: what is no code is not taken for one', async () => {
  const { body } = await spa.redeem(await codeFor(spa));
  const page = await new TestBrowser(tenant).open(spa.authorizeUrl());
  const state = new URL(page.url, 'https://id.example.com/').searchParams.get('state');
  for (const wrong of [state, body['refresh_token'], body['access_token'], 'x', '\u0000', '']) {
    const answer = await spa.redeem(wrong ?? null);
    assert.ok([400, 403].includes(answer.status), JSON.stringify(answer.body));
    assert.match(answer.body['error'] ?? '', /^invalid_(grant|request)$/);
  }
});

test('C14: a code is worth something for sixty seconds', async () => {
  const early = await codeFor(spa);
  tenant.pass(59_999);
  assert.equal((await spa.redeem(early)).status, 200);
  const late = await codeFor(spa);
  tenant.pass(60_000);
  assertRefused(await spa.redeem(late), 403, 'invalid_grant');
});

test('S09, F05: a code whose session has ended meanwhile is worth nothing', async () => {
  const elsewhere = new TestBrowser(tenant);
  const code = (await spa.signIn(elsewhere, email, everything)).get('code');
  await elsewhere.open('/v2/logout');
  assertRefused(await spa.redeem(code), 403, 'invalid_grant');
});

test('T12: a person who is blocked gets no tokens for a code', async () => {
  const code = await codeFor(spa);
  await blockTestUser(tenant, userId);
  assertRefused(await spa.redeem(code), 403, 'unauthorized');
  await blockTestUser(tenant, userId, false);
  assertRefused(await spa.redeem(code), 403, 'invalid_grant');
});

test('T01: an application is recognised by exactly one method', async () => {
  const { client, secret } = web;
  const basic = (id: string, password = '') => ({
    authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
  });
  const attempt = (fields: Record<string, string | undefined>, headers = {}) =>
    web.post({ grant_type: 'refresh_token', refresh_token: 'x', ...fields }, headers);
  const without = { client_id: undefined, client_secret: undefined };

  assertRefused(await attempt({}), 403, 'invalid_grant');
  assertRefused(await attempt(without, basic(client.client_id, secret)), 403, 'invalid_grant');
  assertRefused(await attempt({}, basic(client.client_id, secret)), 400, 'invalid_request');
  assertRefused(
    await attempt({ ...without, client_id: spa.client.client_id }, basic(client.client_id, secret)),
    400,
    'invalid_request',
  );
  assertRefused(await attempt({ client_secret: undefined }), 401, 'invalid_client');
  assertRefused(await attempt({ client_secret: `${secret}x` }), 401, 'invalid_client');
  assertRefused(await attempt({ client_secret: secret?.slice(0, -1) }), 401, 'invalid_client');
  assertRefused(await attempt({ client_id: 'unknown' }), 401, 'invalid_client');
  assertRefused(await attempt(without), 401, 'invalid_client');
  assertRefused(await attempt({ client_id: undefined }), 400, 'invalid_request');
  assertRefused(await attempt({ client_id: spa.client.client_id }), 401, 'invalid_client');
  const wrong = await attempt(without, basic(client.client_id, 'wrong'));
  assertRefused(wrong, 401, 'invalid_client');
  assert.equal(wrong.headers['www-authenticate'], 'Basic realm="OAuth"');
});

test('T01: credentials in the query are ignored', async () => {
  const query = new URLSearchParams({
    client_id: web.client.client_id,
    client_secret: web.secret ?? '',
    grant_type: 'refresh_token',
  });
  const response = await tenant.app.inject({
    method: 'POST',
    url: `/oauth/token?${query}`,
    headers: { host: 'id.example.com', ...formType },
    payload: '',
  });
  assert.equal(response.statusCode, 401);
  assert.equal(response.json().error, 'invalid_client');
});

test('T04: a grant that the application lacks, and one that there is not, are refused before anything is used up', async () => {
  const machine = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  assertRefused(await machine.redeem('x'), 403, 'unauthorized_client');
  const plain = await TestApplication.create(tenant, { grant_types: ['authorization_code'] });
  assertRefused(await plain.refresh('x'), 403, 'unauthorized_client');
  for (const grant_type of ['implicit', 'Password', 'Authorization_code', '__proto__', 'x'.repeat(5000)]) {
    assertRefused(await spa.post({ grant_type }), 400, 'unsupported_grant_type');
  }
  assertRefused(await spa.post({}), 400, 'invalid_request');
  const code = await codeFor(spa);
  assertRefused(await spa.redeem(code, { grant_type: 'password' }), 403, 'unauthorized_client');
  assert.equal((await spa.redeem(code)).status, 200);
});

test('an application without the refresh_token grant gets no refresh token, and is told so', async () => {
  const plain = await TestApplication.create(tenant, { grant_types: ['authorization_code'] });
  const { body } = await plain.redeem(await codeFor(plain));
  assert.equal('refresh_token' in body, false);
  assert.equal(body['scope'], 'openid profile email read:things');
});

test('R12: a parameter that comes twice is refused', async () => {
  const twice = `client_id=${spa.client.client_id}&grant_type=refresh_token&refresh_token=x&refresh_token=x`;
  const response = await tenant.app.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: { host: 'id.example.com', ...formType },
    payload: twice,
  });
  assert.equal(response.statusCode, 400);
  assert.equal(response.json().error, 'invalid_request');
});

test('Z01: no event holds a code, token, secret or verifier', async () => {
  const code = await codeFor(web);
  const { body } = await web.redeem(code);
  await web.redeem(code);
  await web.refresh(body['refresh_token']);
  const log = JSON.stringify(tenant.events);
  for (const secret of [
    code,
    web.secret,
    ...Object.values(body).filter((value) => value.length > 30 && value !== body['scope']),
  ]) {
    assert.equal(log.includes(secret as string), false, secret as string);
  }
  assert.ok(tenant.events.some(({ type }) => type === 'feacft'));
});

test('D14: whatever is posted, the answer is JSON and never a fault of ours', async () => {
  const code = await codeFor(spa);
  const names = fc.constantFrom(
    'client_id',
    'client_secret',
    'grant_type',
    'code',
    'refresh_token',
    'redirect_uri',
    'code_verifier',
    'scope',
    '__proto__',
  );
  const values = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('authorization_code', 'refresh_token', spa.client.client_id, 'v1.AAAA', code ?? ''),
  );
  const json = fc
    .dictionary(names, fc.oneof(values, fc.jsonValue()))
    .map((value) => ({ payload: JSON.stringify(value), type: 'application/json' }));
  const form = fc.dictionary(names, values).map((value) => ({
    payload: Object.entries(value)
      .map(([name, part]) => `${name}=${encodeURIComponent(part.toWellFormed())}`)
      .join('&'),
    type: formType['content-type'],
  }));
  const bytes = fc.record({
    payload: fc.string({ unit: 'binary' }),
    type: fc.constantFrom('application/json', formType['content-type'], 'text/plain', 'multipart/form-data', ''),
  });
  const authorization = fc.option(
    fc.string().map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
    { nil: undefined },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(json, form, bytes), authorization, async ({ payload, type }, header) => {
      const headers = {
        host: 'id.example.com',
        'content-type': type,
        ...(header === undefined ? {} : { authorization: header }),
      };
      const response = await tenant.app.inject({ method: 'POST', url: '/oauth/token', headers, payload });
      assert.ok([400, 401, 403].includes(response.statusCode), `${response.statusCode} for ${payload}`);
      assert.equal(typeof response.json().error, 'string');
    }),
    { numRuns: 200 },
  );
});
