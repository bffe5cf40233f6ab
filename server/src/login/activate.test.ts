// X01, X02, X03, S04, S15: tests the page where a device's code is typed, and the decision that follows, over HTTP.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import fc from 'fast-check';
import { changeTenantSettings } from '#domain/tenant-settings';
import { TestApplication } from '../testing/application.ts';
import { type Answer, formRequest, TestBrowser } from '../testing/browser.ts';
import {
  approveDevice,
  beginDevice,
  deviceGrant,
  openApproval,
  pollDevice,
  sendForm,
  signInTo,
} from '../testing/polling.ts';
import {
  blockTestUser,
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
  testPassword,
} from '../testing/tenant.ts';

const hana = 'hana@example.com';
const taro = 'taro@example.com';
const tenMinutes = 10 * 60 * 1000;
let tenant: TestTenant;
let tv: TestApplication;
let hanaId: string;
let taroId: string;

before(async () => {
  tenant = await openTestTenant();
  hanaId = (await createTestUser(tenant, hana)).user_id;
  taroId = (await createTestUser(tenant, taro)).user_id;
  await createTestApi(tenant);
  tv = await TestApplication.create(tenant, { name: 'Living room TV', app_type: 'native', grant_types: [deviceGrant] });
});
after(() => tenant.close());
// Wrong codes of one test are none of the next.
afterEach(() => tenant.pass(tenMinutes));

const type = async (browser: TestBrowser, code: string | undefined) =>
  browser.submit(await browser.open('/activate'), { user_code: code ?? '' });

async function assertPending(code: string | undefined): Promise<void> {
  const { status, body } = await pollDevice(tv, code);
  assert.deepEqual([status, body['error']], [403, 'authorization_pending']);
}

test('the code is typed in any case, with or without the dash', async () => {
  for (const written of [(code: string) => code, (code: string) => code.toLowerCase().replace('-', ' ')]) {
    const { device_code, user_code = '' } = await beginDevice(tenant, tv);
    await approveDevice(tenant, written(user_code), hana);
    assert.equal((await pollDevice(tv, device_code)).status, 200);
  }
});

test('who is signed in is asked for the decision at once, and by their name', async () => {
  const browser = new TestBrowser(tenant);
  await (await TestApplication.create(tenant)).signIn(browser, hana);
  const { user_code } = await beginDevice(tenant, tv);
  const page = await type(browser, user_code);
  assert.match(page.url, /^\/u\/approve\?state=/);
  assert.ok(page.body.includes(hana));
});

test('X02: the page shows the application, the code, the scopes, and where the request came from', async () => {
  const userAgent = 'Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36';
  const asked = { scope: 'openid email read:things', audience: testAudience };
  const { user_code } = await beginDevice(tenant, tv, asked, { 'user-agent': userAgent });
  const { body } = await openApproval(new TestBrowser(tenant), user_code, hana);
  for (const text of [
    'Living room TV',
    user_code ?? '',
    'See your email address',
    'Read your things',
    'A TV',
    '127.0.0.1',
    hana,
  ]) {
    assert.ok(body.includes(text), text);
  }
});

test('X02: a code in the address fills in the form and allows nothing, however often it is opened', async () => {
  const browser = new TestBrowser(tenant);
  await (await TestApplication.create(tenant)).signIn(browser, hana);
  const { device_code, user_code, verification_uri_complete = '' } = await beginDevice(tenant, tv);
  const { pathname, search } = new URL(verification_uri_complete);
  for (let n = 0; n < 20; n += 1) {
    const page = await browser.open(pathname + search);
    assert.equal(page.url, pathname + search);
    assert.ok(page.body.includes(`value="${user_code}"`));
  }
  const page = await browser.submit(await browser.open(pathname + search), { user_code: user_code ?? '' });
  assert.match(page.url, /^\/u\/approve\?/);
  await assertPending(device_code);
});

test('what stands in the address is shown as text and cut', async () => {
  const hostile = `"><svg onload=alert(1)>${'x'.repeat(500)}`;
  const { body, status } = await new TestBrowser(tenant).open(`/activate?user_code=${encodeURIComponent(hostile)}`);
  assert.equal(status, 200);
  assert.ok(!body.includes('<svg onload'));
  assert.ok(!body.includes('x'.repeat(50)));
});

test('wrong codes, used codes, expired codes and no code at all say so', async () => {
  const browser = new TestBrowser(tenant);
  const used = await beginDevice(tenant, tv);
  await approveDevice(tenant, used['user_code'], hana);
  const expired = await beginDevice(tenant, tv);
  tenant.pass(900_000);
  for (const code of ['BBBB-BBBB', 'no code', used['user_code'], expired['user_code']]) {
    const page = await type(browser, code);
    assert.equal(page.status, 400);
    assert.match(page.body, /This code is wrong or has expired/);
  }
  const page = await type(browser, '');
  assert.equal(page.status, 400);
  assert.match(page.body, /Enter the code/);
});

test('X01: after ten wrong codes from one address the right one is not taken either, until ten minutes have passed', async () => {
  const { user_code } = await beginDevice(tenant, tv);
  for (let n = 0; n < 10; n += 1) assert.equal((await type(new TestBrowser(tenant), 'BBBB-BBBB')).status, 400);
  for (const code of ['BBBB-BBBB', user_code]) {
    const page = await type(new TestBrowser(tenant), code);
    assert.equal(page.status, 429);
    assert.match(page.body, /Too many wrong codes/);
  }
  assert.ok(tenant.events.some((event) => event.type === 'fdeac' && event.description === 'too-many'));
  tenant.pass(tenMinutes);
  assert.match((await type(new TestBrowser(tenant), user_code)).url, /^\/u\/login\//);
});

test('X01: right codes are not counted: a workshop may connect a hundred devices', async () => {
  for (let n = 0; n < 30; n += 1) {
    const { user_code } = await beginDevice(tenant, tv);
    assert.match((await type(new TestBrowser(tenant), user_code)).url, /^\/u\/login\//);
  }
});

/** Types a code from somewhere else. */
async function typeFrom(remoteAddress: string, code: string): Promise<number> {
  const response = await tenant.app.inject({
    method: 'POST',
    url: '/activate',
    remoteAddress,
    headers: { host: 'id.example.com', 'content-type': 'application/x-www-form-urlencoded' },
    payload: `user_code=${code}`,
  });
  return response.statusCode;
}

test('X01: a thousand guesses from everywhere come to an end, and so do those from one IPv6 network', async () => {
  const answers: Record<number, number> = {};
  for (let n = 0; n < 1000; n += 1) {
    const status = await typeFrom(`10.0.${n >> 8}.${n & 255}`, 'BBBB-BBBB');
    answers[status] = (answers[status] ?? 0) + 1;
  }
  assert.deepEqual(answers, { 400: 500, 429: 500 });
  tenant.pass(tenMinutes);
  const network = await Promise.all(Array.from({ length: 30 }, (_, n) => typeFrom(`2001:db8::${n}`, 'BBBB-BBBB')));
  assert.equal(network.filter((status) => status === 429).length, 20);
});

test('X01: a code that is opened again and again without a decision dies', async () => {
  const { user_code } = await beginDevice(tenant, tv);
  for (let n = 0; n < 10; n += 1) assert.match((await type(new TestBrowser(tenant), user_code)).url, /^\/u\/login\//);
  assert.equal((await type(new TestBrowser(tenant), user_code)).status, 400);
});

test('X03: of two who have the code the first decision stands', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const [first, second] = [new TestBrowser(tenant), new TestBrowser(tenant)];
  const pages = [await openApproval(first, user_code, hana), await openApproval(second, user_code, taro)] as const;
  assert.equal((await first.submit(pages[0], { action: 'deny' })).url, '/u/denied');
  const late = await second.submit(pages[1], { action: 'accept' });
  assert.equal(late.status, 400);
  assert.match(late.body, /ended/);
  assert.equal((await pollDevice(tv, device_code)).body['error'], 'access_denied');
});

test('a decision that comes after the code has expired decides nothing', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const browser = new TestBrowser(tenant);
  const page = await openApproval(browser, user_code, hana);
  tenant.pass(900_000);
  assert.equal((await browser.submit(page, { action: 'accept' })).status, 400);
  assert.equal((await pollDevice(tv, device_code)).body['error'], 'expired_token');
});

test('X03: who is blocked allows nothing, and the request waits for somebody else', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const browser = new TestBrowser(tenant);
  await blockTestUser(tenant, taroId);
  const page = await openApproval(browser, user_code, taro);
  assert.equal(page.status, 403);
  assert.match(page.body, /user is blocked/);
  await blockTestUser(tenant, taroId, false);
  await assertPending(device_code);
});

test('who is blocked while the page is open allows nothing', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const browser = new TestBrowser(tenant);
  const page = await openApproval(browser, user_code, taro);
  await blockTestUser(tenant, taroId);
  assert.equal((await browser.submit(page, { action: 'accept' })).status, 403);
  await blockTestUser(tenant, taroId, false);
  await assertPending(device_code);
});

test('the person may go on as somebody else, whose decision it is then', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv, { scope: 'openid email' });
  const browser = new TestBrowser(tenant);
  const page = await openApproval(browser, user_code, hana);
  const asTaro = await signInTo(browser, await browser.submit(page, { action: 'other' }), taro);
  assert.match(asTaro.url, /^\/u\/approve\?/);
  assert.ok(asTaro.body.includes(taro) && !asTaro.body.includes(hana));
  assert.equal((await browser.submit(asTaro, { action: 'accept' })).url, '/u/approved');
  const { body } = await pollDevice(tv, device_code);
  assert.equal((await tv.userinfo(body['access_token'])).body['sub'], taroId);
});

test('the answer is that of the person who was asked, not of who signed in meanwhile in another tab', async () => {
  const browser = new TestBrowser(tenant);
  const web = await TestApplication.create(tenant);
  await web.signIn(browser, hana);
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const page = await type(browser, user_code);
  await web.signIn(browser, taro, { prompt: 'login' });
  const again = await browser.submit(page, { action: 'accept' });
  assert.match(again.url, /^\/u\/approve\?/);
  assert.ok(again.body.includes(taro));
  await assertPending(device_code);
});

test('S15: no step can be left out: the end of the journey leads back to the question that is open', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const browser = new TestBrowser(tenant);
  const first = await type(browser, user_code);
  const state = new URL(first.url, tenant.ctx.issuer).searchParams.get('state') ?? '';
  const skip = async (expected: RegExp) => {
    for (const path of ['/authorize/resume', '/u/approve'])
      assert.match((await browser.open(`${path}?state=${state}`)).url, expected);
    for (const path of ['/u/approve', '/u/consent', '/u/select-account']) {
      const payload = new URLSearchParams({ state, action: 'accept', asked: hanaId }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await browser.request({ method: 'POST', url: path, headers, payload });
      if (path !== '/u/approve' || expected.source.includes('login')) assert.match(String(answer.location), expected);
    }
  };
  await skip(/\/u\/login\/identifier/);
  await assertPending(device_code);
  const password = await browser.submit(first, { username: hana });
  await skip(/\/u\/login\/password/);
  await browser.submit(password, { password: testPassword });
  assert.match((await browser.open(`/authorize/resume?state=${state}`)).url, /^\/u\/approve/);
  tenant.pass(5000);
  await assertPending(device_code);
});

test('S04: what comes from another site decides nothing, and opens no code', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const browser = new TestBrowser(tenant);
  const cross = { origin: 'https://evil.example' };
  const send = async (page: Answer, fields: Record<string, string>, extra: Record<string, string>) => {
    const form = formRequest(page, fields);
    return browser.request({ ...form, headers: { ...form.headers, ...extra } });
  };
  assert.equal((await send(await browser.open('/activate'), { user_code: user_code ?? '' }, cross)).status, 400);
  const page = await openApproval(browser, user_code, hana);
  assert.equal((await send(page, { action: 'accept' }, cross)).status, 400);
  assert.equal((await send(page, { action: 'accept' }, { origin: 'null' })).status, 400);
  assert.equal((await send(page, { action: 'accept', state: 'guessed' }, {})).status, 400);
  assert.equal((await send(page, { action: 'accept', asked: taroId }, {})).location?.pathname, '/u/approve');
  assert.equal((await browser.request({ method: 'GET', url: page.url.replace('?', '?action=accept&') })).status, 200);
  await assertPending(device_code);
});

test('a journey belongs to the browser that began it', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const page = await openApproval(new TestBrowser(tenant), user_code, hana);
  const thief = new TestBrowser(tenant);
  await (await TestApplication.create(tenant)).signIn(thief, taro);
  assert.equal((await thief.open(page.url)).status, 400);
  assert.equal((await sendForm(thief, page, { action: 'accept' })).status, 400);
  await assertPending(device_code);
});

test('a third party’s device is consent, too: what was allowed is remembered', async () => {
  const guest = await TestApplication.create(tenant, {
    app_type: 'native',
    is_first_party: false,
    grant_types: [deviceGrant, 'authorization_code'],
  });
  const { user_code } = await beginDevice(tenant, guest, { scope: 'openid email' });
  const browser = await approveDevice(tenant, user_code, hana);
  assert.equal((await guest.silently(browser, { scope: 'openid email' })).has('code'), true);
  assert.equal((await guest.silently(browser, { scope: 'openid phone' })).get('error'), 'consent_required');
});

test('the sign-in on the way is a sign-in as any other: it signs in to every application', async () => {
  const { user_code } = await beginDevice(tenant, tv);
  const browser = await approveDevice(tenant, user_code, hana);
  const web = await TestApplication.create(tenant);
  assert.equal((await web.silently(browser)).has('code'), true);
});

test('applications that watch the session learn that another one began', async () => {
  await changeTenantSettings(tenant.ctx, { session_management: true });
  const web = await TestApplication.create(tenant);
  const browser = new TestBrowser(tenant);
  await web.signIn(browser, hana);
  const watched = browser.cookies.get('__Host-warifu_session_state');
  const { user_code } = await beginDevice(tenant, tv);
  const page = await browser.submit(await type(browser, user_code), { action: 'other' });
  await browser.submit(await signInTo(browser, page, taro), { action: 'accept' });
  await changeTenantSettings(tenant.ctx, { session_management: false });
  assert.ok(watched !== undefined && browser.cookies.get('__Host-warifu_session_state') !== watched);
});

test('D14: whatever is typed or sent is answered by a page, and by no fault of ours', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('user_code=', '%ff', '&&', '{"a":'),
  );
  const type = fc.constantFrom('application/x-www-form-urlencoded', 'application/json', 'text/plain');
  await fc.assert(
    fc.asyncProperty(text, type, async (payload, contentType) => {
      tenant.pass(tenMinutes);
      for (const body of [payload, `user_code=${encodeURIComponent(payload)}`]) {
        const headers = { 'content-type': contentType };
        const answer = await new TestBrowser(tenant).request({
          method: 'POST',
          url: '/activate',
          headers,
          payload: body,
        });
        assert.equal(answer.status, 400, `${answer.status} ${answer.body}`);
        assert.match(answer.body, /^<!doctype html>/);
      }
      const query = encodeURIComponent(payload);
      for (const path of [`/u/approvals/review?request=${query}`, `/u/approve?state=${query}`]) {
        assert.equal((await new TestBrowser(tenant).open(path)).status, 400);
      }
    }),
  );
});

test('the pages are in the language of the browser, and stay in the one that is chosen', async () => {
  const { user_code } = await beginDevice(tenant, tv);
  const browser = new TestBrowser(tenant, { 'accept-language': 'ja' });
  assert.match((await browser.open('/activate')).body, /<html lang="ja">/);
  const english = await browser.open('/activate?ui_locales=en');
  const page = await signInTo(browser, await browser.submit(english, { user_code: user_code ?? '' }), hana);
  assert.match(page.body, /<html lang="en">/);
  const done = await browser.submit(page, { action: 'accept' });
  assert.match(done.body, /<html lang="en">/);
});
