// X05: tests sign-ins behind the scenes over HTTP: whom an application may have asked, how, and what comes of it.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { createResourceServer } from '#domain/resource-servers';
import { assertRefused, claimsOf, type Fields, TestApplication, type TokenAnswer } from '../../testing/application.ts';
import { TestBrowser } from '../../testing/browser.ts';
import { cibaGrant, postForm, signInTo } from '../../testing/polling.ts';
import {
  blockTestUser,
  createTestApi,
  createTestUser,
  latestApproval,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../../testing/tenant.ts';

const hana = 'hana@example.com';
const taro = 'taro@example.com';
let tenant: TestTenant;
let bank: TestApplication;
let hanaId: string;
let taroId: string;

before(async () => {
  tenant = await openTestTenant();
  hanaId = (await createTestUser(tenant, hana)).user_id;
  taroId = (await createTestUser(tenant, taro)).user_id;
  await createTestApi(tenant);
  const grant_types = [cibaGrant, 'refresh_token', 'authorization_code'];
  bank = await TestApplication.create(tenant, { name: 'Bank', app_type: 'regular_web', grant_types });
});
after(() => tenant.close());
// What one test asked of a person is none of the next's.
afterEach(() => tenant.pass(10 * 60 * 1000));

const subjectHint = (sub: string, iss = 'https://id.example.com/') => JSON.stringify({ format: 'iss_sub', iss, sub });

function ask(extra: Fields = {}, application = bank): Promise<TokenAnswer> {
  return postForm(tenant, '/bc-authorize', {
    client_id: application.client.client_id,
    client_secret: application.secret,
    scope: 'openid',
    login_hint: subjectHint(hanaId),
    binding_message: 'Transfer 42',
    ...extra,
  });
}

const poll = (id: string | undefined, application = bank) =>
  application.post({ grant_type: cibaGrant, auth_req_id: id });

/** Follows the link of the latest notice. */
async function follow(browser: TestBrowser, email: string) {
  const { pathname, search } = new URL(latestApproval(tenant)?.link ?? '');
  return signInTo(browser, await browser.open(pathname + search), email);
}

async function decide(action: 'accept' | 'deny', email = hana): Promise<TestBrowser> {
  const browser = new TestBrowser(tenant);
  const page = await follow(browser, email);
  assert.equal((await browser.submit(page, { action })).url, action === 'accept' ? '/u/approved' : '/u/denied');
  return browser;
}

test('the person is told, allows it, and the application gets tokens of theirs', async () => {
  const asked = { scope: 'openid email offline_access read:things', audience: testAudience };
  const { status, body } = await ask(asked);
  assert.deepEqual(
    [status, Object.keys(body), body['expires_in'], body['interval']],
    [200, ['auth_req_id', 'expires_in', 'interval'], 300, 5],
  );
  const id = body['auth_req_id'];
  const notice = latestApproval(tenant);
  assert.deepEqual(
    [notice?.user.user_id, notice?.client.name, notice?.binding_message],
    [hanaId, 'Bank', 'Transfer 42'],
  );
  assert.ok(!JSON.stringify(notice).includes(String(id)));
  assertRefused(await poll(id), 400, 'authorization_pending');
  await decide('accept');
  const tokens = await poll(id);
  assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
  assert.equal(claimsOf(tokens.body['id_token'])['sub'], hanaId);
  assert.equal(claimsOf(tokens.body['access_token'])['scope'], asked.scope);
  assert.equal((await bank.refresh(tokens.body['refresh_token'])).status, 200);
  assertRefused(await poll(id), 400, 'invalid_grant');
  const types = tenant.events.map(({ type }) => type);
  for (const type of ['ciba_start_succeeded', 'ciba_exchange_succeeded', 'ciba_exchange_failed'] as const) {
    assert.ok(types.includes(type), type);
  }
});

test('who asks how strongly the person proved who they are is told, and at every refresh (CIBA Core §7.1)', async () => {
  const acrOf = async (extra: Fields) => {
    const { body } = await ask({ scope: 'openid offline_access', ...extra });
    await decide('accept');
    const tokens = (await poll(body['auth_req_id'])).body;
    const refreshed = (await bank.refresh(tokens['refresh_token'])).body;
    return [tokens, refreshed].map(({ id_token }) => claimsOf(id_token)['acr']);
  };
  assert.deepEqual(await acrOf({ acr_values: '1 unknown' }), ['1', '1']);
  assert.deepEqual(await acrOf({}), [undefined, undefined]);
});

test('X05: the page shows the application and the message, in which nothing can be made to look different', async () => {
  await ask({ binding_message: '振込 4,200円 → <b>' });
  const { body } = await follow(new TestBrowser(tenant), hana);
  assert.ok(body.includes('Bank'));
  assert.ok(body.includes('<bdi>振込 4,200円 → &lt;b&gt;</bdi>'));
});

test('what waits for a person is listed for them and for nobody else', async () => {
  await ask({ binding_message: 'Listed 1' });
  await ask({ binding_message: 'Listed 2', login_hint: hana });
  const browser = new TestBrowser(tenant);
  const list = await signInTo(browser, await browser.open('/u/approvals'), hana);
  assert.equal(list.url, '/u/approvals');
  assert.ok(list.body.includes('Listed 1') && list.body.includes('Listed 2'));
  const href = /href="(\/u\/approvals\/review\?[^"]+)"/.exec(list.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  await browser.submit(await browser.open(href), { action: 'deny' });
  const after = await browser.open('/u/approvals');
  assert.ok(after.body.includes('Listed 1') !== after.body.includes('Listed 2'));
  const other = new TestBrowser(tenant);
  const empty = await signInTo(other, await other.open('/u/approvals'), taro);
  assert.ok(!empty.body.includes('Listed') && empty.body.includes('Nothing is waiting for you'));
});

test('a refusal is told to the application', async () => {
  const { body } = await ask();
  await decide('deny');
  assertRefused(await poll(body['auth_req_id']), 400, 'access_denied');
  assert.ok(tenant.events.some(({ type, user_id }) => type === 'ciba_denied' && user_id === hanaId));
});

test('X03: nobody but the person who is asked can decide, whoever has the link', async () => {
  const { body } = await ask();
  const thief = new TestBrowser(tenant);
  await (await TestApplication.create(tenant)).signIn(thief, taro);
  const page = await follow(thief, taro);
  assert.ok(!page.url.startsWith('/u/approve'), page.url);
  assert.equal(page.status, 400);
  assertRefused(await poll(body['auth_req_id']), 400, 'authorization_pending');
});

test('X04: polling is paced, and ends with the request', async () => {
  const { body } = await ask({ requested_expiry: '60' });
  assert.equal(body['expires_in'], 60);
  assertRefused(await poll(body['auth_req_id']), 400, 'authorization_pending');
  assertRefused(await poll(body['auth_req_id']), 400, 'slow_down');
  tenant.pass(60_000);
  assertRefused(await poll(body['auth_req_id']), 400, 'expired_token');
});

test('X03: an auth_req_id is worth nothing to another application', async () => {
  const other = await TestApplication.create(tenant, { app_type: 'regular_web', grant_types: [cibaGrant] });
  const { body } = await ask();
  await decide('accept');
  assertRefused(await poll(body['auth_req_id'], other), 400, 'invalid_grant');
  assert.equal((await poll(body['auth_req_id'])).status, 200);
});

test('people are named by their id, by their address, or by an ID token of the application', async () => {
  const { id_token } = await bank.tokens(hana);
  const hints: Fields[] = [
    { login_hint: subjectHint(hanaId, 'https://id.example.com') },
    { login_hint: 'HANA@example.com' },
    { login_hint: undefined, id_token_hint: id_token },
  ];
  for (const hint of hints) {
    assert.equal((await ask(hint)).status, 200, JSON.stringify(hint));
    assert.equal(tenant.notices.at(-1)?.user.user_id, hanaId);
  }
});

test('whoever cannot be found is unknown, and nobody is told', async () => {
  const before = tenant.notices.length;
  const { id_token } = await (await TestApplication.create(tenant)).tokens(hana);
  const unknown = [
    'nobody@example.com',
    'hana',
    '{',
    '{}',
    subjectHint('auth0|unknown'),
    subjectHint(hanaId, 'https://other.example/'),
    JSON.stringify({ format: 'email', email: hana }),
    JSON.stringify({ format: 'iss_sub', iss: 'https://id.example.com/', sub: 7 }),
  ];
  for (const login_hint of unknown) {
    const refused = await ask({ login_hint });
    assertRefused(refused, 400, 'unknown_user_id');
    assert.equal(refused.body['error_description'], 'User ID is malformed or unknown');
  }
  assertRefused(await ask({ login_hint: undefined, id_token_hint: id_token }), 400, 'unknown_user_id');
  assertRefused(await ask({ login_hint: undefined, id_token_hint: 'x.y.z' }), 400, 'invalid_request');
  assert.equal(tenant.notices.length, before);
});

test('a request that says too little, too much or nonsense is refused as Auth0 does', async () => {
  const noOpenid = await ask({ scope: 'email' });
  assertRefused(noOpenid, 400, 'invalid_request');
  assert.equal(noOpenid.body['error_description'], 'openid scope must be requested');
  const wrong: Fields[] = [
    { scope: undefined },
    { login_hint: undefined },
    { id_token_hint: 'x' },
    { login_hint_token: 'x' },
    { requested_expiry: '0' },
    { requested_expiry: '-1' },
    { requested_expiry: '1e3' },
    { requested_expiry: '259201' },
    { login_hint: 'x'.repeat(3000) },
  ];
  for (const fields of wrong) assertRefused(await ask(fields), 400, 'invalid_request');
  assertRefused(await ask({ audience: 'https://unknown.example/' }), 403, 'access_denied');
});

test('X05: a message is short, and has nothing in it that cannot be seen', async () => {
  for (const message of ['x'.repeat(65), 'a\nb', 'a\tb', 'pay \u202eeerf', 'a\u200bb', 'a\u2028b', '\u0007']) {
    assertRefused(await ask({ binding_message: message }), 400, 'invalid_binding_message');
  }
  assertRefused(await ask({ binding_message: 'x'.repeat(10_000) }), 400, 'invalid_request');
  for (const binding_message of ['x'.repeat(64), '口'.repeat(64), '\u{1f600}'.repeat(8), undefined]) {
    assert.equal((await ask({ binding_message })).status, 200);
  }
});

test('X05: a person is asked ten times in ten minutes at most, by all applications together', async () => {
  const other = await TestApplication.create(tenant, { app_type: 'regular_web', grant_types: [cibaGrant] });
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => ask({}, n % 2 === 0 ? bank : other)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 10);
  for (const answer of answers) if (answer.status !== 200) assertRefused(answer, 429, 'too_many_requests');
  assert.equal((await ask({ login_hint: subjectHint(taroId) })).status, 200);
  tenant.pass(10 * 60 * 1000);
  assert.equal((await ask()).status, 200);
});

test('X05: who is blocked is not asked, and who is blocked later gives nothing', async () => {
  const { body } = await ask();
  await decide('accept');
  await blockTestUser(tenant, hanaId);
  const refused = await ask();
  const late = await poll(body['auth_req_id']);
  await blockTestUser(tenant, hanaId, false);
  assertRefused(refused, 403, 'access_denied');
  assertRefused(late, 403, 'unauthorized');
});

test('an application proves itself before anybody is asked', async () => {
  const spa = await TestApplication.create(tenant, { grant_types: [cibaGrant] });
  assertRefused(await ask({}, spa), 401, 'invalid_client');
  for (const client_secret of [undefined, 'wrong']) assertRefused(await ask({ client_secret }), 401, 'invalid_client');
  const web = await TestApplication.create(tenant, { app_type: 'regular_web' });
  assertRefused(await ask({}, web), 403, 'unauthorized_client');
});

test('what is asked for in detail is shown, and stands in the token and in the ones that follow it', async () => {
  const identifier = 'https://payments.example.com/';
  const api = {
    name: 'Payments',
    identifier,
    allow_offline_access: true,
    authorization_details: [{ type: 'payment' }],
  };
  await createResourceServer(tenant.ctx, api);
  const details = [{ type: 'payment', amount: { value: '42', currency: 'EUR' }, to: 'Taro <b>' }];
  const asked = { audience: identifier, scope: 'openid offline_access' };
  const { body } = await ask({ ...asked, authorization_details: JSON.stringify(details) });
  const page = await follow(new TestBrowser(tenant), hana);
  assert.ok(page.body.includes('to: Taro &lt;b&gt;') && page.body.includes('amount › value: 42'));
  await decide('accept');
  const tokens = await poll(body['auth_req_id']);
  assert.deepEqual(claimsOf(tokens.body['access_token'])['authorization_details'], details);
  const refreshed = await bank.refresh(tokens.body['refresh_token']);
  assert.deepEqual(claimsOf(refreshed.body['access_token'])['authorization_details'], details);
  const unknown = await ask({ ...asked, authorization_details: '[{"type":"other"}]' });
  assertRefused(unknown, 400, 'invalid_authorization_details');
});

test('a link that is over or was made up leads to a page that says so', async () => {
  await ask();
  await decide('accept');
  const { pathname, search } = new URL(latestApproval(tenant)?.link ?? '');
  for (const address of [pathname + search, pathname, `${pathname}?request=x`]) {
    assert.equal((await new TestBrowser(tenant).open(address)).status, 400);
  }
});
