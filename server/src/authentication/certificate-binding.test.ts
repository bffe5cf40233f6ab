// Tests tokens that are bound to a client certificate (RFC 8705 §3, §4; F08).
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { grantClient } from '#domain/client-grants';
import type { NewClient } from '#domain/clients';
import { createResourceServer } from '#domain/resource-servers';
import { assertRefused, claimsOf, TestApplication, type TokenAnswer } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { certificateHeader, makeCertificate, shown, type TestCertificate } from '../testing/certificates.ts';
import { DpopSender } from '../testing/dpop.ts';
import { createTestApi, createTestUser, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

const email = 'hana@example.com';
const now = Date.UTC(2026, 10, 23);
let tenant: TestTenant;
let browser: TestBrowser;
let own: TestCertificate;
let other: TestCertificate;

before(async () => {
  own = await makeCertificate({ subject: 'CN=own', now });
  other = await makeCertificate({ subject: 'CN=other', now });
  tenant = await openTestTenant({
    mtls: { url: 'https://mtls.example.com/', header: certificateHeader },
    trustedProxies: ['127.0.0.1'],
  });
  await createTestUser(tenant, email);
  await createTestApi(tenant);
  browser = new TestBrowser(tenant);
  await (await TestApplication.create(tenant)).signIn(browser, email);
});
after(() => tenant.close());

const thumbprint = ({ cert }: TestCertificate) =>
  Buffer.from(new X509Certificate(cert).fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
const bound = { tls_client_certificate_bound_access_tokens: true } as const;
const scope = 'openid offline_access read:things';

async function codeFor(application: TestApplication, extra = {}): Promise<string | null> {
  return (await application.silently(browser, { scope, audience: testAudience, ...extra })).get('code');
}

async function tokens(application: TestApplication, certificate: TestCertificate | undefined, extra = {}) {
  const answer = await application.redeem(await codeFor(application, extra), {}, shown(certificate));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

async function machineWith(settings: Partial<NewClient>, audience = testAudience): Promise<TestApplication> {
  const application = await TestApplication.create(tenant, { app_type: 'non_interactive', ...settings });
  await grantClient(tenant.ctx, { client_id: application.client.client_id, audience, scope: [] });
  return application;
}

const ask = (application: TestApplication, headers: Record<string, string>, audience = testAudience) =>
  application.post({ grant_type: 'client_credentials', audience }, headers);

const cnf = ({ body }: Pick<TokenAnswer, 'body'>) => claimsOf(body['access_token'])['cnf'];

test('a token is bound where the application wants it, and remains a bearer token by name', async () => {
  const machine = await machineWith(bound);
  const answer = await ask(machine, shown(own));
  assert.equal(answer.body['token_type'], 'Bearer');
  assert.deepEqual(cnf(answer), { 'x5t#S256': thumbprint(own) });
  assertRefused(await ask(machine, {}), 400, 'invalid_request');
  const plain = await machineWith({});
  assert.equal(cnf(await ask(plain, shown(own))), undefined);
});

test('userinfo is told to who shows the certificate, whether the token is a JWT or opaque', async () => {
  const spa = await TestApplication.create(tenant, bound);
  for (const extra of [{}, { audience: undefined, scope: 'openid' }]) {
    const { access_token } = await tokens(spa, own, extra);
    const get = async (certificate: TestCertificate | undefined, scheme = 'Bearer') => {
      const headers = { host: 'id.example.com', authorization: `${scheme} ${access_token}`, ...shown(certificate) };
      return tenant.app.inject({ url: '/userinfo', headers });
    };
    assert.equal((await get(own)).statusCode, 200);
    for (const certificate of [other, undefined]) {
      const refused = await get(certificate);
      assert.equal(refused.statusCode, 401);
      assert.equal(refused.json().error, 'invalid_token');
      assert.match(String(refused.headers['www-authenticate']), /^Bearer .*error="invalid_token"/);
    }
    assert.equal((await get(own, 'DPoP')).statusCode, 401);
  }
});

test('F08: the refresh token of a public application is bound to its certificate', async () => {
  const spa = await TestApplication.create(tenant, bound);
  const { refresh_token } = await tokens(spa, own);
  assertRefused(await spa.refresh(refresh_token, {}, shown(other)), 403, 'invalid_grant');
  assertRefused(await spa.refresh(refresh_token), 400, 'invalid_request');
  const next = await spa.refresh(refresh_token, {}, shown(own));
  assert.deepEqual(cnf(next), { 'x5t#S256': thumbprint(own) });
});

test('an application that must prove possession may do it by a certificate', async () => {
  const machine = await machineWith({ require_proof_of_possession: true });
  assert.deepEqual(cnf(await ask(machine, shown(own))), { 'x5t#S256': thumbprint(own) });
  const sender = new DpopSender(tenant);
  assert.deepEqual(cnf(await ask(machine, { dpop: await sender.proof(), ...shown(own) })), { jkt: sender.jkt });
  assertRefused(await ask(machine, {}), 400, 'invalid_request');
});

test('a token may be bound to a certificate and to a key at once, and then needs both', async () => {
  const spa = await TestApplication.create(tenant, { ...bound, require_dpop_nonce: false });
  const sender = new DpopSender(tenant);
  const answer = await spa.redeem(await codeFor(spa), {}, { dpop: await sender.proof(), ...shown(own) });
  assert.deepEqual(cnf(answer), { jkt: sender.jkt, 'x5t#S256': thumbprint(own) });
  const accessToken = answer.body['access_token'];
  const url = 'https://id.example.com/userinfo';
  const get = async (certificate: TestCertificate | undefined) => {
    const dpop = await sender.proof({ method: 'GET', url, accessToken });
    const headers = { host: 'id.example.com', authorization: `DPoP ${accessToken}`, dpop, ...shown(certificate) };
    return (await tenant.app.inject({ url: '/userinfo', headers })).statusCode;
  };
  assert.equal(await get(own), 200);
  assert.equal(await get(other), 401);
});

test('a proof for the address where certificates are asked for is one for the endpoint', async () => {
  const machine = await machineWith(bound);
  const proof = await new DpopSender(tenant).proof({ url: 'https://mtls.example.com/oauth/token' });
  assert.equal((await ask(machine, { dpop: proof, ...shown(own) })).status, 200);
});

test('an API may want its tokens bound to a certificate', async () => {
  const identifier = 'https://bound.example.com/';
  const proof_of_possession = { mechanism: 'mtls', required: true } as const;
  await createResourceServer(tenant.ctx, { name: 'Bound', identifier, proof_of_possession });
  const machine = await machineWith({}, identifier);
  assert.deepEqual(cnf(await ask(machine, shown(own), identifier)), { 'x5t#S256': thumbprint(own) });
  assertRefused(await ask(machine, {}, identifier), 400, 'invalid_request');
  const dpop = await new DpopSender(tenant).proof();
  assertRefused(await ask(machine, { dpop }, identifier), 400, 'invalid_request');
});
