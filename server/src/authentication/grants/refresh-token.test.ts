// Tests refresh tokens over HTTP: rotation, reuse, and everything that ends them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { changeClient } from '#domain/clients';
import type { RefreshTokenSettings } from '#protocol/client';
import { assertRefused, claimsOf, TestApplication, type TokenAnswer } from '../../testing/application.ts';
import { TestBrowser } from '../../testing/browser.ts';
import {
  blockTestUser,
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../../testing/tenant.ts';

const email = 'hana@example.com';
const everything = { scope: 'openid profile email offline_access read:things', audience: testAudience };
const day = 86_400;
let tenant: TestTenant;
let userId: string;
let spa: TestApplication;
let browser: TestBrowser;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  await createTestApi(tenant);
  spa = await TestApplication.create(tenant);
  browser = new TestBrowser(tenant);
  await spa.signIn(browser, email);
});
after(() => tenant.close());

/** The tokens of a new family. */
async function begin(application = spa): Promise<TokenAnswer['body']> {
  const { status, body } = await application.redeem((await application.silently(browser, everything)).get('code'));
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** An application whose refresh tokens are as said, and otherwise as usual. */
async function applicationWith(settings: Partial<RefreshTokenSettings>): Promise<TestApplication> {
  const application = await TestApplication.create(tenant);
  await changeClient(tenant.ctx, application.client.client_id, {
    refresh_token: { ...application.client.refresh_token, ...settings },
  });
  return application;
}

async function assertRefreshed(answer: Promise<TokenAnswer>): Promise<TokenAnswer['body']> {
  const { status, headers, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(headers['cache-control'], 'no-store');
  return body;
}

const assertInvalid = async (answer: Promise<TokenAnswer>) => assertRefused(await answer, 403, 'invalid_grant');

test('a refresh gives new tokens for the same person, scope, audience and session', async () => {
  const first = await begin();
  tenant.pass(5000);
  const second = await assertRefreshed(spa.refresh(first['refresh_token']));
  assert.deepEqual(Object.keys(second).sort(), Object.keys(first).sort());
  assert.equal(second['scope'], first['scope']);
  assert.notEqual(second['refresh_token'], first['refresh_token']);
  const [before, now] = [claimsOf(first['access_token']), claimsOf(second['access_token'])];
  for (const name of ['sub', 'aud', 'azp', 'scope', 'sid']) assert.deepEqual(now[name], before[name], name);
  assert.equal(Number(now['iat']), Number(before['iat']) + 5);
});

test('a refreshed ID token tells when the person signed in, and no nonce (OpenID Connect Core §12.2)', async () => {
  const { body } = await spa.redeem((await spa.silently(browser, { ...everything, nonce: 'the-nonce' })).get('code'));
  const first = claimsOf(body['id_token']);
  tenant.pass(5000);
  const second = claimsOf((await assertRefreshed(spa.refresh(body['refresh_token'])))['id_token']);
  assert.equal(first['nonce'], 'the-nonce');
  assert.equal('nonce' in second, false);
  assert.equal(second['auth_time'], first['auth_time']);
  assert.equal(second['sub'], first['sub']);
  assert.equal(second['aud'], first['aud']);
});

test('F01: a token that comes back after its rotation ends the family, with its access tokens', async () => {
  const first = await begin();
  const second = await assertRefreshed(spa.refresh(first['refresh_token']));
  assert.equal((await spa.userinfo(second['access_token'])).status, 200);
  tenant.events.length = 0;
  await assertInvalid(spa.refresh(first['refresh_token']));
  await assertInvalid(spa.refresh(second['refresh_token']));
  assert.equal((await spa.userinfo(first['access_token'])).status, 401);
  assert.equal((await spa.userinfo(second['access_token'])).status, 401);
  assert.deepEqual(
    tenant.events.filter(({ type }) => type === 'ferrt').map(({ user_id }) => user_id),
    [userId],
  );
});

test('F01: another family of the same person goes on', async () => {
  const [stolen, other] = [await begin(), await begin()];
  await assertRefreshed(spa.refresh(stolen['refresh_token']));
  await assertInvalid(spa.refresh(stolen['refresh_token']));
  await assertRefreshed(spa.refresh(other['refresh_token']));
});

test('F02: of ten parallel refreshes without leeway one succeeds, and the family ends', async () => {
  const { refresh_token } = await begin();
  const answers = await Promise.all(Array.from({ length: 10 }, () => spa.refresh(refresh_token)));
  const successes = answers.filter(({ status }) => status === 200);
  assert.equal(successes.length, 1);
  await assertInvalid(spa.refresh(successes[0]?.body['refresh_token']));
});

test('F02: of ten parallel refreshes within the leeway all get the same successor, and the family goes on', async () => {
  const application = await applicationWith({ leeway: 3 });
  const { refresh_token } = await begin(application);
  const answers = await Promise.all(Array.from({ length: 10 }, () => application.refresh(refresh_token)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const successors = new Set(answers.map(({ body }) => body['refresh_token']));
  assert.equal(successors.size, 1);
  await assertRefreshed(application.refresh([...successors][0]));
});

test('the leeway ends in time, and is for the last token only', async () => {
  const application = await applicationWith({ leeway: 3 });
  const { refresh_token } = await begin(application);
  await assertRefreshed(application.refresh(refresh_token));
  tenant.pass(2999);
  const second = await assertRefreshed(application.refresh(refresh_token));
  tenant.pass(1);
  await assertInvalid(application.refresh(refresh_token));
  await assertInvalid(application.refresh(second['refresh_token']));

  const first = await begin(application);
  const next = await assertRefreshed(application.refresh(first['refresh_token']));
  const last = await assertRefreshed(application.refresh(next['refresh_token']));
  await assertInvalid(application.refresh(first['refresh_token']));
  await assertInvalid(application.refresh(last['refresh_token']));
});

test('a token that does not rotate is given again, and works again', async () => {
  const application = await applicationWith({ rotation_type: 'non-rotating' });
  const { refresh_token } = await begin(application);
  const answers = await Promise.all(Array.from({ length: 5 }, () => application.refresh(refresh_token)));
  assert.deepEqual(new Set(answers.map(({ body }) => body['refresh_token'])), new Set([refresh_token]));
});

test('F03: a token of one application is refused to another, and goes on for its own', async () => {
  const { refresh_token } = await begin();
  const web = await TestApplication.create(tenant, { app_type: 'regular_web' });
  const other = await TestApplication.create(tenant);
  await assertInvalid(other.refresh(refresh_token));
  await assertInvalid(web.refresh(refresh_token));
  await assertRefreshed(spa.refresh(refresh_token));
});

test('F03: an application that does not show its secret refreshes nothing', async () => {
  const web = await TestApplication.create(tenant, { app_type: 'regular_web' });
  const { refresh_token } = await begin(web);
  assertRefused(await web.refresh(refresh_token, { client_secret: undefined }), 401, 'invalid_client');
  assertRefused(await web.refresh(refresh_token, { client_secret: 'wrong' }), 401, 'invalid_client');
  await assertRefreshed(web.refresh(refresh_token));
});

test('F04: fewer scopes may be asked for, more may not, and asking for fewer gives nothing up', async () => {
  const { refresh_token } = await begin();
  for (const scope of ['openid write:things', 'admin', `${everything.scope} phone`]) {
    assertRefused(await spa.refresh(refresh_token, { scope }), 400, 'invalid_scope');
  }
  assertRefused(await spa.refresh(refresh_token, { scope: 'open"id' }), 400, 'invalid_request');
  const fewer = await assertRefreshed(spa.refresh(refresh_token, { scope: 'read:things' }));
  assert.equal(fewer['scope'], 'read:things');
  assert.equal('id_token' in fewer, false);
  assert.equal(claimsOf(fewer['access_token'])['scope'], 'read:things');
  const again = await assertRefreshed(spa.refresh(fewer['refresh_token']));
  assert.equal(again['scope'], everything.scope);
});

test('F05: a token ends with its session', async () => {
  for (const leave of ['/v2/logout', 'another person']) {
    const visitor = new TestBrowser(tenant);
    const { body } = await spa.redeem((await spa.signIn(visitor, email, everything)).get('code'));
    if (leave === 'another person') {
      await createTestUser(tenant, 'taro@example.com');
      await spa.signIn(visitor, 'taro@example.com', { prompt: 'login' });
    } else await visitor.open(leave);
    await assertInvalid(spa.refresh(body['refresh_token']));
    assert.equal((await spa.userinfo(body['access_token'])).status, 401);
  }
});

test('a person who signs in again in the same browser keeps the tokens they had', async () => {
  const visitor = new TestBrowser(tenant);
  const { body } = await spa.redeem((await spa.signIn(visitor, email, everything)).get('code'));
  await spa.signIn(visitor, email, { prompt: 'login' });
  await assertRefreshed(spa.refresh(body['refresh_token']));
});

test('T12: a person who is blocked refreshes nothing, and no token is used up by it', async () => {
  const { refresh_token } = await begin();
  await blockTestUser(tenant, userId);
  assertRefused(await spa.refresh(refresh_token), 403, 'unauthorized');
  await blockTestUser(tenant, userId, false);
  await assertRefreshed(spa.refresh(refresh_token));
});

test('F07: a token that is not used for its idle lifetime has expired', async () => {
  const application = await applicationWith({ idle_token_lifetime: 2 * day, token_lifetime: 30 * day });
  const { refresh_token } = await begin(application);
  tenant.pass(2 * day * 1000 - 1);
  const second = await assertRefreshed(application.refresh(refresh_token));
  tenant.pass(2 * day * 1000);
  await assertInvalid(application.refresh(second['refresh_token']));
  await signInAgain();
});

test('F07: no use prolongs the absolute lifetime', async () => {
  const application = await applicationWith({ idle_token_lifetime: 2 * day, token_lifetime: 3 * day });
  let { refresh_token } = await begin(application);
  for (let n = 0; n < 2; n += 1) {
    tenant.pass(day * 1000);
    ({ refresh_token } = await assertRefreshed(application.refresh(refresh_token)));
  }
  tenant.pass(day * 1000);
  await assertInvalid(application.refresh(refresh_token));
  await signInAgain();
});

test('F07: a token that does not rotate expires too', async () => {
  const application = await applicationWith({
    rotation_type: 'non-rotating',
    idle_token_lifetime: 100,
    token_lifetime: 150,
  });
  const { refresh_token } = await begin(application);
  tenant.pass(99_000);
  await assertRefreshed(application.refresh(refresh_token));
  tenant.pass(51_000);
  await assertInvalid(application.refresh(refresh_token));
});

test('a token that never expires outlives its session', async () => {
  const application = await applicationWith({ expiration_type: 'non-expiring' });
  const { refresh_token } = await begin(application);
  tenant.pass(400 * day * 1000);
  await assertRefreshed(application.refresh(refresh_token));
  await signInAgain();
});

async function signInAgain(): Promise<void> {
  browser = new TestBrowser(tenant);
  await spa.signIn(browser, email);
}

test('T10: with any character cut, changed or added a token is refused, and does the family no harm', async () => {
  const { refresh_token = '' } = await begin();
  const edit = fc.record({ at: fc.nat(), text: fc.string({ maxLength: 2 }), removed: fc.nat({ max: 2 }) });
  await fc.assert(
    fc.asyncProperty(edit, async ({ at, text, removed }) => {
      const place = at % (refresh_token.length + 1);
      const changed = refresh_token.slice(0, place) + text + refresh_token.slice(place + removed);
      fc.pre(changed !== refresh_token && changed !== '');
      const { status } = await spa.refresh(changed);
      assert.ok(status === 403 || status === 400, changed);
    }),
  );
  for (const changed of [
    refresh_token.toUpperCase(),
    refresh_token.replace('v1.', 'v2.'),
    refresh_token.slice(3),
    `${refresh_token}=`,
    ` ${refresh_token}`,
    'v1.',
    'v1.AAAA',
  ]) {
    await assertInvalid(spa.refresh(changed));
  }
  await assertRefreshed(spa.refresh(refresh_token));
});

test('T11: what is no refresh token is not taken for one', async () => {
  const { access_token, id_token } = await begin();
  for (const wrong of [access_token, id_token]) await assertInvalid(spa.refresh(wrong));
});
