// Tests /userinfo: which tokens it takes, how they are presented, and what it tells.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { signJwt } from '#crypto/jwt';
import { formType, TestApplication } from '../testing/application.ts';
import {
  blockTestUser,
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../testing/tenant.ts';

const email = 'hana@example.com';
const host = 'id.example.com';
let tenant: TestTenant;
let userId: string;
let spa: TestApplication;
let jwt: Readonly<Record<string, string>>;
let opaque: Readonly<Record<string, string>>;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  await createTestApi(tenant);
  spa = await TestApplication.create(tenant);
  jwt = await spa.tokens(email, { audience: testAudience, scope: 'openid email read:things' });
  opaque = await spa.tokens(email, { scope: 'openid profile' });
});
after(() => tenant.close());

const get = (headers: Record<string, string>, url = '/userinfo') =>
  tenant.app.inject({ url, headers: { host, ...headers } });
const post = (payload: string, headers: Record<string, string> = {}) =>
  tenant.app.inject({ method: 'POST', url: '/userinfo', headers: { host, ...formType, ...headers }, payload });
const statusOf = async (token: string | undefined) => (await spa.userinfo(token)).status;

/** A JWT of ours that says whatever a test wants it to. */
const forged = async (claims: Record<string, unknown>) =>
  signJwt(
    {
      iss: 'https://id.example.com/',
      sub: userId,
      aud: 'https://id.example.com/userinfo',
      azp: spa.client.client_id,
      jti: 'a.b',
      scope: 'openid',
      exp: tenant.ctx.now() / 1000 + 60,
      ...claims,
    },
    await tenant.ctx.keys.signer('RS256'),
  );

test('it tells what the scopes allow, of a JWT and of an opaque token', async () => {
  const { status, headers, body } = await spa.userinfo(jwt['access_token']);
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  assert.deepEqual(body, { sub: userId, email, email_verified: false });
  const ofOpaque = (await spa.userinfo(opaque['access_token'])).body;
  assert.equal(ofOpaque['nickname'], 'hana');
  assert.equal('email' in ofOpaque, false);
});

test('a token is taken from the header or from a form, by GET and by POST', async () => {
  const token = opaque['access_token'] as string;
  assert.equal((await get({ authorization: `bearer ${token}` })).statusCode, 200);
  assert.equal((await post('', { authorization: `Bearer ${token}` })).statusCode, 200);
  assert.equal((await post(`access_token=${token}`)).statusCode, 200);
});

test('T09: a token in two places, in the query, or written otherwise is refused', async () => {
  const token = opaque['access_token'] as string;
  assert.equal((await post(`access_token=${token}`, { authorization: `Bearer ${token}` })).statusCode, 400);
  assert.equal((await post(`access_token=${token}&access_token=${token}`)).statusCode, 400);
  assert.equal((await get({}, `/userinfo?access_token=${token}`)).statusCode, 401);
  for (const header of [
    `Bearer  ${token}`,
    `Bearer\t${token}`,
    token,
    `Basic ${token}`,
    'Bearer',
    `Bearer ${token} ${token}`,
    `Bearer ${token},Bearer ${token}`,
  ]) {
    const response = await get({ authorization: header });
    assert.equal(response.statusCode, 400, header);
    assert.equal(response.json().error, 'invalid_request');
  }
});

test('a refusal tells the scheme, and the error only to who sent a token (RFC 6750 §3)', async () => {
  const without = await get({});
  assert.equal(without.statusCode, 401);
  assert.equal(without.headers['www-authenticate'], 'Bearer realm="Users"');
  const wrong = await get({ authorization: 'Bearer nonsense' });
  assert.equal(wrong.statusCode, 401);
  assert.match(
    String(wrong.headers['www-authenticate']),
    /^Bearer realm="Users", error="invalid_token", error_description="[^"\\]+"$/,
  );
  assert.equal(wrong.headers['cache-control'], 'no-store');
});

test('T10: with any character cut, changed or added a token is refused', async () => {
  const edit = fc.record({ at: fc.nat(), text: fc.string({ maxLength: 2 }), removed: fc.nat({ max: 2 }) });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(jwt, opaque), edit, async ({ access_token = '' }, { at, text, removed }) => {
      const place = at % (access_token.length + 1);
      const changed = access_token.slice(0, place) + text + access_token.slice(place + removed);
      fc.pre(changed !== access_token);
      const status = await statusOf(changed);
      assert.ok(status === 401 || status === 400, changed);
    }),
  );
  assert.equal(await statusOf(`${jwt['access_token']}.`), 401);
  assert.equal(await statusOf(opaque['access_token']?.toUpperCase()), 401);
});

test('T11: an ID token is refused, and a refresh token', async () => {
  const refreshing = await spa.tokens(email, { scope: 'openid offline_access' });
  const response = await spa.userinfo(jwt['id_token']);
  assert.equal(response.status, 401);
  assert.match(response.body['error_description'] ?? '', /ID token/);
  assert.equal(await statusOf(refreshing['refresh_token']), 401);
});

test('a token for another API alone is refused', async () => {
  const other = await spa.tokens(email, { audience: testAudience, scope: 'read:things' });
  assert.equal(await statusOf(other['access_token']), 401);
});

test('a token without the scope openid is refused (OpenID Connect Core §5.3)', async () => {
  const plain = await spa.tokens(email, { scope: 'profile' });
  assert.equal(await statusOf(plain['access_token']), 401);
});

test('J01, J02, J05, J06, J10: a JWT that is not wholly ours is refused', async () => {
  assert.equal(await statusOf(await forged({})), 200, 'the forger knows how');
  const nowSec = tenant.ctx.now() / 1000;
  for (const claims of [
    { iss: 'https://id.evil.test/' },
    { iss: 'https://id.example.com' },
    { iss: undefined },
    { aud: 'https://id.example.com/' },
    { aud: [] },
    { aud: undefined },
    { exp: nowSec },
    { exp: nowSec - 1 },
    { exp: undefined },
    { exp: '9999999999' },
    { sub: undefined },
    { azp: undefined },
    { jti: undefined },
  ]) {
    assert.equal(await statusOf(await forged(claims)), 401, JSON.stringify(claims));
  }
  const [head = '', body, tail] = (await forged({})).split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString());
  for (const change of [
    { alg: 'none' },
    { alg: 'HS256' },
    { crit: ['exp'] },
    { jku: 'http://127.0.0.1:1/' },
    { kid: 'x' },
    { kid: undefined },
  ]) {
    const changed = Buffer.from(JSON.stringify({ ...header, ...change })).toString('base64url');
    assert.equal(await statusOf(`${changed}.${body}.${tail}`), 401);
    assert.equal((await get({ authorization: `Bearer ${changed}.${body}.` })).statusCode, 401);
  }
});

test('T12: a person who is blocked is told of no more', async () => {
  await blockTestUser(tenant, userId);
  assert.equal(await statusOf(jwt['access_token']), 401);
  assert.equal(await statusOf(opaque['access_token']), 401);
  await blockTestUser(tenant, userId, false);
  assert.equal(await statusOf(jwt['access_token']), 200);
});

test('T08: only an origin of an application may read the answer, and never with cookies', async () => {
  const authorization = `Bearer ${opaque['access_token']}`;
  const allowed = await get({ authorization, origin: 'https://app.example.com' });
  assert.equal(allowed.headers['access-control-allow-origin'], 'https://app.example.com');
  assert.equal(allowed.headers['vary'], 'Origin');
  assert.equal(allowed.headers['access-control-allow-credentials'], undefined);
  const refusal = await get({ authorization: 'Bearer x', origin: 'https://app.example.com' });
  assert.equal(refusal.headers['access-control-allow-origin'], 'https://app.example.com', 'the application reads why');
  for (const origin of [
    'https://evil.test',
    'null',
    'https://app.example.com.evil.test',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.co',
    'https://APP.example.com',
    '',
  ]) {
    for (const url of ['/userinfo', '/oauth/token']) {
      const preflight = await tenant.app.inject({
        method: 'OPTIONS',
        url,
        headers: { host, origin, 'access-control-request-method': 'POST' },
      });
      assert.equal(preflight.headers['access-control-allow-origin'], undefined, origin);
    }
    assert.equal((await get({ authorization, origin })).headers['access-control-allow-origin'], undefined, origin);
  }
});

test('T08: a preflight tells an application what it may send', async () => {
  const headers = { host, origin: 'https://app.example.com', 'access-control-request-method': 'POST' };
  for (const [url, methods] of [
    ['/oauth/token', 'POST'],
    ['/userinfo', 'GET, POST'],
  ] as const) {
    const response = await tenant.app.inject({ method: 'OPTIONS', url, headers });
    assert.equal(response.statusCode, 204);
    assert.equal(response.headers['access-control-allow-origin'], 'https://app.example.com');
    assert.equal(response.headers['access-control-allow-methods'], methods);
    assert.match(String(response.headers['access-control-allow-headers']), /Authorization, Content-Type/);
    assert.equal(response.headers['access-control-allow-credentials'], undefined);
  }
});

test('T08: the token endpoint answers an origin of the calling application, not of another', async () => {
  const other = await TestApplication.create(tenant, {
    callbacks: ['https://other.example.com/cb'],
    web_origins: [],
    allowed_origins: [],
  });
  const origin = { origin: 'https://app.example.com' };
  assert.equal((await spa.refresh('x', {})).headers['access-control-allow-origin'], undefined);
  assert.equal(
    (await spa.post({ grant_type: 'refresh_token' }, origin)).headers['access-control-allow-origin'],
    'https://app.example.com',
  );
  assert.equal(
    (await other.post({ grant_type: 'refresh_token' }, origin)).headers['access-control-allow-origin'],
    undefined,
  );
});

test('a token expires', async () => {
  tenant.pass(7_200_000);
  assert.equal(await statusOf(jwt['access_token']), 401);
  assert.equal(await statusOf(opaque['access_token']), 200);
  tenant.pass(86_400_000);
  assert.equal(await statusOf(opaque['access_token']), 401);
});
