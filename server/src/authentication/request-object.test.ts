// Tests signed and encrypted authorization requests (RFC 9101, OpenID Connect Core §6; C17, J01–J09).
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { CompactEncrypt, SignJWT } from 'jose';
import { changeClient } from '#domain/clients';
import type { Client } from '#protocol/client';
import type { OutboundAnswer, OutboundRequest } from '#protocol/outbound';
import { assertRefused, claimsOf, type Fields, TestApplication } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { push, pushedUrl } from '#testing/pushing';
import { createTestUser, openTestTenant, type TestTenant, testCallback } from '#testing/tenant';

const email = 'hana@example.com';
const issuer = 'https://id.example.com/';
const host = 'id.example.com';
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwkOf = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid });
const jwks = { keys: [jwkOf(ec.publicKey, 'ec'), jwkOf(rsa.publicKey, 'rsa')] };
const uri = 'https://app.example.com/request.jwt';

let served: Partial<OutboundAnswer> = {};
const asked: OutboundRequest[] = [];
let tenant: TestTenant;
let web: TestApplication;
let other: TestApplication;
let browser: TestBrowser;

const withSettings = (settings: Partial<Client>) => {
  const { client_secret: _, ...rest } = settings;
  return TestApplication.create(tenant, { app_type: 'regular_web', jwks, ...rest });
};

before(async () => {
  tenant = await openTestTenant({
    outbound: async (request) => {
      asked.push(request);
      return { status: 200, headers: { 'content-type': 'application/jwt' }, body: '', ...served };
    },
  });
  await createTestUser(tenant, email);
  web = await withSettings({ request_uris: [`${uri}#v1`] });
  const othersKeys = { keys: [jwkOf(stranger.publicKey, 'stranger')] };
  other = await TestApplication.create(tenant, { app_type: 'regular_web', jwks: othersKeys });
  browser = new TestBrowser(tenant);
  await web.signIn(browser, email);
});
after(() => tenant.close());

const nowSec = () => Math.floor(tenant.ctx.now() / 1000);

/** The claims of a right object. Undefined takes one away. */
function claimsFor(application: TestApplication, extra: object = {}): Record<string, unknown> {
  const { client_id } = application.client;
  const inside = { ...Object.fromEntries(new URLSearchParams(application.request())), state: 'inside' };
  const all = { ...inside, iss: client_id, aud: issuer, nbf: nowSec(), exp: nowSec() + 300, ...extra };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

interface Made {
  readonly claims?: object;
  readonly header?: object;
  readonly key?: KeyObject | Uint8Array;
  readonly alg?: string;
}

const signed = (application = web, { claims, header, key = ec.privateKey, alg = 'ES256' }: Made = {}) =>
  new SignJWT(claimsFor(application, claims))
    .setProtectedHeader({ alg, typ: 'oauth-authz-req+jwt', ...header })
    .sign(key);

const base64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const unsigned = (claims: object, header: object = { alg: 'none' }) => `${base64(header)}.${base64(claims)}.`;

function send(application: TestApplication, fields: Fields) {
  return browser.open(pushedUrl(application, undefined, { request_uri: undefined, ...fields }));
}

async function codeOf(application: TestApplication, request: string, extra: Fields = {}): Promise<string> {
  const { location, body } = await send(application, { request, ...extra });
  assert.equal(location?.searchParams.get('state'), 'inside', location?.href ?? body);
  return location?.searchParams.get('code') ?? assert.fail(location?.href ?? body);
}

/** Refused on a page of ours, since nothing is known of where to answer. */
async function assertObjectRefused(application: TestApplication, request: string, error = 'invalid_request_object') {
  const page = await send(application, { request });
  assert.equal(page.location, undefined);
  assert.equal(page.status, 400);
  assert.match(page.body, new RegExp(error));
  assertRefused(await push(tenant, application, { request }), 400, error);
}

describe('a signed request', () => {
  test('is what the application asks for, by any of its keys and algorithms', async () => {
    for (const alg of ['ES256', 'RS256', 'PS256', 'PS512']) {
      const key = alg === 'ES256' ? ec.privateKey : rsa.privateKey;
      const code = await codeOf(web, await signed(web, { alg, key }));
      assert.equal((await web.redeem(code)).status, 200);
    }
  });

  test('may be of no type or of the type JWT, and name its key', async () => {
    for (const header of [
      { typ: undefined },
      { typ: 'JWT' },
      { typ: 'application/oauth-authz-req+jwt' },
      { kid: 'ec' },
    ])
      await codeOf(web, await signed(web, { header }));
  });

  test('comes with numbers and objects', async () => {
    const claims = { max_age: 10_000, claims: { id_token: { acr: null } } };
    const { body } = await web.redeem(await codeOf(web, await signed(web, { claims })));
    const idToken = claimsOf(body['id_token']);
    assert.equal('auth_time' in idToken && 'acr' in idToken, true);
  });

  test('is opened as often as the page is, as long as it is good', async () => {
    const request = await signed();
    await codeOf(web, request);
    await codeOf(web, request);
    tenant.pass(300_000);
    await assertObjectRefused(web, request);
  });

  test('C17: nothing beside it counts', async () => {
    const outer = { redirect_uri: 'https://evil.test/', scope: 'openid email', state: 'outside', prompt: 'login' };
    const { body } = await web.redeem(await codeOf(web, await signed(), outer));
    assert.equal(body['scope'], 'openid');
    const { location } = await send(web, { request: await signed(web, { claims: { nonce: undefined } }), nonce: 'n' });
    assert.equal(location?.searchParams.get('state'), 'inside');
    assert.equal(
      (await send(web, { request: await signed(web, { claims: { redirect_uri: undefined } }) })).status,
      400,
    );
  });

  test('response_type and scope may stand outside of one of OpenID Connect, and not of one of RFC 9101', async () => {
    const claims = { response_type: undefined, scope: undefined };
    const outer = { response_type: 'code', scope: 'openid profile' };
    const code = await codeOf(web, await signed(web, { claims, header: { typ: 'JWT' } }), outer);
    assert.equal((await web.redeem(code)).body['scope'], 'openid profile');
    const { location } = await send(web, { request: await signed(web, { claims }), ...outer });
    assert.equal(location?.searchParams.get('error'), 'invalid_request');
  });

  test('what is wrong with what it asks for goes to the address in it', async () => {
    const { location } = await send(web, { request: await signed(web, { claims: { prompt: 'nonsense' } }) });
    assert.equal(location?.href.startsWith(testCallback), true);
    assert.equal(location?.searchParams.get('error'), 'invalid_request');
    assert.equal(location?.searchParams.get('state'), 'inside');
  });

  test('what is wrong with itself goes to the address beside it, where that is registered', async () => {
    const beside = { redirect_uri: testCallback, state: 'outside' };
    const { location } = await send(web, { request: 'x.y.z', ...beside });
    assert.equal(location?.searchParams.get('error'), 'invalid_request_object');
    assert.equal(location?.searchParams.get('state'), 'outside');
    assert.equal((await send(web, { request: 'x.y.z', redirect_uri: 'https://evil.test/' })).location, undefined);
    const overlong = await send(web, { request: 'x.y.z', ...beside, state: 's'.repeat(2049) });
    assert.equal(overlong.location, undefined);
    assert.equal(overlong.status, 400);
  });

  test('is pushed, too', async () => {
    const form = { client_id: web.client.client_id, client_secret: web.secret };
    const none = { redirect_uri: undefined, response_type: undefined, state: undefined, scope: undefined };
    const { body } = await push(tenant, web, { ...form, ...none, request: await signed() });
    const { location } = await browser.open(pushedUrl(web, body['request_uri']));
    assert.equal(location?.searchParams.get('state'), 'inside');
    assert.equal((await web.redeem(location.searchParams.get('code'))).status, 200);
  });
});

describe('C17: an object is refused', () => {
  test('J01: that nobody has signed', async () => {
    for (const alg of ['none', 'None', 'NONE', '']) await assertObjectRefused(web, unsigned(claimsFor(web), { alg }));
    const [head, body] = (await signed()).split('.');
    await assertObjectRefused(web, `${head}.${body}.`);
  });

  test('J02: whose key is our or its own public key, as a secret', async () => {
    const pem = Buffer.from(ec.publicKey.export({ type: 'spki', format: 'pem' }));
    await assertObjectRefused(web, await signed(web, { alg: 'HS256', key: pem }));
    await assertObjectRefused(web, await signed(web, { alg: 'HS256', key: Buffer.from(web.secret as string) }));
  });

  test('by the key of another application, whatever kid it has', async () => {
    for (const kid of ['stranger', 'ec', undefined])
      await assertObjectRefused(web, await signed(web, { key: stranger.privateKey, header: { kid } }));
    await assertObjectRefused(other, await signed(web, {}));
  });

  test('J05: that brings or names its key', async () => {
    const jwk = stranger.publicKey.export({ format: 'jwk' });
    for (const header of [{ jwk }, { jku: 'https://evil.test/jwks.json' }, { x5u: 'https://evil.test/cert' }])
      await assertObjectRefused(web, await signed(web, { key: stranger.privateKey, header }));
  });

  test('of another type, such as a client assertion or an ID token of ours', async () => {
    await assertObjectRefused(web, await signed(web, { header: { typ: 'at+jwt' } }));
    await assertObjectRefused(web, await signed(web, { claims: { sub: web.client.client_id } }));
    const { body } = await web.redeem(await codeOf(web, await signed()));
    await assertObjectRefused(web, body['id_token'] as string);
  });

  test('that speaks for another application, or to another server', async () => {
    await assertObjectRefused(web, await signed(web, { claims: { client_id: other.client.client_id } }));
    await assertObjectRefused(web, await signed(web, { claims: { iss: other.client.client_id } }));
    await assertObjectRefused(web, await signed(web, { claims: { aud: 'https://other.example.com/' } }));
  });

  test('that holds or names another', async () => {
    await assertObjectRefused(web, await signed(web, { claims: { request: await signed() } }));
    await assertObjectRefused(web, await signed(web, { claims: { request_uri: uri } }));
  });

  test('that was changed', async () => {
    const [head, , tail] = (await signed()).split('.');
    await assertObjectRefused(web, `${head}.${base64(claimsFor(web, { scope: 'openid admin' }))}.${tail}`);
  });

  test('D14: whose header holds no texts', async () => {
    const own = { toString: null };
    for (const header of [{ alg: own }, { alg: 'ES256', kid: own }, { alg: 'ES256', typ: own }, { alg: [] }, {}])
      await assertObjectRefused(web, unsigned(claimsFor(web), header));
  });

  test('D14: whatever it is, by value or signed, and is never a fault of ours', async () => {
    const claims = fc.dictionary(
      fc.oneof(
        fc.string(),
        fc.constantFrom('response_type', 'scope', 'max_age', 'claims', 'exp', 'aud', 'redirect_uri', 'prompt', 'sub'),
      ),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(claims, fc.boolean(), async (extra, isWhole) => {
        const request = await new SignJWT({ ...(isWhole ? claimsFor(web) : {}), ...extra } as Record<string, unknown>)
          .setProtectedHeader({ alg: 'ES256' })
          .sign(ec.privateKey);
        const { status } = await send(web, { request });
        assert.equal(status < 500, true, request);
        assert.equal((await push(tenant, web, { request })).status < 500, true, request);
      }),
      { numRuns: 60 },
    );
  });
});

test('an application that registered an algorithm uses that one', async () => {
  const strict = await withSettings({ request_object_signing_alg: 'PS256' });
  await codeOf(strict, await signed(strict, { alg: 'PS256', key: rsa.privateKey }));
  await assertObjectRefused(strict, await signed(strict));
});

test('an application that registered HS256 signs with its secret, and only with its own', async () => {
  for (const alg of ['HS256', 'HS384', 'HS512']) {
    const shared = await withSettings({ request_object_signing_alg: alg });
    await codeOf(shared, await signed(shared, { alg, key: Buffer.from(shared.secret as string) }));
    await assertObjectRefused(shared, await signed(shared, { alg, key: Buffer.from(web.secret as string) }));
  }
});

test('an application that registered none may leave its objects unsigned, unless it must sign them', async () => {
  const open = await withSettings({ request_object_signing_alg: 'none' });
  await codeOf(open, unsigned(claimsFor(open)));
  await assertObjectRefused(open, `${unsigned(claimsFor(open))}AAAA`);
  const strict = await withSettings({ request_object_signing_alg: 'none', signed_request_object: { required: true } });
  const { location } = await send(strict, { request: unsigned(claimsFor(strict)) });
  assert.equal(location?.searchParams.get('error'), 'invalid_request');
});

test('an application that must sign its requests cannot send plain ones, pushed or not', async () => {
  const strict = await withSettings({ signed_request_object: { required: true } });
  const { location } = await browser.open(strict.authorizeUrl());
  assert.equal(location?.searchParams.get('error'), 'invalid_request');
  assertRefused(await push(tenant, strict), 400, 'invalid_request');
  await codeOf(strict, await signed(strict));
  const { body } = await push(tenant, strict, { request: await signed(strict) });
  assert.ok((await browser.open(pushedUrl(strict, body['request_uri']))).location?.searchParams.get('code'));
});

describe('an encrypted request', () => {
  const encryptionKeys = async (): Promise<Record<string, string>[]> => {
    const { keys } = (await tenant.app.inject({ url: '/.well-known/jwks.json', headers: { host } })).json();
    return keys.filter(({ use }: { use: string }) => use === 'enc');
  };
  const encrypt = (text: string, jwk: Record<string, string> | undefined, alg: string, header: object = {}) =>
    new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({ alg, enc: 'A256GCM', cty: 'oauth-authz-req+jwt', ...header })
      .encrypt(createPublicKey({ key: jwk as object, format: 'jwk' }));

  test('is read with the key that is published once an application wants to encrypt', async () => {
    assert.deepEqual(await encryptionKeys(), []);
    const algorithms = { RSA: ['RSA-OAEP-256', 'RSA-OAEP'], EC: ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'] };
    for (const [kty, algs] of Object.entries(algorithms)) {
      for (const alg of algs) {
        const bank = await withSettings({ request_object_encryption_alg: alg });
        const keys = (await encryptionKeys()).filter((key) => key['kty'] === kty);
        assert.equal(keys.length, 1);
        assert.equal('d' in (keys[0] as object), false);
        await codeOf(bank, await encrypt(await signed(bank), keys[0], alg, { kid: keys[0]?.['kid'] }));
        await codeOf(bank, await encrypt(await signed(bank), keys[0], alg));
      }
    }
    assert.equal((await encryptionKeys()).length, 2);
  });

  test('C17: is refused when nothing signed is inside, or something that is encrypted again', async () => {
    const [key] = (await encryptionKeys()).filter(({ kty }) => kty === 'RSA');
    for (const inner of [JSON.stringify(claimsFor(web)), unsigned(claimsFor(web)), '', 'x'])
      await assertObjectRefused(web, await encrypt(inner, key, 'RSA-OAEP-256'));
    const once = await encrypt(await signed(), key, 'RSA-OAEP-256');
    await assertObjectRefused(web, await encrypt(once, key, 'RSA-OAEP-256'));
    await codeOf(web, once);
  });

  test('is refused under another algorithm than the registered one, and under a key that is not ours', async () => {
    const bank = await withSettings({ request_object_encryption_alg: 'ECDH-ES' });
    const [key] = (await encryptionKeys()).filter(({ kty }) => kty === 'RSA');
    await assertObjectRefused(bank, await encrypt(await signed(bank), key, 'RSA-OAEP-256'));
    const foreign = rsa.publicKey.export({ format: 'jwk' }) as Record<string, string>;
    await assertObjectRefused(web, await encrypt(await signed(), foreign, 'RSA-OAEP-256'));
    await assertObjectRefused(web, await encrypt(await signed(), key, 'RSA-OAEP-256', { kid: 'nonsense' }));
  });
});

describe('a request at an address', () => {
  const serve = async (answer: Partial<OutboundAnswer> = {}) => {
    served = { body: `${await signed()}\n`, ...answer };
  };
  const refused = async (request_uri = uri, extra: Fields = {}) => {
    const page = await send(web, { request_uri, ...extra });
    assert.equal(page.status, 400);
    assert.match(page.body, /invalid_request_uri/);
  };

  test('is fetched when the application registered the address, the fragment aside', async () => {
    for (const request_uri of [uri, `${uri}#v2`]) {
      await serve();
      const { location } = await send(web, { request_uri });
      assert.equal(location?.searchParams.get('state'), 'inside');
      assert.equal(asked.at(-1)?.url, uri);
    }
  });

  test('O01, C18: is not fetched from anywhere else', async () => {
    await serve();
    const count = asked.length;
    const elsewhere = [`${uri}?x`, 'https://app.example.com/', 'http://127.0.0.1/', 'https://evil.test/', 'urn:x', 'x'];
    for (const request_uri of elsewhere) await refused(request_uri);
    assert.equal(asked.length, count);
    const { location } = await send(web, { request_uri: 'https://evil.test/', redirect_uri: testCallback });
    assert.equal(location?.searchParams.get('error'), 'invalid_request_uri');
  });

  test('must be there, and of its type', async () => {
    await serve({ status: 404 });
    await refused();
    await serve({ headers: { 'content-type': 'text/html' } });
    await refused();
    await serve({ headers: {} });
    await refused();
    await serve({ headers: { 'content-type': 'application/oauth-authz-req+jwt; charset=utf-8' } });
    assert.ok((await send(web, { request_uri: uri })).location?.searchParams.get('code'));
    await serve({ body: 'no object' });
    assert.match((await send(web, { request_uri: uri })).body, /invalid_request_object/);
  });

  test('is not fetched for an application that gave the address up', async () => {
    await serve();
    await changeClient(tenant.ctx, web.client.client_id, { request_uris: [] });
    await refused();
  });
});

test('discovery tells what is understood', async () => {
  const document = (await tenant.app.inject({ url: '/.well-known/openid-configuration', headers: { host } })).json();
  assert.equal(document.request_parameter_supported, true);
  assert.equal(document.request_uri_parameter_supported, true);
  assert.equal(document.require_request_uri_registration, true);
  assert.equal(document.request_object_signing_alg_values_supported.includes('ES256'), true);
  assert.equal(document.request_object_signing_alg_values_supported.includes('none'), false);
  assert.equal(document.request_object_encryption_alg_values_supported.includes('RSA-OAEP-256'), true);
  assert.equal(document.request_object_encryption_enc_values_supported.includes('A256GCM'), true);
});
