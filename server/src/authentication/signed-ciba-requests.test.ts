// Tests signed requests for a sign-in behind the scenes (CIBA Core §7.1.1; the suite's fapi-ciba-id1-ensure-request-object-*).
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import type { NewClient } from '#domain/clients';
import { clientAssertionType } from '#protocol/client-assertion';
import { assertRefused, type Fields, TestApplication, type TokenAnswer } from '#testing/application';
import { cibaGrant, postForm } from '#testing/polling';
import { createTestUser, latestApproval, openTestTenant, type TestTenant } from '#testing/tenant';

type Keys = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };

const email = 'hana@example.com';
const issuer = 'https://id.example.com/';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const others = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = (key: Keys, kid: string) => ({ ...key.publicKey.export({ format: 'jwk' }), kid });
const jwks = { keys: [jwk(keys, 'ec'), jwk(rsa, 'rsa')] };
let tenant: TestTenant;
let bank: TestApplication;
let free: TestApplication;

const settings: Partial<NewClient> = { app_type: 'regular_web', grant_types: [cibaGrant], jwks };

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  const signing = { backchannel_authentication_request_signing_alg: 'ES256' };
  bank = await TestApplication.create(tenant, { ...settings, name: 'Bank', ...signing });
  free = await TestApplication.create(tenant, { ...settings, name: 'Free' });
});
after(() => tenant.close());
afterEach(() => tenant.pass(10 * 60 * 1000));

const nowSec = () => Math.floor(tenant.ctx.now() / 1000);

const said = ({ client }: TestApplication) => ({
  iss: client.client_id,
  aud: issuer,
  iat: nowSec(),
  nbf: nowSec(),
  exp: nowSec() + 300,
  jti: randomUUID(),
  scope: 'openid',
  login_hint: email,
  binding_message: 'Transfer 42',
  requested_expiry: 60,
});

const sign = (claims: object, header: object = {}, { privateKey }: Keys = keys) =>
  new SignJWT(claims as Record<string, unknown>).setProtectedHeader({ alg: 'ES256', ...header }).sign(privateKey);

const ask = ({ client, secret }: TestApplication, fields: Fields): Promise<TokenAnswer> =>
  postForm(tenant, '/bc-authorize', { client_id: client.client_id, client_secret: secret, ...fields });

const refusedWith = async (claims: object, header: object = {}, key: Keys = keys) => {
  const request = await sign({ ...said(bank), ...claims }, header, key);
  assertRefused(await ask(bank, { request }), 400, 'invalid_request');
};

test('what is signed is what is asked', async () => {
  const { status, body } = await ask(bank, { request: await sign(said(bank)) });
  assert.deepEqual([status, body['expires_in']], [200, 60]);
  assert.equal(latestApproval(tenant)?.binding_message, 'Transfer 42');
  assert.equal((await ask(free, { request: await sign(said(free)) })).status, 200);
});

test('it may have the type of RFC 9101 §4, or none', async () => {
  for (const typ of ['JWT', 'OautH-auThZ-REQ+jWt', 'application/oauth-authz-req+jwt']) {
    assert.equal((await ask(bank, { request: await sign(said(bank), { typ }) })).status, 200);
  }
});

test('requested_expiry may be a text', async () => {
  const { status, body } = await ask(bank, { request: await sign({ ...said(bank), requested_expiry: '30' }) });
  assert.deepEqual([status, body['expires_in']], [200, 30]);
});

describe('a signed request is refused', () => {
  test('without one of its claims, or with a wrong one', async () => {
    for (const name of ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti']) await refusedWith({ [name]: undefined });
    await refusedWith({ iss: free.client.client_id });
    await refusedWith({ aud: 'https://other.example.com/' });
    await refusedWith({ sub: bank.client.client_id });
    await refusedWith({ jti: 7 });
    await refusedWith({ request: 'x.y.z' });
  });

  test('when its time is over, is yet to come, or is longer than an hour', async () => {
    await refusedWith({ exp: nowSec() - 1 });
    await refusedWith({ exp: nowSec() + 4200 });
    await refusedWith({ nbf: nowSec() + 600, exp: nowSec() + 900 });
    await refusedWith({ nbf: nowSec() - 4200 });
    await refusedWith({ iat: nowSec() + 600 });
  });

  test('when somebody else signed it, nobody did, or in another way than was registered', async () => {
    await refusedWith({}, {}, others);
    await refusedWith({}, { alg: 'PS256' }, rsa);
    await refusedWith({}, { typ: 'dpop+jwt' });
    const unsigned = new UnsecuredJWT(said(bank)).encode();
    assertRefused(await ask(bank, { request: unsigned }), 400, 'invalid_request');
    const secret = Buffer.from(free.secret as string);
    const symmetric = await new SignJWT(said(free)).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    assertRefused(await ask(free, { request: symmetric }), 400, 'invalid_request');
    for (const request of ['x', 'x.y.z', 'a.b.c.d.e'])
      assertRefused(await ask(bank, { request }), 400, 'invalid_request');
  });

  test('the second time', async () => {
    const request = await sign(said(bank));
    assert.equal((await ask(bank, { request })).status, 200);
    assertRefused(await ask(bank, { request }), 400, 'invalid_request');
  });

  test('when something is asked beside it', async () => {
    for (const fields of [{ scope: 'openid' }, { login_hint: email }, { binding_message: 'Transfer 43' }]) {
      assertRefused(await ask(bank, { request: await sign(said(bank)), ...fields }), 400, 'invalid_request');
    }
  });

  test('when it asks for nonsense, as any request', async () => {
    await refusedWith({ scope: 'email' });
    await refusedWith({ id_token_hint: 'x' });
  });
});

test('who registered to sign, or must, is refused without', async () => {
  const fields = { scope: 'openid', login_hint: email };
  assertRefused(await ask(bank, fields), 400, 'invalid_request');
  const held = await TestApplication.create(tenant, { ...settings, signed_request_object: { required: true } });
  assertRefused(await ask(held, fields), 400, 'invalid_request');
  assert.equal((await ask(free, fields)).status, 200);
});

test('FAPI 1.0 Advanced §8.6: an application that is held to it signs with PS256 or ES256, assertions too', async () => {
  const held = await TestApplication.create(tenant, {
    ...settings,
    token_endpoint_auth_method: 'private_key_jwt',
    compliance_level: 'fapi1_adv_pkj_par',
  });
  const { client_id } = held.client;
  const assertion = (header: object, key: Keys) =>
    sign({ iss: client_id, sub: client_id, aud: issuer, jti: randomUUID(), exp: nowSec() + 60 }, header, key);
  const asked = async (request: string, client_assertion: string) => {
    const proof = { client_assertion_type: clientAssertionType, client_assertion };
    return postForm(tenant, '/bc-authorize', { client_id, request, ...proof });
  };
  const good = () => sign(said(held));
  assert.equal((await asked(await good(), await assertion({}, keys))).status, 200);
  assertRefused(await asked(await good(), await assertion({ alg: 'RS256' }, rsa)), 401, 'invalid_client');
  const old = await sign(said(held), { alg: 'RS256' }, rsa);
  assertRefused(await asked(old, await assertion({}, keys)), 400, 'invalid_request');
});

test('discovery tells what a request may be signed with', async () => {
  const url = '/.well-known/openid-configuration';
  const metadata = (await tenant.app.inject({ url, headers: { host: 'id.example.com' } })).json();
  const algs: string[] = metadata.backchannel_authentication_request_signing_alg_values_supported;
  assert.ok(algs.includes('ES256') && algs.includes('PS256') && !algs.includes('HS256') && !algs.includes('none'));
});
