// Tests the journey of a sign-in over HTTP: sessions, cookies, forms that others forge, and steps that nobody skips.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createConnection } from '#domain/connections';
import { changeTenantSettings } from '#domain/tenant-settings';
import { claimsOf, type Fields, formType, TestApplication } from '../testing/application.ts';
import { type Answer, formRequest, TestBrowser } from '../testing/browser.ts';
import { blockTestUser, createTestUser, openTestTenant, type TestTenant, testPassword } from '../testing/tenant.ts';

const email = 'hana@example.com';
const other = 'taro@example.com';
const sessionName = '__Host-warifu_session';
const browserName = '__Host-warifu_browser';
const hour = 3_600_000;
let tenant: TestTenant;
let userId: string;
let spa: TestApplication;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  await createTestUser(tenant, other);
  spa = await TestApplication.create(tenant);
});
after(() => tenant.close());

const newBrowser = (headers: Record<string, string> = {}) => new TestBrowser(tenant, headers);

async function signedIn(address = email): Promise<TestBrowser> {
  const browser = newBrowser();
  await spa.signIn(browser, address);
  return browser;
}

const isSignedIn = async (browser: TestBrowser) => (await spa.silently(browser)).has('code');
const stateOf = (page: Answer) => new URL(page.url, 'https://id.example.com').searchParams.get('state') ?? '';
const send = (
  browser: TestBrowser,
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) =>
  browser.request({
    method: 'POST',
    url,
    headers: { ...formType, ...headers },
    payload: new URLSearchParams(fields).toString(),
  });

/** Shown where a journey can't go on: nothing of it, and nothing that leads anywhere. */
function assertEnded(answer: Answer): void {
  assert.equal(answer.status, 400, answer.url);
  assert.equal(answer.location, undefined);
  assert.equal(answer.headers['set-cookie'], undefined);
}

test('S01: a session cookie that was planted before is worth nothing after the sign-in', async () => {
  const browser = newBrowser();
  browser.cookies.set(sessionName, 'p'.repeat(43));
  await spa.signIn(browser, email);
  const cookie = browser.cookies.get(sessionName);
  assert.notEqual(cookie, 'p'.repeat(43));
  const attacker = newBrowser();
  attacker.cookies.set(sessionName, 'p'.repeat(43));
  assert.equal(await isSignedIn(attacker), false);
});

test('S01: the cookie is new after every sign-in, and the one before has ended', async () => {
  const browser = await signedIn();
  const before = newBrowser();
  before.cookies.set(sessionName, browser.cookies.get(sessionName) as string);
  await spa.signIn(browser, email, { prompt: 'login' });
  assert.ok(await isSignedIn(browser));
  assert.equal(await isSignedIn(before), false);
});

test('S01: a sign-in that another browser began leads nowhere', async () => {
  const attacker = newBrowser();
  const page = await attacker.open(spa.authorizeUrl());
  const victim = await signedIn();
  assertEnded(await victim.open(page.url));
  assertEnded(await newBrowser().open(page.url));
  assertEnded(await victim.open(`/authorize/resume?state=${stateOf(page)}`));
  assertEnded(await send(victim, '/u/login/identifier', { state: stateOf(page), username: other }));
  assert.equal((await attacker.open(page.url)).status, 200);
});

test('S02: every cookie has the prefix, and is for us alone', async () => {
  const browser = newBrowser();
  const first = await browser.request({ method: 'GET', url: spa.authorizeUrl() });
  assert.match(
    String(first.headers['set-cookie']),
    /^__Host-warifu_browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
  const page = await browser.open(first.location?.pathname + (first.location?.search ?? ''));
  assert.equal(page.headers['set-cookie'], undefined);
  const second = await browser.submit(page, { username: email });
  const proved = await browser.request(formRequest(second, { password: testPassword }));
  assert.equal(proved.headers['set-cookie'], undefined);
  const done = await browser.request({
    method: 'GET',
    url: proved.location?.pathname + (proved.location?.search ?? ''),
  });
  assert.match(
    String(done.headers['set-cookie']),
    /^__Host-warifu_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  );
});

test('S03: a session cookie that comes twice counts for nothing, in whichever order', async () => {
  const [mine, planted] = [await signedIn(), await signedIn(other)];
  const pairs = [mine, planted].map((browser) => `${sessionName}=${browser.cookies.get(sessionName)}`);
  for (const cookie of [pairs.join('; '), pairs.toReversed().join('; '), `${pairs[0]}; ${pairs[0]}`]) {
    const { location } = await newBrowser().request({
      method: 'GET',
      url: spa.authorizeUrl({ prompt: 'none' }),
      headers: { cookie },
    });
    assert.equal(location?.searchParams.get('error'), 'login_required');
  }
});

test('S03: cookies of nearly the same name are others', async () => {
  const value = (await signedIn()).cookies.get(sessionName) as string;
  for (const cookie of [
    `warifu_session=${value}`,
    `__host-warifu_session=${value}`,
    `X__Host-warifu_session=${value}`,
    `${sessionName}="${value}"`,
    `${sessionName}=${value}x`,
    `${sessionName}=${value.slice(0, -1)}`,
    `${sessionName} =${value}`,
  ]) {
    const { location } = await newBrowser().request({
      method: 'GET',
      url: spa.authorizeUrl({ prompt: 'none' }),
      headers: { cookie },
    });
    assert.equal(location?.searchParams.get('error'), 'login_required', cookie);
  }
});

test('S04: a form from another site changes nothing', async () => {
  const browser = newBrowser();
  const page = await browser.open(spa.authorizeUrl());
  const state = stateOf(page);
  const fields = { state, username: email, password: testPassword };
  for (const origin of [
    'https://evil.test',
    'null',
    'https://id.example.com.evil.test',
    'http://id.example.com',
    'https://id.example.com:8443',
    'https://app.example.com',
  ]) {
    assertEnded(await send(browser, '/u/login/password', fields, { origin }));
  }
  for (const type of ['text/plain', 'multipart/form-data; boundary=x']) {
    assertEnded(await send(browser, '/u/login/password', fields, { 'content-type': type }));
  }
  assertEnded(await send(browser, '/u/login/password', { username: email, password: testPassword }));
  assertEnded(await send(browser, '/u/login/password', { ...fields, state: 'guess' }));
  assertEnded(await send(newBrowser(), '/u/login/password', fields));
  assertEnded(
    await browser.request({
      method: 'POST',
      url: `/u/login/password?state=${state}`,
      headers: formType,
      payload: `username=${email}&password=${testPassword}`,
    }),
  );
  assert.equal(await isSignedIn(browser), false);
  assert.equal((await send(browser, '/u/login/password', fields, { origin: 'https://id.example.com' })).status, 303);
});

test('S04: a form needs no Origin and no Sec-Fetch header: old browsers send neither', async () => {
  const browser = newBrowser();
  const page = await browser.open(spa.authorizeUrl());
  assert.equal((await send(browser, page.url, { state: stateOf(page), username: email })).status, 303);
});

test('S07: no cookie can be made from what is known of a person or a session', async () => {
  const browser = await signedIn();
  const { body } = await spa.redeem((await spa.silently(browser)).get('code'));
  const sid = JSON.parse(Buffer.from(body['id_token']?.split('.')[1] ?? '', 'base64url').toString()).sid;
  for (const value of [sid, userId.replace('|', '_'), userId.slice(6), 'x', 'null', '0']) {
    const attacker = newBrowser();
    attacker.cookies.set(sessionName, value);
    assert.equal(await isSignedIn(attacker), false, value);
  }
});

test('S08: no session cookie appears in an address or on a page', async () => {
  const browser = await signedIn();
  const page = await browser.open(spa.authorizeUrl({ prompt: 'select_account' }));
  for (const name of [sessionName, browserName]) {
    const value = browser.cookies.get(name) as string;
    assert.equal(value.length, 43);
    assert.equal(page.url.includes(value) || page.body.includes(value), false);
  }
});

test('S11: another person who signs in with the same browser gets a session of their own', async () => {
  const browser = await signedIn();
  const sidOf = async () => {
    const { body } = await spa.redeem((await spa.silently(browser)).get('code'));
    return JSON.parse(Buffer.from(body['id_token']?.split('.')[1] ?? '', 'base64url').toString());
  };
  const before = await sidOf();
  await spa.signIn(browser, other, { prompt: 'login' });
  const after = await sidOf();
  assert.notEqual(after.sid, before.sid);
  assert.notEqual(after.sub, before.sub);
});

test('a session ends when it is not used, and at the latest after its absolute lifetime', async () => {
  await changeTenantSettings(tenant.ctx, { idle_session_lifetime: 2, session_lifetime: 5 });
  const idle = await signedIn();
  tenant.pass(2 * hour - 1);
  assert.ok(await isSignedIn(idle));
  tenant.pass(2 * hour);
  assert.equal(await isSignedIn(idle), false);
  const busy = await signedIn();
  for (let n = 0; n < 4; n += 1) {
    tenant.pass(hour);
    assert.ok(await isSignedIn(busy));
  }
  tenant.pass(hour);
  assert.equal(await isSignedIn(busy), false);
  await changeTenantSettings(tenant.ctx, { idle_session_lifetime: 72, session_lifetime: 168 });
});

test('a session that is used more often than its idle lifetime does not end', async () => {
  await changeTenantSettings(tenant.ctx, { idle_session_lifetime: 0.05, session_lifetime: 5 });
  const browser = await signedIn();
  for (let n = 0; n < 10; n += 1) {
    tenant.pass(50_000);
    const params = await spa.silently(browser);
    assert.equal((await spa.redeem(params.get('code'))).status, 200, `visit ${n}`);
  }
  await changeTenantSettings(tenant.ctx, { idle_session_lifetime: 72, session_lifetime: 168 });
});

test('S15: no step is skipped: whatever is asked for first, the journey shows where it stands', async () => {
  const browser = newBrowser();
  const page = await browser.open(spa.authorizeUrl({ prompt: 'consent' }));
  const state = stateOf(page);
  for (const path of [
    '/u/consent',
    '/u/select-account',
    '/authorize/resume',
    '/u/login/password',
    '/u/signup/password',
  ]) {
    const shown = await browser.open(`${path}?state=${state}`);
    assert.match(shown.url, /^\/u\/(login|signup)\/identifier\?/, path);
    assert.doesNotMatch(shown.body, /code=/);
  }
  for (const [path, fields] of Object.entries({
    '/u/consent': { action: 'accept' },
    '/u/select-account': { action: 'default', account: userId },
    '/u/login/password': {},
    '/u/signup/password': { email: '', password: '' },
    '/authorize/resume': {},
  })) {
    const answer = await send(browser, path, { state, ...fields } as Record<string, string>);
    assert.ok([303, 400, 404].includes(answer.status), path);
    assert.doesNotMatch(String(answer.location), /code=/);
  }
  const done = await browser.open(`/authorize/resume?state=${state}`);
  assert.match(done.url, /^\/u\//);
  assert.equal(await isSignedIn(browser), false);
});

test('S15: nothing that a form adds is taken for a proof', async () => {
  const browser = newBrowser();
  const page = await browser.open(spa.authorizeUrl());
  const hostile = {
    state: stateOf(page),
    username: email,
    proof: `{"user_id":"${userId}"}`,
    user_id: userId,
    'proof[user_id]': userId,
    authenticated_at: '9',
    consented_by: userId,
    account: userId,
    mode: 'x',
    identifier: email,
  };
  for (const path of ['/u/login/identifier', '/u/login/password', '/u/signup/identifier'])
    await send(browser, path, hostile);
  assert.match((await browser.open(`/authorize/resume?state=${stateOf(page)}`)).url, /^\/u\/login\//);
});

test('S15: after the password the earlier screens change nothing any more', async () => {
  const browser = newBrowser();
  const page = await browser.open(spa.authorizeUrl({ prompt: 'consent' }));
  const consent = await browser.submit(await browser.submit(page, { username: email }), { password: testPassword });
  assert.match(consent.url, /^\/u\/consent\?/);
  const back = await send(browser, '/u/login/password', {
    state: stateOf(page),
    username: other,
    password: testPassword,
  });
  assert.match(String(back.location), /\/u\/consent\?/);
  assert.ok((await browser.open(consent.url)).body.includes(email));
});

test('a journey that is left lying ends after an hour', async () => {
  const browser = newBrowser();
  const page = await browser.open(spa.authorizeUrl());
  tenant.pass(hour - 1);
  assert.equal((await browser.open(page.url)).status, 200);
  tenant.pass(1);
  assertEnded(await browser.open(page.url));
  assertEnded(await browser.submit(page, { username: email }));
});

test('two forms of one sign-in at once give one code', async () => {
  const browser = newBrowser();
  const page = await browser.open(spa.authorizeUrl());
  const second = await browser.submit(page, { username: email });
  const proved = await browser.request(formRequest(second, { password: testPassword }));
  const url = proved.location?.pathname + (proved.location?.search ?? '');
  const answers = await Promise.all(Array.from({ length: 5 }, () => browser.request({ method: 'GET', url })));
  assert.equal(answers.filter(({ location }) => location?.searchParams.has('code')).length, 1);
  assert.equal(answers.filter(({ status }) => status === 400).length, 4);
});

test('prompt=login asks for the password although there is a session, and then tells a fresh time', async () => {
  const browser = await signedIn();
  const timeOf = async (params: URLSearchParams) =>
    JSON.parse(
      Buffer.from((await spa.redeem(params.get('code'))).body['id_token']?.split('.')[1] ?? '', 'base64url').toString(),
    ).auth_time;
  const before = await timeOf(await spa.silently(browser));
  tenant.pass(10_000);
  const after = await timeOf(await spa.signIn(browser, email, { prompt: 'login' }));
  assert.equal(after, before + 10);
});

test('C16: max_age asks for the password once the session is older', async () => {
  const browser = await signedIn();
  tenant.pass(60_000);
  assert.match((await browser.open(spa.authorizeUrl({ max_age: '60' }))).url, /^\/u\/login\/identifier/);
  assert.equal((await browser.open(spa.authorizeUrl({ max_age: '61' }))).status, 302);
});

test('prompt=select_account asks as whom to go on, and is answered by a form', async () => {
  const browser = await signedIn();
  const page = await browser.open(spa.authorizeUrl({ prompt: 'select_account' }));
  assert.match(page.url, /^\/u\/select-account\?/);
  assert.ok(page.body.includes(email));
  const stays = await browser.submit(page, {});
  assert.ok(stays.location?.searchParams.has('code'));
  const again = await browser.open(spa.authorizeUrl({ prompt: 'select_account' }));
  const login = await browser.submit(again, { action: 'other' });
  assert.match(login.url, /^\/u\/login\/identifier\?/);
  const done = await browser.submit(await browser.submit(login, { username: other }), { password: testPassword });
  assert.ok(done.location?.searchParams.has('code'));
});

test('prompt=select_account without a session is a sign-in', async () => {
  assert.match(
    (await newBrowser().open(spa.authorizeUrl({ prompt: 'select_account' }))).url,
    /^\/u\/login\/identifier\?/,
  );
});

test('an application of our own asks for consent only with prompt=consent', async () => {
  const browser = await signedIn();
  const page = await browser.open(spa.authorizeUrl({ prompt: 'consent' }));
  assert.match(page.url, /^\/u\/consent\?/);
  const done = await browser.submit(page, { action: 'accept' });
  assert.ok(done.location?.searchParams.has('code'));
});

async function thirdParty(): Promise<TestApplication> {
  return TestApplication.create(tenant, { is_first_party: false, name: 'Third "party" <b>' });
}

test('a third-party application asks once, and again for more', async () => {
  const app = await thirdParty();
  const browser = await signedIn();
  const open = (scope: string) => browser.open(app.authorizeUrl({ scope }));
  const page = await open('openid profile');
  assert.match(page.url, /^\/u\/consent\?/);
  assert.match(page.body, /Third &quot;party&quot; &lt;b&gt;/);
  assert.doesNotMatch(page.body, /<b>/);
  assert.ok((await browser.submit(page, { action: 'accept' })).location?.searchParams.has('code'));
  assert.ok((await open('openid profile')).location?.searchParams.has('code'));
  assert.ok((await open('openid')).location?.searchParams.has('code'));
  assert.match((await open('openid email')).url, /^\/u\/consent\?/);
});

test('C15: a third-party application gets consent_required with prompt=none, until a person consented', async () => {
  const app = await thirdParty();
  const browser = await signedIn();
  assert.equal((await app.silently(browser)).get('error'), 'consent_required');
  await browser.submit(await browser.open(app.authorizeUrl()), { action: 'accept' });
  assert.ok((await app.silently(browser)).has('code'));
});

test('a third-party application that asks for no scope is asked about all the same', async () => {
  const app = await thirdParty();
  const browser = await signedIn();
  assert.equal((await app.silently(browser, { scope: undefined })).get('error'), 'consent_required');
  const page = await browser.open(app.authorizeUrl({ scope: undefined }));
  assert.match(page.url, /^\/u\/consent\?/);
  await browser.submit(page, { action: 'accept' });
  assert.ok((await app.silently(browser, { scope: undefined })).has('code'));
  assert.equal((await app.silently(browser)).get('error'), 'consent_required');
});

test('what one person allowed is nothing that another allowed', async () => {
  const app = await thirdParty();
  const browser = await signedIn();
  await browser.submit(await browser.open(app.authorizeUrl()), { action: 'accept' });
  assert.equal((await app.silently(await signedIn(other))).get('error'), 'consent_required');
  assert.equal((await (await thirdParty()).silently(browser)).get('error'), 'consent_required');
});

test('a person who says no sends access_denied back, and is asked again another time', async () => {
  const app = await thirdParty();
  const browser = await signedIn();
  for (const action of ['deny', 'default', '']) {
    const { location } = await browser.submit(await browser.open(app.authorizeUrl()), { action });
    assert.equal(location?.searchParams.get('error'), 'access_denied');
    assert.equal(location?.searchParams.get('state'), 'the-state');
    assert.equal(location?.searchParams.has('code'), false);
  }
  assert.match((await browser.open(app.authorizeUrl())).url, /^\/u\/consent\?/);
});

test('T12: a person who is blocked is refused at every door, with the right password too', async () => {
  const browser = await signedIn();
  await blockTestUser(tenant, userId);
  assert.equal((await spa.silently(browser)).get('error'), 'unauthorized');
  const newcomer = newBrowser();
  const params = await spa.signIn(newcomer, email);
  assert.equal(params.get('error'), 'unauthorized');
  assert.equal(params.has('code'), false);
  assert.equal(newcomer.cookies.has(sessionName), false);
  await blockTestUser(tenant, userId, false);
  assert.ok(await isSignedIn(browser));
});

/** What a page says, without what differs from one page to the next in any case. */
function gist(page: Answer, ...typed: string[]): string {
  let text = page.body.replaceAll(stateOf(page), 'STATE').replaceAll(/nonce="[^"]+"/g, 'nonce');
  for (const address of typed) text = text.replaceAll(address, 'ADDRESS');
  return text;
}

test('P06: an unknown address, a wrong password and a blocked person look the same', async () => {
  const { user_id } = await createTestUser(tenant, 'blocked@example.com');
  await blockTestUser(tenant, user_id);
  const pages: string[] = [];
  for (const address of [email, 'unknown@example.com', 'blocked@example.com', 'no address']) {
    const browser = newBrowser();
    const second = await browser.submit(await browser.open(spa.authorizeUrl()), { username: address });
    const refused = await browser.submit(second, { password: 'wrong-Password-1' });
    assert.equal(second.status, 200);
    assert.equal(refused.status, 400);
    pages.push(gist(second, address), gist(refused, address));
  }
  assert.equal(new Set(pages).size, 2);
});

test('P13: an overlong password is refused, at sign-in as at sign-up', async () => {
  for (const password of ['x'.repeat(1025), 'あ'.repeat(342), 'x'.repeat(50_000)]) {
    const browser = newBrowser();
    const second = await browser.submit(await browser.open(spa.authorizeUrl()), { username: email });
    assert.equal((await browser.submit(second, { password })).status, 400);
    const signup = await browser.submit(await browser.open(spa.authorizeUrl({ screen_hint: 'signup' })), {
      email: 'long@example.com',
    });
    assert.equal((await browser.submit(signup, { password })).status, 400);
    assert.equal(await isSignedIn(browser), false);
  }
});

async function signUp(address: string, extra: Fields = {}): Promise<Answer> {
  const browser = newBrowser();
  const page = await browser.submit(await browser.open(spa.authorizeUrl({ screen_hint: 'signup', ...extra })), {
    email: address,
  });
  return page.url.startsWith('/u/signup/password') ? browser.submit(page, { password: testPassword }) : page;
}

test('P16: no second account is made of another spelling of an address', async () => {
  assert.ok((await signUp('Yuki@Example.com')).location?.searchParams.has('code'));
  for (const spelling of ['yuki@example.com', 'YUKI@EXAMPLE.COM', ' yuki@example.com ', 'yuki@EXAMPLE.com']) {
    assert.equal((await signUp(spelling)).status, 400, spelling);
  }
  assert.equal((await signUp('\uff59uki@example.com')).status, 400);
  await spa.signIn(newBrowser(), 'yUkI@example.COM');
});

test('two sign-ups of one address at once make one account', async () => {
  const browsers = Array.from({ length: 4 }, () => newBrowser());
  const pages = await Promise.all(
    browsers.map(async (browser) =>
      browser.submit(await browser.open(spa.authorizeUrl({ screen_hint: 'signup' })), { email: 'race@example.com' }),
    ),
  );
  const answers = await Promise.all(
    browsers.map((browser, n) => browser.submit(pages[n] as Answer, { password: testPassword })),
  );
  assert.equal(answers.filter(({ location }) => location?.searchParams.has('code')).length, 1);
  assert.equal(answers.filter(({ status }) => status === 400).length, 3);
});

test('P19: where sign-up is closed, no form opens it', async () => {
  const options = { passwordPolicy: 'good', disable_signup: true } as const;
  await createConnection(tenant.ctx, { name: 'Closed', enabled_clients: [spa.client.client_id], options });
  assert.equal((await signUp('new@example.com', { connection: 'Closed' })).status, 400);
  const browser = newBrowser();
  const page = await browser.open(spa.authorizeUrl({ connection: 'Closed' }));
  const answer = await send(browser, '/u/signup/password', {
    state: stateOf(page),
    email: 'new@example.com',
    password: testPassword,
  });
  assert.doesNotMatch(String(answer.location), /resume/);
  const second = await browser.submit(await browser.open(page.url), { username: 'new@example.com' });
  assert.equal((await browser.submit(second, { password: testPassword })).status, 400);
});

test('I01: what a person types stands escaped on the page', async () => {
  const hostile = '"><svg onload=alert(1)>';
  const browser = newBrowser();
  const second = await browser.submit(await browser.open(spa.authorizeUrl()), { username: hostile });
  const refused = await browser.submit(second, { password: hostile });
  for (const page of [second, refused]) assert.doesNotMatch(page.body, /<svg onload/);
  assert.match(second.body, /&lt;svg onload/);
  assert.equal(refused.body.includes('alert(1)&gt;" autocomplete="current-password'), false);
});

test('R17, R18: no page of the journey loads anything of another host, or tells it where it was', async () => {
  const browser = newBrowser();
  const first = await browser.open(spa.authorizeUrl());
  const second = await browser.submit(first, { username: email });
  for (const page of [first, second]) {
    assert.equal(page.headers['referrer-policy'], 'same-origin');
    for (const [, address = ''] of page.body.matchAll(/(?:src|href|action)="([^"]*)"/g)) assert.match(address, /^[/?]/);
  }
});

test('D14: whatever is posted to a page, the answer is never a fault of ours', async () => {
  const names = fc.oneof(fc.constantFrom('username', 'email', 'password', 'action', 'state', '__proto__'), fc.string());
  const fields = fc.dictionary(
    names,
    fc.string({ unit: 'binary', maxLength: 50 }).filter((text) => text.isWellFormed()),
  );
  const paths = fc.constantFrom(
    '/u/login/identifier',
    '/u/login/password',
    '/u/signup/identifier',
    '/u/signup/password',
    '/u/consent',
    '/u/select-account',
    '/u/logout',
  );
  const browser = newBrowser();
  const page = await browser.open(spa.authorizeUrl());
  await fc.assert(
    fc.asyncProperty(paths, fields, fc.string(), async (path, extra, language) => {
      const url = `${path}?ui_locales=${encodeURIComponent(language)}`;
      const answer = await send(browser, url, { state: stateOf(page), ...extra });
      assert.ok(answer.status < 500, `${answer.status} ${url} ${JSON.stringify(extra)}`);
      assert.doesNotMatch(String(answer.location), /code=/);
    }),
    { numRuns: 150 },
  );
});

describe('a session that begins in another tab while a form is filled in', () => {
  /** Two tabs of one browser stand at the first screen; the first of them signs its person in. */
  async function overtaken() {
    const browser = newBrowser();
    const waiting = await browser.open(spa.authorizeUrl());
    await spa.signIn(browser, email);
    return { browser, waiting };
  }

  test('never lets the other tab in as somebody else than it typed, wrong password or right', async () => {
    const { browser, waiting } = await overtaken();
    const asked = await browser.submit(waiting, { username: other });
    assert.match(asked.url, /^\/u\/login\/password\?/);
    const wrong = await browser.submit(asked, { password: 'wrong' });
    assert.equal(wrong.status, 400);
    const { location } = await browser.submit(asked, { password: testPassword });
    const { status, body } = await spa.redeem(location?.searchParams.get('code') ?? null);
    assert.equal(status, 200);
    assert.notEqual(claimsOf(body['id_token'])['sub'], userId);
  });

  test('serves the same person without a second password', async () => {
    const { browser, waiting } = await overtaken();
    const { location } = await browser.submit(waiting, { username: email.toUpperCase() });
    const { body } = await spa.redeem(location?.searchParams.get('code') ?? null);
    assert.equal(claimsOf(body['id_token'])['sub'], userId);
  });

  test('does not stand in the way of making another account', async () => {
    const browser = newBrowser();
    const waiting = await browser.open(spa.authorizeUrl({ screen_hint: 'signup' }));
    await spa.signIn(browser, email);
    assert.match((await browser.submit(waiting, { email: 'new@example.com' })).url, /^\/u\/signup\/password\?/);
  });
});
