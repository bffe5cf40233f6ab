// Tests the log-outs that happen in the browser: frames of the applications' pages (OpenID Connect Front-Channel Logout 1.0).
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { changeClient, type NewClient } from '#domain/clients';
import { TestApplication } from '../testing/application.ts';
import { type Answer, TestBrowser } from '../testing/browser.ts';
import { createTestUser, openTestTenant, type TestTenant, testCallback } from '../testing/tenant.ts';

const email = 'hana@example.com';
const home = 'https://app.example.com/';
let tenant: TestTenant;
let spa: TestApplication;
let framed: TestApplication;
let informed: TestApplication;
let browser: TestBrowser;

const callbacks = (origin: string) => [testCallback, `${origin}/callback`];
const withFrame = (origin: string, settings: Partial<NewClient> = {}) =>
  TestApplication.create(tenant, {
    callbacks: callbacks(origin),
    frontchannel_logout_uri: `${origin}/logout?app=1&lang=en`,
    ...settings,
  });

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  spa = await TestApplication.create(tenant);
  framed = await withFrame('https://one.example.com');
  informed = await withFrame('https://two.example.com:8443', { frontchannel_logout_session_required: true });
});
after(() => tenant.close());
beforeEach(() => {
  browser = new TestBrowser(tenant);
});

const frames = ({ body }: Answer) =>
  [...body.matchAll(/<iframe src="([^"]*)"/g)].map(([, address = '']) => address.replaceAll('&amp;', '&'));
const policy = ({ headers }: Answer) => String(headers['content-security-policy']);

async function take(part: readonly TestApplication[]): Promise<{ idToken: string; sid: string }> {
  let idToken = '';
  for (const app of part) {
    const silent = await app.silently(browser);
    const { body } = await app.redeem(silent.get('code') ?? (await app.signIn(browser, email)).get('code'));
    idToken = body['id_token'] ?? '';
    // They are framed in the order in which they came.
    tenant.pass(1);
  }
  const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString());
  return { idToken, sid: claims.sid };
}

const returning = () => `/v2/logout?${new URLSearchParams({ client_id: spa.client.client_id, returnTo: home })}`;

test('every application of the session with such an address is framed once, with the session where it wants that', async () => {
  const { sid } = await take([spa, framed, informed, framed]);
  const page = await browser.open('/v2/logout');
  assert.equal(page.status, 200);
  const query = new URLSearchParams({ iss: 'https://id.example.com/', sid });
  assert.deepEqual(frames(page), [
    'https://one.example.com/logout?app=1&lang=en',
    `https://two.example.com:8443/logout?app=1&lang=en&${query}`,
  ]);
});

test('X09: the page may frame exactly these origins, and each frame can do nothing to it', async () => {
  await take([framed, informed]);
  const page = await browser.open('/v2/logout');
  assert.match(policy(page), /; frame-src https:\/\/one\.example\.com https:\/\/two\.example\.com:8443; /);
  assert.match(policy(page), /frame-ancestors 'none'/);
  for (const [tag] of page.body.matchAll(/<iframe[^>]*>/g)) {
    assert.match(tag, / sandbox="allow-scripts allow-same-origin" referrerpolicy="no-referrer" hidden>$/);
  }
  assert.doesNotMatch(policy(await browser.open('/u/logged-out')), /frame-src/);
});

test('the page goes on to where the log-out leads, with scripts and without', async () => {
  await take([spa, framed]);
  const page = await browser.open(returning());
  assert.match(page.url, /^\/u\/logged-out\?state=/);
  assert.match(page.body, new RegExp(`<a [^>]*id="go-on" href="${home}"`));
  assert.match(page.body, new RegExp(`<noscript><meta http-equiv="refresh" content="4;url=${home}"></noscript>`));
  assert.match(page.body, /<script type="module" src="\/u\/assets\/leave\.[0-9a-f]+\.js" nonce="[^"]+"><\/script>/);
  assert.equal((await spa.silently(browser)).get('error'), 'login_required');
});

test('a log-out without an address to go on to ends on the page', async () => {
  await take([framed]);
  const { body } = await browser.open('/v2/logout');
  assert.doesNotMatch(body, /go-on|refresh|leave\./);
});

test('/oidc/logout leads over the page too, at once with a proof and after the question without', async () => {
  const request = (idToken?: string) => {
    const hint = idToken === undefined ? { client_id: spa.client.client_id } : { id_token_hint: idToken };
    return `/oidc/logout?${new URLSearchParams({ ...hint, post_logout_redirect_uri: home, state: 's&1' })}`;
  };
  const { idToken } = await take([framed, spa]);
  const proved = await browser.open(request(idToken));
  browser = new TestBrowser(tenant);
  await take([framed, spa]);
  const asked = await browser.submit(await browser.open(request()), { action: 'logout' });
  for (const page of [proved, asked]) {
    assert.match(page.url, /^\/u\/logged-out\?state=/);
    assert.equal(frames(page).length, 1);
    assert.ok(page.body.includes(`href="${home}?state=s%261"`), page.body);
  }
});

test('a session without such applications leads back directly', async () => {
  await take([spa]);
  assert.equal((await browser.open(returning())).location?.href, home);
  assert.equal((await browser.open(returning())).location?.href, home, 'without a session');
});

test('S04: the page tells its frames to the browser that was logged out, and to nobody else', async () => {
  await take([spa, framed]);
  const page = await browser.open(returning());
  const elsewhere = await new TestBrowser(tenant).open(page.url);
  assert.equal(elsewhere.status, 200);
  assert.deepEqual(frames(elsewhere), []);
  assert.doesNotMatch(elsewhere.body, /app\.example\.com/);
  assert.deepEqual(frames(await browser.open(page.url)), frames(page), 'reloaded');
  tenant.pass(2 * 60 * 60 * 1000);
  assert.deepEqual(frames(await browser.open(page.url)), []);
  assert.deepEqual(frames(await browser.open('/u/logged-out?state=x')), []);
});

test('what an application no longer registers is not framed', async () => {
  const app = await withFrame('https://three.example.com');
  await take([app, framed]);
  const page = await browser.open('/v2/logout');
  assert.equal(frames(page).length, 2);
  await changeClient(tenant.ctx, app.client.client_id, { frontchannel_logout_uri: 'https://app.example.com/moved' });
  assert.deepEqual(frames(await browser.open(page.url)), [
    'https://app.example.com/moved',
    'https://one.example.com/logout?app=1&lang=en',
  ]);
});

test('the page is in the language that the application wished for, and offers the others', async () => {
  await take([spa, framed]);
  const page = await browser.open(`${returning()}&ui_locales=ja`);
  assert.match(page.body, /<html lang="ja">/);
  assert.match(page.body, /href="\/u\/logged-out\?state=[\w-]+&amp;ui_locales=en"/);
});
