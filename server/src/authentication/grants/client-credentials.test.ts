// Tests the client credentials grant: an application that acts for itself gets what it was granted, and no more.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { verifyJwt } from '#crypto/jwt';
import { grantClient } from '#domain/client-grants';
import { ensureManagementClient } from '#domain/first-start';
import { changeResourceServer, createResourceServer } from '#domain/resource-servers';
import { assertRefused, type Fields, TestApplication } from '../../testing/application.ts';
import { createTestApi, openTestTenant, type TestTenant, testAudience } from '../../testing/tenant.ts';

let tenant: TestTenant;
let machine: TestApplication;

before(async () => {
  tenant = await openTestTenant();
  await createTestApi(tenant);
  machine = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  const { client_id } = machine.client;
  await grantClient(tenant.ctx, { client_id, audience: testAudience, scope: ['read:things', 'write:things'] });
});
after(() => tenant.close());

const ask = (application: TestApplication, extra: Fields = {}) =>
  application.post({ grant_type: 'client_credentials', audience: testAudience, ...extra });

test('an application gets an access token for itself, with all the scopes that it was granted', async () => {
  const { status, body } = await ask(machine);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
  assert.equal(body['scope'], 'read:things write:things');
  const { client_id } = machine.client;
  const {
    jti,
    iat,
    exp,
    status: _,
    ...claims
  } = verifyJwt(String(body['access_token']), tenant.ctx.keys.verifiers) ?? {};
  assert.deepEqual(claims, {
    iss: tenant.ctx.issuer,
    sub: `${client_id}@clients`,
    aud: testAudience,
    scope: 'read:things write:things',
    gty: 'client-credentials',
    azp: client_id,
  });
  assert.equal(Number(exp) - Number(iat), body['expires_in']);
  assert.match(String(jti), /^[\w-]{22}\.[0-9a-z]+\.\.[\w-]{22}$/);
});

test('fewer scopes can be asked for', async () => {
  assert.equal((await ask(machine, { scope: 'read:things' })).body['scope'], 'read:things');
});

test('T05: a scope outside the grant is refused, whether the API has it or not', async () => {
  assertRefused(await ask(machine, { scope: 'read:things openid' }), 403, 'access_denied');
  assertRefused(await ask(machine, { scope: 'admin:everything' }), 403, 'access_denied');
});

test('T06: an API without a grant, an unknown one and none at all are refused', async () => {
  const other = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  assertRefused(await ask(other), 403, 'access_denied');
  const unknown = await ask(machine, { audience: 'https://unknown.example.com/' });
  assertRefused(unknown, 403, 'access_denied');
  assert.equal(unknown.body['error_description'], 'Service not found: https://unknown.example.com/');
  assertRefused(await ask(machine, { audience: undefined }), 403, 'access_denied');
});

test('T04: an application that keeps no secret, or was not given the grant, is refused', async () => {
  const settings = { grant_types: ['client_credentials'] };
  assertRefused(await ask(await TestApplication.create(tenant, settings)), 403, 'unauthorized_client');
  const web = await TestApplication.create(tenant, { app_type: 'regular_web' });
  assertRefused(await ask(web), 403, 'unauthorized_client');
});

test('an application is no person: userinfo refuses its token', async () => {
  const { body } = await ask(machine);
  assert.equal((await machine.userinfo(body['access_token'])).status, 401);
});

test('the management application gets a token for the Management API, and a new secret takes the place of the old', async () => {
  const audience = `${tenant.ctx.issuer}api/v2/`;
  const first = { client_id: 'management', client_secret: 'first-secret-of-32-characters-ok' };
  const second = { client_id: 'management', client_secret: 'second-secret-of-32-characters-k' };
  const form = { grant_type: 'client_credentials', audience };
  await ensureManagementClient(tenant.ctx, first);
  assert.equal((await machine.post({ ...form, ...first })).status, 200);
  await ensureManagementClient(tenant.ctx, second);
  assertRefused(await machine.post({ ...form, ...first }), 401, 'invalid_client');
  assert.equal((await machine.post({ ...form, ...second })).status, 200);
});

test('who is granted all scopes has those that the API gets later, too', async () => {
  const audience = 'https://growing.example.com';
  await createResourceServer(tenant.ctx, { name: 'Growing', identifier: audience, scopes: [{ value: 'read:more' }] });
  const all = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  const { client_id } = all.client;
  await grantClient(tenant.ctx, { client_id, audience, scope: [], allow_all_scopes: true });
  assert.equal((await ask(all, { audience })).body['scope'], 'read:more');
  await changeResourceServer(tenant.ctx, audience, { scopes: [{ value: 'read:more' }, { value: 'read:most' }] });
  assert.equal((await ask(all, { audience })).body['scope'], 'read:more read:most');
});
