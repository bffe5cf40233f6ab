// Tests applications that are held to a FAPI profile (FAPI 1.0 Advanced §5.2.2, FAPI 2.0 Security Profile §5.3.2).
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { changeClient, type NewClient } from '#domain/clients';
import { clientAssertionType } from '#protocol/client-assertion';
import { complianceLevels } from '#protocol/compliance';
import { assertRefused, claimsOf, type Fields, TestApplication, type TokenAnswer } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { certificateHeader, makeCertificate, shown, type TestCertificate } from '#testing/certificates';
import { DpopSender } from '#testing/dpop';
import { push, pushedUrl } from '#testing/pushing';
import {
  createTestApi,
  createTestClient,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
  testCallback,
} from '#testing/tenant';

const email = 'hana@example.com';
const issuer = 'https://id.example.com/';
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = { keys: [{ ...keys.publicKey.export({ format: 'jwk' }), kid: 'mine' }] };
let tenant: TestTenant;
let browser: TestBrowser;
let certificate: TestCertificate;
let dpop: TestApplication;
let bank: TestApplication;
let old: TestApplication;

const pkj = { token_endpoint_auth_method: 'private_key_jwt', jwks, app_type: 'regular_web' } as const;

before(async () => {
  tenant = await openTestTenant({
    mtls: { url: 'https://mtls.example.com/', header: certificateHeader },
    trustedProxies: ['127.0.0.1'],
  });
  certificate = await makeCertificate({ subject: 'CN=own', now: tenant.ctx.now() });
  await createTestUser(tenant, email);
  await createTestApi(tenant);
  dpop = await TestApplication.create(tenant, { ...pkj, compliance_level: 'fapi2_sp_pkj_dpop' });
  bank = await TestApplication.create(tenant, { ...pkj, compliance_level: 'fapi2_sp_pkj_mtls' });
  const grant_types = ['authorization_code', 'implicit'];
  old = await TestApplication.create(tenant, { ...pkj, grant_types, compliance_level: 'fapi1_adv_pkj_par' });
  browser = new TestBrowser(tenant);
  await (await TestApplication.create(tenant)).signIn(browser, email);
});
after(() => tenant.close());

const nowSec = () => Math.floor(tenant.ctx.now() / 1000);

/** What the application proves itself by, addressed to the issuer. */
async function proved({ client: { client_id } }: TestApplication): Promise<Fields> {
  const jwt = new SignJWT({ iss: client_id, sub: client_id, aud: issuer, jti: randomUUID(), exp: nowSec() + 60 });
  const client_assertion = await jwt.setProtectedHeader({ alg: 'ES256' }).sign(keys.privateKey);
  return { client_secret: undefined, client_assertion_type: clientAssertionType, client_assertion };
}

const pushed = async (application: TestApplication, extra: Fields = {}) =>
  push(tenant, application, { ...(await proved(application)), audience: testAudience, ...extra });

async function codeOf(application: TestApplication, extra: Fields = {}): Promise<string | null> {
  const { status, body } = await pushed(application, extra);
  assert.equal(status, 201, JSON.stringify(body));
  return (await browser.open(pushedUrl(application, body['request_uri']))).location?.searchParams.get('code') ?? null;
}

async function redeem(application: TestApplication, headers: Record<string, string>): Promise<TokenAnswer> {
  return application.redeem(await codeOf(application), await proved(application), headers);
}

describe('FAPI 2.0', () => {
  test('what is pushed, with PKCE, becomes a token that is bound to the key or the certificate', async () => {
    const sender = new DpopSender(tenant);
    const byKey = await redeem(dpop, { dpop: await sender.proof() });
    assert.equal(byKey.body['token_type'], 'DPoP');
    const { body } = await redeem(bank, shown(certificate));
    assert.ok((claimsOf(body['access_token'])['cnf'] as Record<string, string>)['x5t#S256']);
  });

  test('without the key or the certificate there is none', async () => {
    assertRefused(await redeem(dpop, {}), 400, 'invalid_dpop_proof');
    assertRefused(await redeem(dpop, shown(certificate)), 400, 'invalid_dpop_proof');
    assertRefused(await redeem(bank, {}), 400, 'invalid_request');
    assertRefused(await redeem(bank, { dpop: await new DpopSender(tenant).proof() }), 400, 'invalid_request');
  });

  test('a request that was not pushed is refused', async () => {
    const { location } = await browser.open(dpop.authorizeUrl());
    assert.equal(location?.searchParams.get('error'), 'invalid_request');
    assert.match(location.searchParams.get('error_description') ?? '', /^Pushed Authorization Requests are required/);
  });

  test('C06: so is one without PKCE by S256', async () => {
    const without = { code_challenge: undefined, code_challenge_method: undefined };
    assertRefused(await pushed(dpop, without), 400, 'invalid_request');
    assertRefused(await pushed(dpop, { code_challenge_method: 'plain' }), 400, 'invalid_request');
    assertRefused(await pushed(dpop, { code_challenge_method: undefined }), 400, 'invalid_request');
  });

  test('so is every response type but code', async () => {
    await changeClient(tenant.ctx, dpop.client.client_id, { grant_types: ['authorization_code', 'implicit'] });
    for (const response_type of ['token', 'id_token', 'code id_token', 'code token'])
      assertRefused(await pushed(dpop, { response_type, nonce: 'n' }), 400, 'unsupported_response_type');
  });

  test('where a request is pushed, too, the assertion is for the issuer alone', async () => {
    const { client_id } = dpop.client;
    for (const aud of [`${issuer}oauth/par`, `${issuer}oauth/token`, [issuer]]) {
      const claims = { iss: client_id, sub: client_id, aud, jti: randomUUID(), exp: nowSec() + 60 };
      const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(keys.privateKey);
      assertRefused(await pushed(dpop, { client_assertion }), 401, 'invalid_client');
    }
  });
});

test('FAPI 2.0 §5.3.2.1: refresh tokens are not rotated unless it is said, so that none is lost', async () => {
  assert.equal(dpop.client.refresh_token.rotation_type, 'non-rotating');
  assert.equal(old.client.refresh_token.rotation_type, 'rotating');
});

describe('FAPI 1.0 Advanced', () => {
  const object = async (extra: object = {}) => {
    const { client_id } = old.client;
    const inside = { ...Object.fromEntries(new URLSearchParams(old.request())), response_mode: 'jwt', nonce: 'n' };
    const claims = { ...inside, iss: client_id, aud: issuer, nbf: nowSec(), exp: nowSec() + 300, ...extra };
    return new SignJWT(claims as Record<string, unknown>).setProtectedHeader({ alg: 'ES256' }).sign(keys.privateKey);
  };

  test('the request is signed, and the response is, or has an ID token', async () => {
    assert.equal((await pushed(old, { request: await object() })).status, 201);
    const hybrid = { response_type: 'code id_token', response_mode: 'fragment', nonce: 'n' };
    assert.equal((await pushed(old, { request: await object(hybrid) })).status, 201);
    assertRefused(await pushed(old, { request: await object({ response_mode: 'query' }) }), 400, 'invalid_request');
    assertRefused(await pushed(old, { response_mode: 'jwt' }), 400, 'invalid_request');
  });

  test('a signed response is asked for in the signed request, even by who has registered its algorithm', async () => {
    const settings = { compliance_level: 'fapi1_adv_pkj_par', authorization_signed_response_alg: 'ES256' } as const;
    const signing = await TestApplication.create(tenant, { ...pkj, ...settings });
    const { client_id } = signing.client;
    const own = (extra: object = {}) => object({ client_id, iss: client_id, ...extra });
    const unnamed = await own({ response_mode: undefined });
    assertRefused(await pushed(signing, { request: unnamed, response_mode: 'jwt' }), 400, 'invalid_request');
    assert.equal((await pushed(signing, { request: await own() })).status, 201);
  });

  test('FAPI 1.0 Baseline §5.2.2.2, §5.2.2.3: it names a scope, and a nonce with openid or else a state', async () => {
    const outside = { scope: 'openid', nonce: 'n', state: 's' };
    for (const claims of [{ scope: undefined }, { nonce: undefined }, { scope: 'read:things', state: undefined }])
      assertRefused(await pushed(old, { ...outside, request: await object(claims) }), 400, 'invalid_request');
    for (const claims of [{ state: undefined }, { scope: 'read:things', nonce: undefined }])
      assert.equal((await pushed(old, { request: await object(claims) })).status, 201);
  });

  test('the object says when it was made and until when it is good', async () => {
    for (const claims of [{ nbf: undefined }, { exp: undefined }, { exp: nowSec() + 3601 }, { nbf: nowSec() - 3601 }])
      assertRefused(await pushed(old, { request: await object(claims) }), 400, 'invalid_request_object');
  });
});

test('FAPI 1.0 Baseline §6.2.1: userinfo answers under the id that the application logs, or a new one', async () => {
  const { body } = await redeem(bank, shown(certificate));
  const ask = async (sent: Record<string, string>) => {
    const authorization = `Bearer ${body['access_token']}`;
    const headers = { host: 'id.example.com', authorization, ...shown(certificate), ...sent };
    const { statusCode, headers: told } = await tenant.app.inject({ url: '/userinfo', headers });
    return [statusCode, told['x-fapi-interaction-id']];
  };
  const id = '3aAd8D96-a8E3-4fCc-974B-22bC0352c426';
  assert.deepEqual(await ask({ 'x-fapi-interaction-id': id }), [200, id]);
  for (const sent of [{}, { 'x-fapi-interaction-id': `${id}-x` }]) {
    const [status, made] = await ask(sent);
    assert.equal(status, 200);
    assert.match(String(made), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  }
});

describe('an application is not held to a profile that its settings contradict', () => {
  const refused = (settings: Partial<NewClient>) =>
    assert.rejects(
      createTestClient(tenant, { ...pkj, compliance_level: 'fapi2_sp_pkj_dpop', ...settings }),
      RangeError,
    );

  test('when it is made', async () => {
    for (const compliance_level of complianceLevels.filter((level) => level.startsWith('fapi')))
      await refused({ token_endpoint_auth_method: 'client_secret_post', compliance_level });
    await refused({ compliance_level: 'fapi2_sp_mtls_mtls' });
    for (const level of ['fapi9', '', '__proto__']) await refused({ compliance_level: level });
    for (const uri of ['http://app.example.com/cb', 'https://*.example.com/cb', 'com.example.app:/cb'])
      await refused({ callbacks: [testCallback, uri] });
    await refused({ grant_types: ['password'] });
    const { client } = await createTestClient(tenant, {
      ...pkj,
      compliance_level: 'fapi2_sp_pkj_dpop',
      callbacks: [testCallback, 'http://127.0.0.1:8080/cb', 'http://[::1]/cb'],
    });
    assert.equal(client.compliance_level, 'fapi2_sp_pkj_dpop');
  });

  test('when it is changed', async () => {
    const { client } = await createTestClient(tenant);
    await assert.rejects(changeClient(tenant.ctx, client.client_id, { compliance_level: 'fapi2_sp_pkj_dpop' }));
    assert.equal(await changeClient(tenant.ctx, client.client_id, { compliance_level: 'none' }), true);
  });
});
