// Tests the password grants: an application that was given them signs a person in without a page, and learns nothing else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createConnection } from '#domain/connections';
import { changeTenantSettings } from '#domain/tenant-settings';
import { createDatabaseUser } from '#domain/users';
import { assertRefused, claimsOf, type Fields, TestApplication } from '../../testing/application.ts';
import { DpopSender } from '../../testing/dpop.ts';
import {
  blockTestUser,
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
  testPassword,
} from '../../testing/tenant.ts';

const email = 'hana@example.com';
const realmGrant = 'http://auth0.com/oauth/grant-type/password-realm';
let tenant: TestTenant;
let trusted: TestApplication;
let userId: string;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  await createTestApi(tenant);
  const grant_types = ['password', realmGrant, 'refresh_token'];
  trusted = await TestApplication.create(tenant, { app_type: 'regular_web', grant_types });
});
after(() => tenant.close());

const ask = (application: TestApplication, extra: Fields = {}) =>
  application.post({
    grant_type: 'password',
    username: email,
    password: testPassword,
    scope: 'openid email',
    ...extra,
  });

test('the right password gives tokens as a page would, but of no session', async () => {
  const { status, body } = await ask(trusted, { audience: testAudience, scope: 'openid email read:things' });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body['scope'], 'openid email read:things');
  const { aud, sub, gty, sid, azp } = claimsOf(body['access_token']);
  assert.deepEqual(
    { sub, gty, sid, azp },
    { sub: userId, gty: 'password', sid: undefined, azp: trusted.client.client_id },
  );
  assert.deepEqual(aud, [testAudience, `${tenant.ctx.issuer}userinfo`]);
  const idToken = claimsOf(body['id_token']);
  assert.deepEqual([idToken['sub'], idToken['email'], idToken['sid']], [userId, email, undefined]);
  assert.equal('refresh_token' in body, false);
  assert.ok(tenant.events.some((event) => event.type === 'sepft' && event.user_id === userId));
});

test('without openid there is no ID token, and without an audience the token is for userinfo', async () => {
  assert.equal('id_token' in (await ask(trusted, { scope: undefined })).body, false);
  const { body } = await ask(trusted);
  assert.equal((await trusted.userinfo(body['access_token'])).body['email'], email);
});

test('offline_access gives a refresh token, which rotates and can be revoked like any other', async () => {
  const { body } = await ask(trusted, { audience: testAudience, scope: 'openid offline_access read:things' });
  const refreshed = await trusted.refresh(body['refresh_token']);
  assert.equal(refreshed.status, 200);
  assert.equal(claimsOf(refreshed.body['access_token'])['sub'], userId);
  assertRefused(await trusted.refresh(body['refresh_token']), 403, 'invalid_grant');
  const bare = await TestApplication.create(tenant, { app_type: 'regular_web', grant_types: ['password'] });
  assert.equal((await ask(bare, { scope: 'openid offline_access' })).body['refresh_token'], undefined);
});

test('a wrong password and an unknown person are refused with the same words, after the same work', async () => {
  const refusals = [
    await ask(trusted, { password: 'wrong' }),
    await ask(trusted, { username: 'nobody@example.com' }),
    await ask(trusted, { username: 'no address' }),
    await ask(trusted, { password: 'x'.repeat(2000) }),
  ];
  for (const refusal of refusals) {
    assertRefused(refusal, 403, 'invalid_grant');
    assert.equal(refusal.body['error_description'], 'Wrong email or password.');
  }
  assert.ok(tenant.events.some(({ type }) => type === 'fepft'));
});

test('T12: who is blocked is told so, but only by the right password', async () => {
  await createTestUser(tenant, 'blocked@example.com').then(({ user_id }) => blockTestUser(tenant, user_id));
  const refusal = await ask(trusted, { username: 'blocked@example.com' });
  assertRefused(refusal, 403, 'unauthorized');
  assert.equal(refusal.body['error_description'], 'user is blocked');
  assertRefused(await ask(trusted, { username: 'blocked@example.com', password: 'wrong' }), 403, 'invalid_grant');
});

test('T04: it is off for an application until it is given, and for third parties always', async () => {
  for (const app_type of ['spa', 'regular_web', 'native', 'non_interactive'] as const) {
    const usual = await TestApplication.create(tenant, { app_type });
    for (const grant_type of ['password', realmGrant]) {
      assertRefused(await ask(usual, { grant_type }), 403, 'unauthorized_client');
    }
  }
  const settings = { app_type: 'regular_web', grant_types: ['password'], is_first_party: false } as const;
  assertRefused(await ask(await TestApplication.create(tenant, settings)), 403, 'unauthorized_client');
});

test('T05: scopes that the API does not define are left out, and the answer says what was granted', async () => {
  const { body } = await ask(trusted, { audience: testAudience, scope: 'read:things admin:everything' });
  assert.equal(body['scope'], 'read:things');
});

test('T06: an unknown API and two at once are refused; resource names one as audience does', async () => {
  const unknown = await ask(trusted, { audience: 'https://unknown.example.com/' });
  assertRefused(unknown, 403, 'access_denied');
  assert.equal(unknown.body['error_description'], 'Service not found: https://unknown.example.com/');
  assertRefused(
    await ask(trusted, { audience: testAudience, resource: 'https://b.example.com/' }),
    400,
    'invalid_request',
  );
  const { body } = await ask(trusted, { resource: testAudience });
  assert.deepEqual([claimsOf(body['access_token'])['aud']].flat()[0], testAudience);
});

test("without an audience the tenant's default one counts", async () => {
  const other = await openTestTenant();
  await createTestApi(other);
  await createTestUser(other, email);
  await changeTenantSettings(other.ctx, { default_audience: testAudience });
  const application = await TestApplication.create(other, { app_type: 'regular_web', grant_types: ['password'] });
  const { body } = await ask(application, { scope: 'read:things' });
  assert.equal(claimsOf(body['access_token'])['aud'], testAudience);
  await other.close();
});

test('a realm is the connection where the person is looked up, if the application may use it', async () => {
  await createConnection(tenant.ctx, { name: 'Partners', enabled_clients: [trusted.client.client_id] });
  await createConnection(tenant.ctx, { name: 'Others' });
  const passwordHash = await tenant.ctx.passwords.hash('another-Password-1');
  const partner = { connection: 'Partners', email, email_verified: true, passwordHash };
  const user = await createDatabaseUser(tenant.ctx, partner);
  const inRealm = (realm: string | undefined, password = 'another-Password-1') =>
    ask(trusted, { grant_type: realmGrant, realm, password });
  const { body } = await inRealm('Partners');
  assert.equal(claimsOf(body['id_token'])['sub'], user === 'taken' ? undefined : user.user_id);
  assertRefused(await inRealm('Partners', testPassword), 403, 'invalid_grant');
  assert.equal(claimsOf((await inRealm(undefined, testPassword)).body['id_token'])['sub'], userId);
  for (const realm of ['Others', 'Nowhere']) assertRefused(await inRealm(realm), 400, 'invalid_request');
});

test('username and password must be there', async () => {
  for (const missing of ['username', 'password']) {
    assertRefused(await ask(trusted, { [missing]: undefined }), 400, 'invalid_request');
  }
});

test("a public application's refresh token is bound to the key that the password came with", async () => {
  const grant_types = ['password', 'refresh_token'];
  const native = await TestApplication.create(tenant, { app_type: 'native', grant_types });
  const sender = new DpopSender(tenant);
  const fields = { grant_type: 'password', username: email, password: testPassword, scope: 'offline_access' };
  const attempt = async () => native.post(fields, { dpop: await sender.proof() });
  const challenged = await attempt();
  sender.nonce = challenged.headers['dpop-nonce'] as string | undefined;
  const { body } = challenged.status === 200 ? challenged : await attempt();
  assert.equal(body['token_type'], 'DPoP');
  assert.notEqual((await native.refresh(body['refresh_token'])).status, 200);
  const refreshed = await native.refresh(body['refresh_token'], {}, { dpop: await sender.proof() });
  assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
});
