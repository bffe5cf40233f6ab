// Tests tls_client_auth and self_signed_tls_client_auth: behind a proxy, and over TLS of our own (RFC 8705, T01).
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadServerCertificate } from '#crypto/local-ca';
import { grantClient } from '#domain/client-grants';
import type { NewClient } from '#domain/clients';
import { listenForCertificates } from '#http/mtls-listener';
import { assertRefused, type Fields, formType, TestApplication, type TokenAnswer } from '../testing/application.ts';
import {
  base64Of as base64,
  certificateHeader as header,
  makeCertificate,
  shown,
  type TestCertificate,
} from '../testing/certificates.ts';
import { createTestApi, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

let tenant: TestTenant;
let authority: TestCertificate;
let strangers: TestCertificate;
let app: TestCertificate;
let own: TestCertificate;
const subject = 'CN=app,O=Example\\, Inc.,C=JP';
const certified = 'C=JP, O=Example\\, Inc., CN=app';
const now = Date.UTC(2026, 10, 23);

before(async () => {
  authority = await makeCertificate({ subject: 'CN=Authority', isAuthority: true, now });
  strangers = await makeCertificate({ subject: 'CN=Authority', isAuthority: true, now });
  const names = [
    { type: 'dns', value: 'app.example.com' },
    { type: 'url', value: 'https://app.example.com/id' },
    { type: 'ip', value: '192.0.2.7' },
    { type: 'email', value: 'App@example.com' },
  ] as const;
  app = await makeCertificate({ subject: certified, names, issuer: authority, usage: 'client', now });
  own = await makeCertificate({ subject: 'CN=self', now });
  tenant = await openTestTenant({
    mtls: {
      url: 'https://mtls.example.com/',
      authorities: authority.cert,
      header,
    },
    trustedProxies: ['127.0.0.0/8'],
  });
  await createTestApi(tenant);
});
after(() => tenant.close());

async function machineWith(settings: Partial<NewClient>, at = tenant): Promise<TestApplication> {
  const application = await TestApplication.create(at, { app_type: 'non_interactive', ...settings });
  await grantClient(at.ctx, { client_id: application.client.client_id, audience: testAudience, scope: [] });
  return application;
}

const byAuthority = (settings: Partial<NewClient>) =>
  machineWith({ token_endpoint_auth_method: 'tls_client_auth', ...settings });
const byItself = (settings: Partial<NewClient>) =>
  machineWith({ token_endpoint_auth_method: 'self_signed_tls_client_auth', ...settings });

const ask = (application: TestApplication, headers: Record<string, string>, extra: Fields = {}) =>
  application.post({ grant_type: 'client_credentials', audience: testAudience, ...extra }, headers);

async function assertAccepted(answer: Promise<TokenAnswer>): Promise<void> {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
}

async function assertInvalid(answer: Promise<TokenAnswer>): Promise<void> {
  assertRefused(await answer, 401, 'invalid_client');
}

describe('tls_client_auth', () => {
  test('the certificate of a trusted authority with the registered subject is taken, however the name is written', async () => {
    for (const tls_client_auth_subject_dn of [subject, 'cn=APP, o=example\\2C  inc. ,C=jp']) {
      await assertAccepted(ask(await byAuthority({ tls_client_auth_subject_dn }), shown(app)));
    }
    for (const credential of [{ subject_dn: subject }, { pem: app.cert }]) {
      const credentials = [{ id: 'a', credential_type: 'cert_subject_dn' as const, ...credential }];
      await assertAccepted(ask(await byAuthority({ credentials }), shown(app)));
    }
  });

  test('so is one with another registered name', async () => {
    for (const settings of [
      { tls_client_auth_san_dns: 'APP.example.com' },
      { tls_client_auth_san_uri: 'https://app.example.com/id' },
      { tls_client_auth_san_ip: '192.0.2.7' },
      { tls_client_auth_san_email: 'App@EXAMPLE.com' },
    ]) {
      await assertAccepted(ask(await byAuthority(settings), shown(app)));
    }
  });

  test('every other name is refused', async () => {
    for (const settings of [
      {},
      { tls_client_auth_subject_dn: 'CN=app' },
      { tls_client_auth_subject_dn: 'CN=other,O=Example\\, Inc.,C=JP' },
      { tls_client_auth_subject_dn: 'not a name' },
      { tls_client_auth_subject_dn: 'CN=other', tls_client_auth_san_dns: 'app.example.com' },
      { tls_client_auth_san_dns: 'example.com' },
      { tls_client_auth_san_dns: '*.example.com' },
      { tls_client_auth_san_uri: 'https://app.example.com/' },
      { tls_client_auth_san_ip: '192.0.2.70' },
      { tls_client_auth_san_ip: 'app.example.com' },
      { tls_client_auth_san_email: 'app@example.com' },
      {
        credentials: [
          { id: 'a', credential_type: 'cert_subject_dn' as const, subject_dn: subject, expires_at: now - 1 },
        ],
      },
    ]) {
      await assertInvalid(ask(await byAuthority(settings), shown(app)));
    }
  });

  test('the same name is worth nothing from an authority that is not trusted, from nobody, or from an application', async () => {
    const machine = await byAuthority({ tls_client_auth_subject_dn: subject });
    const elsewhere = await makeCertificate({ subject: certified, issuer: strangers, now });
    const alone = await makeCertificate({ subject: certified, now });
    const below = await makeCertificate({ subject: certified, issuer: app, now });
    for (const certificate of [elsewhere, alone, below]) await assertInvalid(ask(machine, shown(certificate)));
  });

  test('a certificate must be in force, and for clients if it says what it is for', async () => {
    const machine = await byAuthority({ tls_client_auth_subject_dn: subject });
    const past = await makeCertificate({ subject: certified, issuer: authority, now: now - 3 * 86_400_000 });
    const future = await makeCertificate({ subject: certified, issuer: authority, now: now + 3 * 86_400_000 });
    const server = await makeCertificate({ subject: certified, issuer: authority, usage: 'server', now });
    for (const certificate of [past, future, server]) await assertInvalid(ask(machine, shown(certificate)));
    await assertAccepted(ask(machine, shown(await makeCertificate({ subject: certified, issuer: authority, now }))));
  });

  test('T01: without a certificate, or with a secret beside it, it is refused', async () => {
    const machine = await byAuthority({ tls_client_auth_subject_dn: subject, client_secret: 'a-secret-of-its-own' });
    await assertInvalid(ask(machine, {}, { client_secret: undefined }));
    await assertInvalid(ask(machine, shown(app)));
    await assertAccepted(ask(machine, shown(app), { client_secret: undefined }));
    const basic = { authorization: `Basic ${Buffer.from(`${machine.client.client_id}:x`).toString('base64')}` };
    await assertInvalid(ask(machine, { ...shown(app), ...basic }, { client_id: undefined, client_secret: undefined }));
  });

  test('T01: who registered a secret proves nothing by a certificate', async () => {
    const machine = await machineWith({ tls_client_auth_subject_dn: subject });
    await assertInvalid(ask(machine, shown(app), { client_secret: undefined }));
  });
});

describe('self_signed_tls_client_auth', () => {
  const credential = (id: string, { cert }: TestCertificate, more = {}) =>
    ({ id, credential_type: 'x509_cert', pem: cert, ...more }) as const;

  test('the registered certificate is taken, and several while they are rotated', async () => {
    const machine = await byItself({ credentials: [credential('a', own), credential('b', app)] });
    await assertAccepted(ask(machine, shown(own)));
    await assertAccepted(ask(machine, shown(app)));
  });

  test('so is a certificate whose key is in the JWK set', async () => {
    const x509 = new X509Certificate(own.cert);
    const jwk = { ...x509.publicKey.export({ format: 'jwk' }), x5c: [x509.raw.toString('base64')] };
    await assertAccepted(ask(await byItself({ jwks: { keys: [jwk] } }), shown(own)));
    await assertInvalid(ask(await byItself({ jwks: { keys: [jwk] } }), shown(app)));
    await assertInvalid(ask(await byItself({ jwks: { keys: [{ ...jwk, use: 'enc' }] } }), shown(own)));
  });

  test('any other is refused, as is one that says the same, one that expired, and one of a trusted authority', async () => {
    const machine = await byItself({ credentials: [credential('a', own)] });
    const alike = await makeCertificate({ subject: 'CN=self', now });
    for (const certificate of [alike, app, undefined]) await assertInvalid(ask(machine, shown(certificate)));
    const ended = await byItself({ credentials: [credential('a', own, { expires_at: now })] });
    await assertInvalid(ask(ended, shown(own)));
    const old = await makeCertificate({ subject: 'CN=self', now: now - 3 * 86_400_000 });
    await assertInvalid(ask(await byItself({ credentials: [credential('a', old)] }), shown(old)));
  });
});

describe('the header of a proxy', () => {
  const pem = () => encodeURIComponent(app.cert);
  let machine: TestApplication;
  before(async () => {
    machine = await byAuthority({ tls_client_auth_subject_dn: subject });
  });

  test('is read in each of the ways that proxies write it', async () => {
    for (const text of [
      `:${base64(app)}:`,
      pem(),
      `Cert="${pem()}"`,
      `Hash=${'0'.repeat(64)};Cert="${pem()}";Subject="CN=app,O=\\"Example, Inc.\\"";URI=https://app.example.com/id`,
    ]) {
      await assertAccepted(ask(machine, { [header]: text }));
    }
  });

  test('in any other way is refused, and never a fault of ours', async () => {
    for (const text of [
      'x',
      '::',
      ':AAAA:',
      `:${base64(app)}`,
      base64(app),
      `:${base64(app)}:, :${base64(own)}:`,
      `Cert="${pem()}",Cert="${encodeURIComponent(own.cert)}"`,
      `Cert="${pem()}";Cert="${encodeURIComponent(own.cert)}"`,
      `Subject="x;Cert=${pem()}"`,
      `By=x;Hash=y`,
      '-----BEGIN%20CERTIFICATE-----%zz',
      '-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----',
      `:${'A'.repeat(8000)}:`,
    ]) {
      assertRefused(await ask(machine, { [header]: text }), 400, 'invalid_request');
    }
  });

  test('counts for nothing from anybody else', async () => {
    const send = (remoteAddress: string) =>
      tenant.app.inject({
        method: 'POST',
        url: '/oauth/token',
        remoteAddress,
        headers: { host: 'id.example.com', ...formType, ...shown(app) },
        payload: new URLSearchParams({
          client_id: machine.client.client_id,
          grant_type: 'client_credentials',
          audience: testAudience,
        }).toString(),
      });
    assert.equal((await send('127.0.0.9')).statusCode, 200);
    assert.equal((await send('::ffff:127.0.0.1')).statusCode, 200);
    for (const address of ['192.0.2.1', '::1', '::ffff:192.0.2.1', '10.0.0.1']) {
      assert.equal((await send(address)).json().error, 'invalid_client', address);
    }
  });

  test('is not looked at where no proxy was named', async () => {
    const plain = await openTestTenant();
    try {
      await createTestApi(plain);
      const settings = { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: subject } as const;
      await assertInvalid(ask(await machineWith(settings, plain), shown(app)));
      const { mtls_endpoint_aliases, token_endpoint_auth_methods_supported: methods } = (
        await plain.app.inject({ url: '/.well-known/openid-configuration', headers: { host: 'id.example.com' } })
      ).json();
      assert.equal(mtls_endpoint_aliases, undefined);
      assert.equal(methods.includes('tls_client_auth'), false);
    } finally {
      await plain.close();
    }
  });
});

test('the metadata says where applications with certificates go, and only applications are answered there', async () => {
  const at = (host: string, url: string) => tenant.app.inject({ url, headers: { host } });
  const metadata = (await at('id.example.com', '/.well-known/openid-configuration')).json();
  assert.equal(metadata.mtls_endpoint_aliases.token_endpoint, 'https://mtls.example.com/oauth/token');
  assert.equal(metadata.mtls_endpoint_aliases.authorization_endpoint, undefined);
  assert.equal(metadata.tls_client_certificate_bound_access_tokens, true);
  for (const method of ['tls_client_auth', 'self_signed_tls_client_auth']) {
    assert.ok(metadata.token_endpoint_auth_methods_supported.includes(method));
  }
  assert.equal((await at('mtls.example.com', '/userinfo')).statusCode, 401);
  for (const url of ['/authorize', '/u/login/identifier', '/v2/logout', '/oidc/logout']) {
    assert.equal((await at('mtls.example.com', url)).statusCode, 421, url);
  }
  assert.equal((await at('other.example.com', '/userinfo')).statusCode, 421);
});

test('over TLS of our own, the certificate of the connection counts', async () => {
  const data = mkdtempSync(join(tmpdir(), 'warifu-test-'));
  const server = await loadServerCertificate(data, 'localhost', Date.now());
  const authorityNow = await makeCertificate({ subject: 'CN=Authority', isAuthority: true, now: Date.now() });
  const appNow = await makeCertificate({ subject: certified, issuer: authorityNow, usage: 'client', now: Date.now() });
  const forged = await makeCertificate({ subject: certified, usage: 'client', now: Date.now() });
  const listening = await openTestTenant({
    mtls: { url: 'https://mtls.example.com/', authorities: authorityNow.cert },
  });
  // The clock of the tests stands at the day they were written for; TLS has no clock but the machine's.
  listening.pass(Date.now() - listening.ctx.now());
  const listener = await listenForCertificates(listening.app, { ...server, port: 0, host: '127.0.0.1' });
  const send = (client: TestCertificate | undefined, headers: Record<string, string> = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const sent = request(
      {
        ...{ port: listener.port, host: '127.0.0.1', servername: 'localhost', ca: server.ca, agent: false },
        ...{ method: 'POST', path: '/oauth/token', ...(client && { cert: client.cert, key: client.key }) },
        headers: { host: 'mtls.example.com', ...formType, ...headers },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    sent.on('error', reject);
    sent.end(
      new URLSearchParams({
        client_id: machine.client.client_id,
        grant_type: 'client_credentials',
        audience: testAudience,
      }).toString(),
    );
    return promise;
  };
  await createTestApi(listening);
  const settings = { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: subject } as const;
  const machine = await machineWith(settings, listening);
  try {
    assert.equal(await send(appNow), 200);
    assert.equal(await send(undefined), 401);
    assert.equal(await send(forged), 401);
    assert.equal(await send(undefined, shown(appNow)), 401);
  } finally {
    await listener.close();
    await listening.close();
    rmSync(data, { recursive: true });
  }
});
