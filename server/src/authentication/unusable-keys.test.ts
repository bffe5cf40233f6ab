// Tests what becomes of keys that applications publish and that are none, or too weak: a refusal, and never a fault of ours.
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { TestApplication } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { postForm } from '#testing/polling';
import { assertUnregistrable, openRegistration, register } from '#testing/registering';
import { createTestUser, openTestTenant, type TestTenant } from '#testing/tenant';

const email = 'hana@example.com';
let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  await openRegistration(tenant);
});
after(() => tenant.close());

const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>;

/** A number of so many bytes. */
const ones = (length: number, last = 0xff) =>
  Buffer.concat([Buffer.alloc(length - 1, 0xff), Buffer.from([last])]).toString('base64url');

const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;

describe('a key to encrypt for', () => {
  for (const [name, jwk, alg] of [
    ['with a modulus of 1024 bits', jwkOf(weak.publicKey), 'RSA-OAEP-256'],
    ['with a modulus beyond all measure', { kty: 'RSA', e: 'AQAB', n: ones(2500) }, 'RSA-OAEP'],
    ['with an even modulus', { kty: 'RSA', e: 'AQAB', n: ones(256, 2) }, 'RSA-OAEP'],
    ['with an exponent that changes nothing', { kty: 'RSA', e: 'AQ', n: ones(256) }, 'RSA-OAEP'],
    ['with an exponent as long as the modulus', { kty: 'RSA', e: ones(256), n: ones(256) }, 'RSA-OAEP'],
    ['on a curve that is not used', jwkOf(secp256k1), 'ECDH-ES'],
    [
      'that leads every secret to nothing',
      { kty: 'OKP', crv: 'X25519', x: Buffer.alloc(32).toString('base64url') },
      'ECDH-ES',
    ],
  ] as const) {
    test(`${name} is refused, and nothing is sent in the clear`, async () => {
      const settings = { app_type: 'regular_web', token_endpoint_auth_method: 'client_secret_post' } as const;
      const keys = { jwks: { keys: [jwk] }, id_token_encrypted_response_alg: alg };
      const application = await TestApplication.create(tenant, { ...settings, ...keys });
      const code = (await application.signIn(new TestBrowser(tenant), email)).get('code');
      const { status, body } = await application.redeem(code);
      assert.deepEqual([status, body['error']], [400, 'invalid_request'], JSON.stringify(body));
      assert.equal('id_token' in body, false);
    });
  }
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** By hand, because jose signs with no such key either. */
function signed(key: KeyObject, claims: unknown): string {
  const input = `${encode({ alg: 'RS256' })}.${encode(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

test('nobody proves who they are by a key that can be computed from its public half (RFC 7518 §3.3)', async () => {
  const strong = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const [pair, expected] of [
    [strong, 'invalid_grant'],
    [weak, 'invalid_client'],
  ] as const) {
    const { client } = await TestApplication.create(tenant, {
      app_type: 'regular_web',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [jwkOf(pair.publicKey)] },
    });
    const { client_id } = client;
    const exp = tenant.ctx.now() / 1000 + 60;
    const client_assertion = signed(pair.privateKey, {
      jti: 'one',
      iss: client_id,
      sub: client_id,
      aud: tenant.ctx.issuer,
      exp,
    });
    const { body } = await postForm(tenant, '/oauth/token', {
      grant_type: 'authorization_code',
      code: 'x',
      client_assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    assert.equal(body['error'], expected);
  }
});

test('short RSA keys are refused when they are registered', async () => {
  for (const key of [jwkOf(weak.publicKey), { kty: 'RSA', e: 'AQAB' }]) {
    assertUnregistrable(await register(tenant, { jwks: { keys: [key] } }), /RSA key of less than 2048 bits/);
  }
});
