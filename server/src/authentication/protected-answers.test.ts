// Tests ID tokens and answers of /userinfo that are signed and encrypted as applications registered.
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { compactDecrypt, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import type { NewClient } from '#domain/clients';
import { signingAlgorithms } from '#protocol/signing-algorithm';
import { TestApplication } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { createTestUser, openTestTenant, type TestTenant } from '#testing/tenant';

const email = 'hana@example.com';
const host = 'id.example.com';
const issuer = `https://${host}/`;
const confidential = { app_type: 'regular_web', token_endpoint_auth_method: 'client_secret_post' } as const;
let tenant: TestTenant;
let userId: string;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
});
after(() => tenant.close());

async function jwks(): Promise<JSONWebKeySet> {
  return (await tenant.app.inject({ url: '/.well-known/jwks.json', headers: { host } })).json();
}

/** A key pair of an application, and what it registers of it. */
function encryptionKeys(alg: string): { readonly privateKey: KeyObject; readonly settings: Partial<NewClient> } {
  const pair = alg.startsWith('RSA')
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), use: 'enc', kid: 'for-answers' };
  return { privateKey: pair.privateKey, settings: { ...confidential, jwks: { keys: [jwk] } } };
}

async function openJwt(token: string, application: TestApplication, alg: string) {
  const options = { issuer, audience: application.client.client_id, currentDate: new Date(tenant.ctx.now()) };
  const verified =
    alg === 'HS256'
      ? await jwtVerify(token, Buffer.from(application.secret ?? ''), options)
      : await jwtVerify(token, createLocalJWKSet(await jwks()), options);
  assert.equal(verified.protectedHeader.alg, alg);
  return verified.payload;
}

async function decrypt(jwe: string | undefined, privateKey: KeyObject, cty?: string): Promise<string> {
  const { plaintext, protectedHeader } = await compactDecrypt(jwe ?? '', privateKey);
  assert.equal(protectedHeader.kid, 'for-answers');
  assert.equal(protectedHeader.cty, cty);
  return Buffer.from(plaintext).toString();
}

async function userinfoOf(application: TestApplication) {
  const { access_token } = await application.tokens(email, { scope: 'openid email' });
  const response = await tenant.app.inject({
    url: '/userinfo',
    headers: { host, authorization: `Bearer ${access_token}` },
  });
  assert.equal(response.headers['cache-control'], 'no-store');
  return response;
}

describe('ID tokens', () => {
  for (const alg of signingAlgorithms) {
    test(`are signed with ${alg} for an application that registered it`, async () => {
      const jwt_configuration = { alg, lifetime_in_seconds: 600 };
      const application = await TestApplication.create(tenant, { ...confidential, jwt_configuration });
      const { id_token } = await application.tokens(email);
      assert.equal((await openJwt(String(id_token), application, alg)).sub, userId);
    });
  }

  for (const [alg, enc] of [
    ['RSA-OAEP-256', 'A256GCM'],
    ['RSA-OAEP', undefined],
    ['ECDH-ES', 'A128GCM'],
    ['ECDH-ES+A256KW', 'A256CBC-HS512'],
  ] as const) {
    test(`are encrypted with ${alg} and ${enc ?? 'the default'}, and signed within`, async () => {
      const { privateKey, settings } = encryptionKeys(alg);
      const application = await TestApplication.create(tenant, {
        ...settings,
        id_token_encrypted_response_alg: alg,
        ...(enc && { id_token_encrypted_response_enc: enc }),
      });
      const { id_token } = await application.tokens(email);
      assert.equal(decodeProtectedHeader(String(id_token)).enc, enc ?? 'A128CBC-HS256');
      const claims = await openJwt(await decrypt(id_token, privateKey, 'JWT'), application, 'RS256');
      assert.equal(claims.sub, userId);
    });
  }

  test('are not sent in the clear where the application has no key to encrypt with', async () => {
    const application = await TestApplication.create(tenant, {
      ...confidential,
      id_token_encrypted_response_alg: 'RSA-OAEP-256',
    });

    const code = (await application.signIn(new TestBrowser(tenant), email)).get('code');
    const { status, body } = await application.redeem(code);
    assert.equal(status, 400);
    assert.equal(body['error'], 'invalid_request');
    assert.equal('id_token' in body, false);
  });
});

describe('/userinfo', () => {
  for (const alg of signingAlgorithms) {
    test(`answers with a JWT that is signed with ${alg} (oidcc-userinfo-rs256)`, async () => {
      const application = await TestApplication.create(tenant, { ...confidential, userinfo_signed_response_alg: alg });
      const response = await userinfoOf(application);
      assert.equal(response.headers['content-type'], 'application/jwt');
      const { iss, aud, ...claims } = await openJwt(response.body, application, alg);
      assert.deepEqual([iss, aud], [issuer, application.client.client_id]);
      assert.deepEqual(claims, { sub: userId, email, email_verified: false });
    });
  }

  test('signs, then encrypts, for an application that registered both', async () => {
    const { privateKey, settings } = encryptionKeys('ECDH-ES');
    const protection = { userinfo_signed_response_alg: 'ES256', userinfo_encrypted_response_alg: 'ECDH-ES' } as const;
    const application = await TestApplication.create(tenant, { ...settings, ...protection });
    const { body } = await userinfoOf(application);
    assert.equal((await openJwt(await decrypt(body, privateKey, 'JWT'), application, 'ES256')).sub, userId);
  });

  test('only encrypts for an application that registered no more', async () => {
    const { privateKey, settings } = encryptionKeys('RSA-OAEP-256');
    const application = await TestApplication.create(tenant, {
      ...settings,
      userinfo_encrypted_response_alg: 'RSA-OAEP-256',
    });
    const response = await userinfoOf(application);
    assert.equal(response.headers['content-type'], 'application/jwt');
    assert.deepEqual(JSON.parse(await decrypt(response.body, privateKey)), {
      sub: userId,
      email,
      email_verified: false,
    });
  });
});

test('discovery tells the algorithms of both', async () => {
  const metadata = (await tenant.app.inject({ url: '/.well-known/openid-configuration', headers: { host } })).json();
  for (const answer of ['id_token', 'userinfo']) {
    assert.deepEqual(metadata[`${answer}_signing_alg_values_supported`], [...signingAlgorithms]);
    assert.ok(metadata[`${answer}_encryption_alg_values_supported`].includes('ECDH-ES'));
    assert.ok(metadata[`${answer}_encryption_enc_values_supported`].includes('A256GCM'));
  }
});
