// Tests /oidc/logout by the names of the OpenID Foundation's modules for it (OpenID Connect RP-Initiated Logout 1.0).
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Fields, formType, TestApplication } from '../testing/application.ts';
import { type Answer, TestBrowser } from '../testing/browser.ts';
import { createTestApi, createTestUser, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

const email = 'hana@example.com';
const home = 'https://app.example.com/';
let tenant: TestTenant;
let app: TestApplication;
let browser: TestBrowser;
let idToken: string;
let userId: string;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  await createTestUser(tenant, 'taro@example.com');
  await createTestApi(tenant);
  app = await TestApplication.create(tenant);
});
after(() => tenant.close());
beforeEach(async () => {
  browser = new TestBrowser(tenant);
  idToken = (await app.redeem((await app.signIn(browser, email)).get('code'))).body['id_token'] ?? '';
});

const encode = (fields: Fields) =>
  new URLSearchParams(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString();
/** What the suite sends: everything, and what a module takes away or changes. */
const ask = (fields: Fields = {}) =>
  browser.open(
    `/oidc/logout?${encode({ id_token_hint: idToken, post_logout_redirect_uri: home, state: 'the-state', ...fields })}`,
  );
const isSignedIn = async () => (await app.silently(browser)).has('code');

async function assertReturned(answer: Answer, address: string): Promise<void> {
  assert.equal(answer.status, 302);
  assert.equal(answer.location?.href, address);
  assert.equal(await isSignedIn(), false);
}

async function assertErrorPage(answer: Answer): Promise<void> {
  assert.equal(answer.status, 400);
  assert.equal(answer.location, undefined);
  assert.match(String(answer.headers['content-type']), /^text\/html/);
  assert.ok(await isSignedIn(), 'a refused request ended the session');
}

async function assertAsked(answer: Answer): Promise<void> {
  assert.equal(answer.status, 200);
  assert.match(answer.url, /^\/u\/logout\?state=/);
  assert.ok(await isSignedIn(), 'nobody had said yes');
}

describe('oidcc-rp-initiated-logout', () => {
  test('(happy): the session ends, and the browser goes back with the state', async () => {
    await assertReturned(await ask(), `${home}?state=the-state`);
  });

  test('-bad-post-logout-redirect-uri: an address that isn’t registered is refused on a page', async () => {
    await assertErrorPage(await ask({ post_logout_redirect_uri: 'https://app.example.com/elsewhere' }));
  });

  test('-query-added-to-post-logout-redirect-uri: a registered address with a query added is refused', async () => {
    await assertErrorPage(await ask({ post_logout_redirect_uri: `${home}?foo=bar` }));
  });

  test('-modified-id-token-hint: a hint whose signature isn’t right leads nowhere', async () => {
    const [head, body, signature = ''] = idToken.split('.');
    const other = signature.startsWith('A') ? 'B' : 'A';
    await assertErrorPage(await ask({ id_token_hint: `${head}.${body}.${other}${signature.slice(1)}` }));
  });

  test('-bad-id-token-hint: a hint that is no token leads nowhere', async () => {
    await assertErrorPage(await ask({ id_token_hint: 'bad' }));
  });

  test('-no-id-token-hint: an address that nobody is known to have registered is refused', async () => {
    await assertErrorPage(await ask({ id_token_hint: undefined }));
  });

  test('-no-id-token-hint, with the client_id: the person is asked, and then goes back', async () => {
    const page = await ask({ id_token_hint: undefined, client_id: app.client.client_id });
    await assertAsked(page);
    const done = await browser.submit(page, { action: 'logout' });
    assert.equal(done.location?.href, `${home}?state=the-state`);
    assert.equal(await isSignedIn(), false);
  });

  test('-no-params: the person is asked, and ends on a page', async () => {
    const page = await browser.open('/oidc/logout');
    await assertAsked(page);
    assert.equal((await browser.submit(page, { action: 'logout' })).url, '/u/logged-out');
    assert.equal(await isSignedIn(), false);
  });

  test('-no-state: the browser goes back without one', async () => {
    await assertReturned(await ask({ state: undefined }), home);
  });

  test('-only-state: the person is asked, and the state goes nowhere', async () => {
    const page = await ask({ id_token_hint: undefined, post_logout_redirect_uri: undefined });
    await assertAsked(page);
    const done = await browser.submit(page, { action: 'logout' });
    assert.equal(done.url, '/u/logged-out');
    assert.doesNotMatch(done.body, /the-state/);
  });

  test('-no-post-logout-redirect-uri: the session ends at once, on a page that says so', async () => {
    const page = await ask({ post_logout_redirect_uri: undefined });
    assert.equal(page.url, '/u/logged-out');
    assert.equal(page.status, 200);
    assert.equal(await isSignedIn(), false);
  });

  test('a parameter that comes twice is refused (OAuth 2.0 §3.1)', async () => {
    await assertErrorPage(await browser.open(`/oidc/logout?id_token_hint=${idToken}&state=a&state=b`));
  });

  test('by POST as by GET (§2)', async () => {
    const payload = encode({ id_token_hint: idToken, post_logout_redirect_uri: home, state: 'the-state' });
    const answer = await browser.request({ method: 'POST', url: '/oidc/logout', headers: formType, payload });
    await assertReturned(answer, `${home}?state=the-state`);
  });
});

describe('logout_hint', () => {
  const sidOf = () => JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()).sid as string;

  test('with the session’s id logs out at once, as at Auth0', async () => {
    const answer = await ask({ id_token_hint: undefined, client_id: app.client.client_id, logout_hint: sidOf() });
    await assertReturned(answer, `${home}?state=the-state`);
  });

  test('S10: with what others know of a person only asks', async () => {
    for (const logout_hint of [email, userId, 'x', '']) {
      await assertAsked(await ask({ id_token_hint: undefined, client_id: app.client.client_id, logout_hint }));
    }
  });

  test('that speaks of somebody else than the ID token asks first', async () => {
    await assertAsked(await ask({ logout_hint: 'taro@example.com' }));
    await assertReturned(await ask({ logout_hint: email }), `${home}?state=the-state`);
  });
});

describe('ui_locales', () => {
  test('choose the language of the question and of the confirmation', async () => {
    const page = await browser.open('/oidc/logout?ui_locales=ja+en');
    assert.match(page.body, /<html lang="ja">/);
    const done = await browser.submit(page, { action: 'logout' });
    assert.match(done.body, /<html lang="ja">/);
    assert.equal(done.url, '/u/logged-out?ui_locales=ja+en');
  });

  test('of no language that is there are no fault', async () => {
    const page = await browser.open(`/oidc/logout?${encode({ ui_locales: 'tlh "><script>' })}`);
    assert.equal(page.status, 200);
    assert.doesNotMatch(page.body, /"><script>/);
  });
});

test('S09, F05: all that was issued in a session ends with it, at every application; another session’s lives on', async () => {
  const other = await TestApplication.create(tenant);
  const request = { scope: 'openid offline_access read:things', audience: testAudience };
  const tokens: { part: TestApplication; access_token: string | undefined; refresh_token: string | undefined }[] = [];
  for (const [part, extra] of [
    [app, request],
    [other, request],
    [other, { scope: 'openid offline_access' }],
  ] as const) {
    const { body } = await part.redeem((await part.silently(browser, extra)).get('code'));
    tokens.push({ part, access_token: body['access_token'], refresh_token: body['refresh_token'] });
  }
  const elsewhere = await other.tokens(email, request);
  for (const { part, access_token } of tokens) assert.equal((await part.userinfo(access_token)).status, 200);
  const pending = (await app.silently(browser)).get('code');
  await ask();
  for (const { part, access_token, refresh_token } of tokens) {
    assert.equal((await part.userinfo(access_token)).status, 401);
    assert.equal((await part.refresh(refresh_token)).body['error'], 'invalid_grant');
  }
  assert.equal((await app.redeem(pending)).body['error'], 'invalid_grant', 'a code outlived its session');
  assert.equal((await other.userinfo(elsewhere['access_token'])).status, 200);
  assert.equal((await other.refresh(elsewhere['refresh_token'])).status, 200);
});
