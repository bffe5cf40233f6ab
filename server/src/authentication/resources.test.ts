// Tests which API tokens are for, over HTTP: resource beside audience, several at once, and refresh tokens for more than one (T06, F04).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { grantClient } from '#domain/client-grants';
import { changeResourceServer, createResourceServer } from '#domain/resource-servers';
import { assertRefused, claimsOf, type Fields, TestApplication } from '#testing/application';
import { formRequest, TestBrowser } from '#testing/browser';
import {
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
  testPassword,
} from '#testing/tenant';

const email = 'hana@example.com';
const second = 'https://second.example.com/';
const third = 'https://third.example.com/';
let tenant: TestTenant;
let app: TestApplication;
/** Signed in; tests must leave it so. */
let browser: TestBrowser;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  await createTestApi(tenant);
  const allow_offline_access = true;
  const scopes = [{ value: 'read:things' }, { value: 'read:more' }];
  await createResourceServer(tenant.ctx, { name: 'Second', identifier: second, scopes, allow_offline_access });
  await createResourceServer(tenant.ctx, { name: 'Third', identifier: third, scopes: [{ value: 'read:third' }] });
  app = await TestApplication.create(tenant);
  browser = new TestBrowser(tenant);
  await app.signIn(browser, email);
});
after(() => tenant.close());

function responseIn(location: URL | undefined): URLSearchParams {
  assert.ok(location, 'no response');
  return location.searchParams;
}

const all = 'openid offline_access read:things write:things read:more read:third';

/** Asks with as many resources as are named. */
async function code(resources: readonly string[], extra: Fields = {}, application = app): Promise<URLSearchParams> {
  const repeated = resources.map((resource) => `&resource=${encodeURIComponent(resource)}`).join('');
  const url = `${application.authorizeUrl({ scope: all, ...extra })}${repeated}`;
  return responseIn((await browser.request({ method: 'GET', url })).location);
}

const audienceOf = (token: string | undefined) => [claimsOf(token)['aud']].flat()[0];

test('a resource is an API as an audience is', async () => {
  const { body } = await app.redeem((await code([testAudience])).get('code'));
  assert.equal(audienceOf(body['access_token']), testAudience);
  assert.equal(body['scope'], 'openid offline_access read:things write:things');
});

test("of several resources the token request picks one, and its token has that API's scopes alone", async () => {
  const first = await app.redeem((await code([testAudience, second])).get('code'));
  assert.equal(audienceOf(first.body['access_token']), testAudience);
  assert.equal(first.body['scope'], 'openid offline_access read:things write:things');
  const picked = await app.redeem((await code([testAudience, second])).get('code'), { resource: second });
  assert.equal(audienceOf(picked.body['access_token']), second);
  assert.equal(picked.body['scope'], 'openid offline_access read:things read:more');
  assert.equal(claimsOf(picked.body['access_token'])['scope'], picked.body['scope']);
});

test('audience and resources stand side by side, the audience first', async () => {
  const { body } = await app.redeem((await code([second], { audience: testAudience })).get('code'));
  assert.equal(audienceOf(body['access_token']), testAudience);
  const refreshed = await app.refresh(body['refresh_token'], { resource: second });
  assert.equal(audienceOf(refreshed.body['access_token']), second);
});

test('a refresh token goes on to every resource that the person allowed, and back', async () => {
  let { body } = await app.redeem((await code([testAudience, second])).get('code'));
  for (const resource of [second, testAudience, second]) {
    ({ body } = await app.refresh(body['refresh_token'], { resource }));
    assert.equal(audienceOf(body['access_token']), resource);
  }
  ({ body } = await app.refresh(body['refresh_token']));
  assert.equal(audienceOf(body['access_token']), testAudience, 'what was asked for once changes nothing');
});

test('T06: what was not named is invalid_target, at every step', async () => {
  assert.equal((await code(['https://unknown.example.com/'])).get('error'), 'invalid_target');
  assert.equal((await code([testAudience, 'https://unknown.example.com/'])).get('error'), 'invalid_target');
  for (const resource of ['relative', `${testAudience}#part`, 'a b']) {
    assert.equal((await code([resource])).get('error'), 'invalid_target', resource);
  }
  assert.equal(
    (await code(Array.from({ length: 11 }, (_, n) => `https://a${n}.test/`))).get('error'),
    'invalid_target',
  );
  assertRefused(
    await app.redeem((await code([testAudience])).get('code'), { resource: second }),
    400,
    'invalid_target',
  );
  assertRefused(await app.redeem((await code([testAudience])).get('code'), { resource: 'x' }), 400, 'invalid_target');
  const two = await code([testAudience, second]);
  assertRefused(await app.redeem(two.get('code'), { resource: `${testAudience} ${second}` }), 400, 'invalid_target');
});

test('T06: a refusal of the refresh uses nothing up', async () => {
  const { body } = await app.redeem((await code([testAudience])).get('code'));
  const token = body['refresh_token'];
  for (const fields of [
    { resource: second },
    { audience: second },
    { resource: 'nonsense' },
    { audience: 'nonsense' },
  ]) {
    assertRefused(await app.refresh(token, fields), 400, 'invalid_target');
  }
  assertRefused(await app.refresh(token, { audience: testAudience, resource: second }), 400, 'invalid_target');
  assert.equal((await app.refresh(token, { audience: testAudience })).status, 200);
});

test('F04: fewer scopes for once leave the grant as it was, and more are refused', async () => {
  const { body } = await app.redeem((await code([], { audience: testAudience })).get('code'));
  const narrow = await app.refresh(body['refresh_token'], { scope: 'openid read:things' });
  assert.equal(narrow.body['scope'], 'openid read:things');
  assertRefused(await app.refresh(narrow.body['refresh_token'], { scope: 'openid read:more' }), 400, 'invalid_scope');
  const wide = await app.refresh(narrow.body['refresh_token']);
  assert.equal(wide.body['scope'], 'openid offline_access read:things write:things');
});

test('a person is asked for each API that an application which is not our own names', async () => {
  const stranger = await TestApplication.create(tenant, { is_first_party: false });
  const theirs = new TestBrowser(tenant);
  const scope = 'openid read:things';
  const url = (...resources: string[]) =>
    `${stranger.authorizeUrl({ scope })}${resources.map((one) => `&resource=${encodeURIComponent(one)}`).join('')}`;
  const first = await theirs.submit(await theirs.open(url(testAudience)), { username: email });
  const page = await theirs.submit(first, { password: testPassword });
  assert.match(page.body, /Things/);
  assert.doesNotMatch(page.body, /Second/);
  await theirs.submit(page, { action: 'accept' });
  assert.ok((await theirs.open(url(testAudience))).location, 'not asked again');
  const both = await theirs.open(url(testAudience, second));
  assert.match(both.url, /^\/u\/consent\?/, 'the same scope of another API is another permission');
  assert.match(both.body, /Second/);
  assert.ok(responseIn((await theirs.submit(both, { action: 'accept' })).location).has('code'));
  assert.ok((await theirs.open(url(second))).location);
});

test('client credentials take a resource for an audience', async () => {
  const machine = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  await grantClient(tenant.ctx, { client_id: machine.client.client_id, audience: third, scope: ['read:third'] });
  const ask = (fields: Fields) => machine.post({ grant_type: 'client_credentials', ...fields });
  assert.equal(audienceOf((await ask({ resource: third })).body['access_token']), third);
  assert.equal(audienceOf((await ask({ audience: third, resource: third })).body['access_token']), third);
  assertRefused(await ask({ resource: 'https://unknown.example.com/' }), 400, 'invalid_target');
  assertRefused(await ask({ audience: 'https://unknown.example.com/' }), 403, 'access_denied');
  assertRefused(await ask({ resource: third, audience: second }), 400, 'invalid_target');
});

test('R12: resource alone may come several times', async () => {
  const twice = formRequest({ status: 200, headers: {}, body: '', url: '/authorize', location: undefined }, {});
  const payload = `${app.request()}&audience=${testAudience}&audience=${second}`;
  assert.equal((await browser.request({ ...twice, payload })).status, 400);
});

test('each of several APIs is told its own authorization details alone (RFC 9396 §7)', async () => {
  const [one, two] = [{ type: 'one' }, { type: 'two' }];
  await changeResourceServer(tenant.ctx, second, { authorization_details: [one] });
  await changeResourceServer(tenant.ctx, third, { authorization_details: [two] });
  const details = { authorization_details: JSON.stringify([one, two]) };
  const url = `${app.authorizeUrl({ scope: all, ...details })}&resource=${second}&resource=${third}`;
  const redeemed = async (extra: Fields) => {
    const { location } = await browser.submit(await browser.open(url), { action: 'accept' });
    return app.redeem(responseIn(location).get('code'), extra);
  };
  const first = await redeemed({});
  assert.deepEqual(first.body['authorization_details'], [one]);
  assert.deepEqual((await redeemed({ resource: third })).body['authorization_details'], [two]);
  const refreshed = await app.refresh(first.body['refresh_token'], { resource: third });
  assert.deepEqual(claimsOf(refreshed.body['access_token'])['authorization_details'], [two]);
});
