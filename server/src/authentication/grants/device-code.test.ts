// X03, X04: tests the device flow over HTTP: what a device is told, and that one device gets tokens once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertRefused, claimsOf, TestApplication } from '../../testing/application.ts';
import { TestBrowser } from '../../testing/browser.ts';
import {
  approveDevice,
  beginDevice,
  cibaGrant,
  deviceGrant,
  openApproval,
  pollDevice,
  postForm,
  sendForm,
} from '../../testing/polling.ts';
import {
  blockTestUser,
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../../testing/tenant.ts';

const email = 'hana@example.com';
const everything = { scope: 'openid email offline_access read:things', audience: testAudience };
const grant_types = [deviceGrant, 'refresh_token'];
let tenant: TestTenant;
let tv: TestApplication;
let userId: string;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  await createTestApi(tenant);
  tv = await TestApplication.create(tenant, { name: 'TV', app_type: 'native', grant_types });
});
after(() => tenant.close());

test('a device is given what a person types, and how often to ask', async () => {
  const { device_code, user_code, ...rest } = await beginDevice(tenant, tv, everything);
  assert.match(String(device_code), /^[\w-]{43}$/);
  assert.match(String(user_code), /^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/);
  assert.deepEqual(rest, {
    verification_uri: 'https://id.example.com/activate',
    verification_uri_complete: `https://id.example.com/activate?user_code=${user_code}`,
    expires_in: 900,
    interval: 5,
  });
});

test('a device that was allowed gets tokens of the person, for the API and the scopes it asked for', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv, everything);
  assertRefused(await pollDevice(tv, device_code), 403, 'authorization_pending');
  await approveDevice(tenant, user_code, email);
  const { status, body } = await pollDevice(tv, device_code);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(claimsOf(body['access_token'])['sub'], userId);
  assert.equal(claimsOf(body['access_token'])['scope'], everything.scope);
  assert.equal(claimsOf(body['id_token'])['email'], email);
  assert.equal(claimsOf(body['id_token'])['auth_time'], tenant.ctx.now() / 1000);
  assert.equal((await tv.refresh(body['refresh_token'])).status, 200);
  assert.ok(tenant.events.some((event) => event.type === 'sede' && event.user_id === userId));
});

test('a device stays signed in when the browser that allowed it logs out', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv, everything);
  const browser = await approveDevice(tenant, user_code, email);
  const { body } = await pollDevice(tv, device_code);
  await browser.open('/v2/logout');
  assert.equal((await tv.refresh(body['refresh_token'])).status, 200);
});

test('X04: who polls too soon is told to slow down, each time by five seconds more, and in the end that it is over', async () => {
  const { device_code } = await beginDevice(tenant, tv);
  assertRefused(await pollDevice(tv, device_code), 403, 'authorization_pending');
  const hasty = await pollDevice(tv, device_code);
  assertRefused(hasty, 403, 'slow_down');
  assert.match(String(hasty.body['error_description']), /Wait 10 seconds/);
  tenant.pass(9000);
  assertRefused(await pollDevice(tv, device_code), 403, 'slow_down');
  tenant.pass(15_000);
  assertRefused(await pollDevice(tv, device_code), 403, 'authorization_pending');
  tenant.pass(900_000);
  assertRefused(await pollDevice(tv, device_code), 403, 'expired_token');
  assertRefused(await pollDevice(tv, device_code), 403, 'expired_token');
});

test('a device that asks every five seconds is never told to slow down', async () => {
  const { device_code } = await beginDevice(tenant, tv);
  for (let n = 0; n < 20; n += 1) {
    assertRefused(await pollDevice(tv, device_code), 403, 'authorization_pending');
    tenant.pass(5000);
  }
});

test('a device that was refused is told so', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const browser = new TestBrowser(tenant);
  const done = await browser.submit(await openApproval(browser, user_code, email), { action: 'deny' });
  assert.equal(done.url, '/u/denied');
  assertRefused(await pollDevice(tv, device_code), 403, 'access_denied');
  assertRefused(await pollDevice(tv, device_code), 403, 'access_denied');
  assert.ok(tenant.events.some((event) => event.type === 'fdecc' && event.user_id === userId));
});

test('X03: the code of one application is worth nothing to another, and does the first no harm', async () => {
  const other = await TestApplication.create(tenant, { name: 'Other', app_type: 'native', grant_types });
  const { device_code, user_code } = await beginDevice(tenant, tv);
  await approveDevice(tenant, user_code, email);
  assertRefused(await pollDevice(other, device_code), 403, 'invalid_grant');
  assert.equal((await pollDevice(tv, device_code)).status, 200);
});

test('X03: a code that was used gives nothing more, and takes back what it gave', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv, everything);
  await approveDevice(tenant, user_code, email);
  const { body } = await pollDevice(tv, device_code);
  assertRefused(await pollDevice(tv, device_code), 403, 'invalid_grant');
  assertRefused(await tv.refresh(body['refresh_token']), 403, 'invalid_grant');
  assert.equal((await tv.userinfo(body['access_token'])).status, 401);
});

test('X03: who was blocked since gets nothing, and gets it when they are let in again', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  await approveDevice(tenant, user_code, email);
  await blockTestUser(tenant, userId);
  assertRefused(await pollDevice(tv, device_code), 403, 'unauthorized');
  await blockTestUser(tenant, userId, false);
  assert.equal((await pollDevice(tv, device_code)).status, 200);
});

test('X03: who logged out before the device asked gives it nothing', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const browser = await approveDevice(tenant, user_code, email);
  await browser.open('/v2/logout');
  assertRefused(await pollDevice(tv, device_code), 403, 'invalid_grant');
});

test('what is no device code is refused', async () => {
  for (const code of ['unknown', 'x'.repeat(5000), '\u{1f600}'])
    assertRefused(await pollDevice(tv, code), 403, 'invalid_grant');
  assertRefused(await pollDevice(tv, undefined), 400, 'invalid_request');
  assertRefused(await pollDevice(tv, 'a\0b'), 400, 'invalid_request');
});

test('a device code is no auth_req_id', async () => {
  const both = await TestApplication.create(tenant, { app_type: 'regular_web', grant_types: [deviceGrant, cibaGrant] });
  const { device_code, user_code } = await beginDevice(tenant, both);
  await approveDevice(tenant, user_code, email);
  assertRefused(await both.post({ grant_type: cibaGrant, auth_req_id: device_code }), 400, 'invalid_grant');
  assert.equal((await pollDevice(both, device_code)).status, 200);
});

test('an application that may not use the grant begins nothing', async () => {
  const web = await TestApplication.create(tenant, { app_type: 'regular_web' });
  const fields = { client_id: web.client.client_id, client_secret: web.secret };
  const refused = await postForm(tenant, '/oauth/device/code', fields);
  assertRefused(refused, 403, 'unauthorized_client');
  assert.ok(tenant.events.some(({ type, client_id }) => type === 'fdeaz' && client_id === web.client.client_id));
});

test('an application that has a secret shows it', async () => {
  const web = await TestApplication.create(tenant, { app_type: 'regular_web', grant_types });
  const { client_id } = web.client;
  for (const client_secret of [undefined, 'wrong']) {
    assertRefused(await postForm(tenant, '/oauth/device/code', { client_id, client_secret }), 401, 'invalid_client');
  }
  await beginDevice(tenant, web);
});

test('what cannot be granted is refused before anybody is bothered', async () => {
  const ask = (fields: Record<string, string>) =>
    postForm(tenant, '/oauth/device/code', { client_id: tv.client.client_id, ...fields });
  assertRefused(await ask({ audience: 'https://unknown.example/' }), 403, 'access_denied');
  assertRefused(await ask({ scope: 'open"id' }), 400, 'invalid_request');
  assertRefused(await ask({ scope: `${'a'.repeat(3000)}` }), 400, 'invalid_request');
  for (const authorization_details of ['x', '{}', '[]', '[1]', '[{"type":"unknown"}]']) {
    assertRefused(await ask({ authorization_details }), 400, 'invalid_authorization_details');
  }
});

test('the form of a decision that was sent twice decides once', async () => {
  const { device_code, user_code } = await beginDevice(tenant, tv);
  const browser = new TestBrowser(tenant);
  const page = await openApproval(browser, user_code, email);
  const both = await Promise.all([
    sendForm(browser, page, { action: 'accept' }),
    sendForm(browser, page, { action: 'accept' }),
  ]);
  for (const { status } of both) assert.equal(status, 303);
  const ends = await Promise.all(both.map(({ location }) => browser.open(`${location?.pathname}${location?.search}`)));
  assert.deepEqual(ends.map(({ status }) => status).toSorted(), [200, 400]);
  assert.equal((await pollDevice(tv, device_code)).status, 200);
});
