// Tests how applications watch a session from a frame (OpenID Connect Session Management 1.0).
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { sha256 } from '#crypto/digest';
import { changeTenantSettings } from '#domain/tenant-settings';
import { TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { createTestUser, openTestTenant, type TestTenant } from '../testing/tenant.ts';

const email = 'hana@example.com';
const origin = 'https://app.example.com';
const cookieName = '__Host-warifu_session_state';
let tenant: TestTenant;
let spa: TestApplication;
let browser: TestBrowser;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  await createTestUser(tenant, 'taro@example.com');
  spa = await TestApplication.create(tenant, { callbacks: [`${origin}/callback`, 'com.example.app:/callback'] });
});
after(() => tenant.close());
beforeEach(async () => {
  browser = new TestBrowser(tenant);
  await changeTenantSettings(tenant.ctx, { session_management: true });
});

const get = (url: string) => browser.request({ method: 'GET', url });
const metadata = async () => JSON.parse((await get('/.well-known/openid-configuration')).body);

/** What the page's own script says, in a browser that has the cookies of this one. */
async function ask(data: unknown, from = origin): Promise<unknown> {
  const { body } = await get('/session/check');
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const listeners: ((event: unknown) => void)[] = [];
  const source = { postMessage: (answer: unknown, target: string) => resolve([answer, target]) };
  const cookie = browser.cookies.get(cookieName);
  const document = {
    body: { dataset: { cookie: /data-cookie="([^"]+)"/.exec(body)?.[1] } },
    cookie: ['other=1', ...(cookie === undefined ? [] : [`${cookieName}=${cookie}`])].join('; '),
  };
  const addEventListener = (_type: string, listener: (event: unknown) => void) => listeners.push(listener);
  const globals = createContext({ document, addEventListener, crypto, TextEncoder, btoa });
  runInContext(/<script nonce="[^"]+">([\s\S]+)<\/script>/.exec(body)?.[1] ?? '', globals);
  for (const listener of listeners) listener({ data, origin: from, source });
  return promise;
}

test('is off unless the tenant switches it on: no metadata, no page, no parameter, no cookie', async () => {
  await changeTenantSettings(tenant.ctx, { session_management: false });
  assert.equal((await metadata()).check_session_iframe, undefined);
  assert.equal((await get('/session/check')).status, 404);
  assert.equal((await spa.signIn(browser, email)).has('session_state'), false);
  assert.equal(browser.cookies.has(cookieName), false);
});

test('discovery tells the page, which any site may frame, and nobody may keep', async () => {
  assert.equal((await metadata()).check_session_iframe, 'https://id.example.com/session/check');
  const { headers, status } = await get('/session/check');
  assert.equal(status, 200);
  assert.match(String(headers['content-security-policy']), /default-src 'none'.* frame-ancestors \*/);
  assert.equal(headers['x-frame-options'], undefined);
  assert.equal(headers['cache-control'], 'no-store');
});

test('every response carries a session_state of its own, which the frame finds unchanged', async () => {
  const first = (await spa.signIn(browser, email)).get('session_state');
  const second = (await spa.silently(browser)).get('session_state');
  assert.notEqual(first, second);
  for (const state of [first, second]) {
    assert.match(state ?? '', /^[\w-]{43}\.[\w-]+$/);
    assert.deepEqual(await ask(`${spa.client.client_id} ${state}`), ['unchanged', origin]);
  }
});

test('S02: the cookie can be read by the frame on other sites, and is worth nothing as a session', async () => {
  await spa.signIn(browser, email);
  const state = browser.cookies.get(cookieName) ?? '';
  const secret = browser.cookies.get('__Host-warifu_session') ?? '';
  const { headers } = await get(spa.authorizeUrl({ prompt: 'none' }));
  assert.match(
    String(headers['set-cookie']),
    new RegExp(`^${cookieName}=${state}; Max-Age=\\d+; Path=/; SameSite=None; Secure$`),
  );
  assert.ok(![secret, sha256(secret)].includes(state));
  const thief = new TestBrowser(tenant);
  thief.cookies.set('__Host-warifu_session', state);
  assert.equal((await spa.silently(thief)).get('error'), 'login_required');
});

test('changed: after a log-out, a new sign-in, or one of another person', async () => {
  const stateOf = (parameters: URLSearchParams) => `${spa.client.client_id} ${parameters.get('session_state')}`;
  const first = stateOf(await spa.signIn(browser, email));
  const again = stateOf(await spa.signIn(browser, email, { prompt: 'login' }));
  assert.deepEqual(await ask(first), ['changed', origin]);
  assert.deepEqual(await ask(again), ['unchanged', origin]);
  const others = stateOf(await spa.signIn(browser, 'taro@example.com', { prompt: 'login' }));
  assert.deepEqual(await ask(again), ['changed', origin]);
  await browser.open('/v2/logout');
  assert.equal(browser.cookies.has(cookieName), false);
  assert.deepEqual(await ask(others), ['changed', origin]);
});

test('S12: another origin, and another application, learn nothing from a state that isn’t theirs', async () => {
  const state = (await spa.signIn(browser, email)).get('session_state');
  assert.deepEqual(await ask(`${spa.client.client_id} ${state}`, 'https://evil.test'), [
    'changed',
    'https://evil.test',
  ]);
  assert.deepEqual(await ask(`another ${state}`), ['changed', origin]);
});

test('S12: what is no question is an error, and computes nothing', async () => {
  const state = (await spa.signIn(browser, email)).get('session_state');
  for (const data of [
    '',
    'x',
    `${spa.client.client_id}`,
    `a b ${state}`,
    `a ${state} `,
    ` ${state}`,
    1,
    null,
    { a: 1 },
    `${'a'.repeat(201)} ${state}`,
  ]) {
    assert.deepEqual(await ask(data), ['error', origin], JSON.stringify(data));
  }
});

test('an application without an origin gets no session_state', async () => {
  const redirect_uri = 'com.example.app:/callback';
  await spa.signIn(browser, email);
  const { location } = await get(spa.authorizeUrl({ prompt: 'none', redirect_uri }));
  assert.ok(location?.searchParams.has('code'));
  assert.equal(location?.searchParams.has('session_state'), false);
});

test('a refusal carries none', async () => {
  assert.equal((await spa.silently(browser)).has('session_state'), false);
});
