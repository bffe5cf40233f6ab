// Tests both ways to log out: what ends, who is asked first, and where a person may be sent.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { signJwt } from '#crypto/jwt';
import { changeTenantSettings } from '#domain/tenant-settings';
import { type Fields, formType, TestApplication } from '../testing/application.ts';
import { type Answer, TestBrowser } from '../testing/browser.ts';
import { createTestApi, createTestUser, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

const email = 'hana@example.com';
const home = 'https://app.example.com/';
const cookieName = '__Host-warifu_session';
let tenant: TestTenant;
let spa: TestApplication;
let browser: TestBrowser;
let idToken: string;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  await createTestUser(tenant, 'taro@example.com');
  await createTestApi(tenant);
  spa = await TestApplication.create(tenant);
});
after(() => tenant.close());

beforeEach(async () => {
  browser = new TestBrowser(tenant);
  const { body } = await spa.redeem((await spa.signIn(browser, email)).get('code'));
  idToken = body['id_token'] as string;
});

const url = (path: string, parameters: Fields = {}) =>
  `${path}?${new URLSearchParams(Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined))}`;
const isSignedIn = async (visitor = browser) => (await spa.silently(visitor)).has('code');

function assertPage(answer: Answer, status: number): void {
  assert.equal(answer.status, status, answer.url);
  assert.equal(answer.location, undefined);
  assert.doesNotMatch(answer.body, /evil\.test/);
}

test('S09: /v2/logout ends the session for good, here and wherever its cookie was copied to', async () => {
  const copy = new TestBrowser(tenant);
  for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
  assert.ok(await isSignedIn(copy));
  const answer = await browser.request({
    method: 'GET',
    url: url('/v2/logout', { client_id: spa.client.client_id, returnTo: home, federated: '' }),
  });
  assert.equal(answer.status, 302);
  assert.equal(answer.location?.href, home);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.match(
    String(answer.headers['set-cookie']),
    /^__Host-warifu_session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
  assert.equal(browser.cookies.has(cookieName), false);
  assert.equal(await isSignedIn(copy), false);
});

test('/v2/logout without returnTo shows a page, and so it does without a session', async () => {
  for (const visitor of [browser, new TestBrowser(tenant)]) {
    const page = await visitor.open('/v2/logout');
    assert.equal(page.url, '/u/logged-out');
    assert.equal(page.status, 200);
  }
});

const nowhere = [
  'https://evil.test/',
  '//evil.test',
  '/\\evil.test',
  'https://app.example.com',
  'https://app.example.com/x',
  'https://app.example.com/?x=evil.test',
  'https://app.example.com.evil.test/',
  'https://app.example.com@evil.test/',
  'javascript:alert(1)//evil.test',
  `${home}#evil.test`,
  '/u/login',
  '',
];

test('R14: /v2/logout sends nobody to an address that is not registered, and ends nothing then', async () => {
  for (const returnTo of nowhere.filter((address) => address !== '')) {
    assertPage(await browser.open(url('/v2/logout', { client_id: spa.client.client_id, returnTo })), 400);
  }
  assertPage(await browser.open(url('/v2/logout', { returnTo: home })), 400);
  assertPage(await browser.open(url('/v2/logout', { client_id: 'unknown', returnTo: home })), 400);
  assertPage(
    await browser.open(`/v2/logout?client_id=${spa.client.client_id}&returnTo=${home}&returnTo=https://evil.test/`),
    400,
  );
  assert.ok(await isSignedIn());
});

test('/v2/logout without a client_id goes by the addresses of the tenant', async () => {
  await changeTenantSettings(tenant.ctx, { allowed_logout_urls: ['https://www.example.com/bye'] });
  const answer = await browser.request({
    method: 'GET',
    url: url('/v2/logout', { returnTo: 'https://www.example.com/bye' }),
  });
  assert.equal(answer.location?.href, 'https://www.example.com/bye');
});

test('/oidc/logout with the ID token of the session logs out at once, and gives the state back', async () => {
  const answer = await browser.request({
    method: 'GET',
    url: url('/oidc/logout', { id_token_hint: idToken, post_logout_redirect_uri: home, state: 'a b' }),
  });
  assert.equal(answer.status, 302);
  assert.equal(answer.location?.href, `${home}?state=a+b`);
  assert.equal(await isSignedIn(), false);
});

test('/oidc/logout takes an ID token that has expired (RP-Initiated Logout §2)', async () => {
  tenant.pass(11 * 60 * 60 * 1000);
  await browser.open(url('/oidc/logout', { id_token_hint: idToken, post_logout_redirect_uri: home }));
  assert.equal(await isSignedIn(), false);
});

test('S10: /oidc/logout without a hint asks first, and whoever says nothing stays signed in', async () => {
  for (const parameters of [
    {},
    { client_id: spa.client.client_id },
    { client_id: spa.client.client_id, post_logout_redirect_uri: home },
  ]) {
    const page = await browser.open(url('/oidc/logout', parameters));
    assert.match(page.url, /^\/u\/logout\?state=/);
    assert.equal(page.status, 200);
    assert.ok(await isSignedIn());
  }
});

test('S10: who says yes is logged out and sent to the registered address', async () => {
  const page = await browser.open(
    url('/oidc/logout', { client_id: spa.client.client_id, post_logout_redirect_uri: home, state: 's' }),
  );
  const done = await browser.submit(page, { action: 'logout' });
  assert.equal(done.status, 303);
  assert.equal(done.location?.href, `${home}?state=s`);
  assert.equal(await isSignedIn(), false);
});

test('S04: the question is answered by a form of ours in the browser that was asked, once', async () => {
  const page = await browser.open('/oidc/logout');
  const state = new URL(page.url, 'https://id.example.com').searchParams.get('state') ?? '';
  const send = (visitor: TestBrowser, fields: Record<string, string>, headers = {}) =>
    visitor.request({
      method: 'POST',
      url: '/u/logout',
      headers: { ...formType, ...headers },
      payload: new URLSearchParams(fields).toString(),
    });
  assertPage(await send(browser, { state }, { origin: 'https://evil.test' }), 400);
  assertPage(await send(browser, { state }, { origin: 'null' }), 400);
  assertPage(await send(browser, { state }, { 'content-type': 'text/plain' }), 400);
  assertPage(await send(browser, {}), 400);
  assertPage(await send(browser, { state: 'x' }), 400);
  assertPage(await send(new TestBrowser(tenant), { state }), 400);
  assert.ok(await isSignedIn());
  assert.equal((await send(browser, { state }, { origin: 'https://id.example.com' })).status, 303);
  assertPage(await send(browser, { state }), 400);
  assert.equal(await isSignedIn(), false);
});

test('S11: the question about one session ends no other that began meanwhile', async () => {
  const page = await browser.open('/oidc/logout');
  await spa.signIn(browser, 'taro@example.com', { prompt: 'login' });
  await browser.submit(page, { action: 'logout' });
  assert.ok(await isSignedIn());
});

test('X08: the ID token of another person, or of another session, only asks', async () => {
  const elsewhere = new TestBrowser(tenant);
  const ofAnother = (await spa.redeem((await spa.signIn(elsewhere, 'taro@example.com')).get('code'))).body['id_token'];
  const ofElsewhere = (await spa.redeem((await spa.signIn(new TestBrowser(tenant), email)).get('code'))).body[
    'id_token'
  ];
  for (const id_token_hint of [ofAnother, ofElsewhere]) {
    assert.match((await browser.open(url('/oidc/logout', { id_token_hint }))).url, /^\/u\/logout\?/);
    assert.ok(await isSignedIn());
  }
});

test('X08, J01, T11: a hint that is no ID token of ours is refused', async () => {
  const { access_token } = await spa.tokens(email, { audience: testAudience });
  const [, body] = idToken.split('.');
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const foreign = await signJwt(
    { iss: 'https://id.evil.test/', aud: spa.client.client_id, sub: 'auth0|1' },
    await tenant.ctx.keys.signer('RS256'),
  );
  for (const id_token_hint of [access_token, `${none}.${body}.`, `${idToken}x`, idToken.slice(0, -1), 'x', foreign]) {
    assertPage(await browser.open(url('/oidc/logout', { id_token_hint, post_logout_redirect_uri: home })), 400);
  }
  assert.ok(await isSignedIn());
});

test('a hint of another application than the client_id is refused (RP-Initiated Logout §2)', async () => {
  const other = await TestApplication.create(tenant);
  assertPage(
    await browser.open(url('/oidc/logout', { id_token_hint: idToken, client_id: other.client.client_id })),
    400,
  );
});

test('R14: /oidc/logout sends nobody to an address that is not registered, and ends nothing then', async () => {
  for (const post_logout_redirect_uri of nowhere.filter((address) => address !== '')) {
    assertPage(await browser.open(url('/oidc/logout', { id_token_hint: idToken, post_logout_redirect_uri })), 400);
    assertPage(
      await browser.open(url('/oidc/logout', { client_id: spa.client.client_id, post_logout_redirect_uri })),
      400,
    );
  }
  assertPage(await browser.open(url('/oidc/logout', { post_logout_redirect_uri: home })), 400);
  assert.ok(await isSignedIn());
});

test('S09: POST /oidc/logout from another site, without cookies, finds the session on the way', async () => {
  const stranger = new TestBrowser(tenant);
  const payload = new URLSearchParams({
    id_token_hint: idToken,
    post_logout_redirect_uri: home,
    state: 's',
  }).toString();
  const posted = await stranger.request({
    method: 'POST',
    url: '/oidc/logout',
    headers: { ...formType, origin: 'https://app.example.com' },
    payload,
  });
  assert.equal(posted.status, 303);
  assert.equal(posted.location?.pathname, '/oidc/logout');
  const answer = await browser.request({
    method: 'GET',
    url: `${posted.location?.pathname}${posted.location?.search}`,
  });
  assert.equal(answer.location?.href, `${home}?state=s`);
  assert.equal(await isSignedIn(), false);
});

test('POST /oidc/logout with cookies answers as GET does', async () => {
  const payload = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: home }).toString();
  const answer = await browser.request({ method: 'POST', url: '/oidc/logout', headers: formType, payload });
  assert.equal(answer.location?.href, home);
  assert.equal(await isSignedIn(), false);
});
