// Tests private_key_jwt and client_secret_jwt at the endpoints that applications call (T01, T02, J01–J09).
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { grantClient } from '#domain/client-grants';
import { changeClient, type NewClient } from '#domain/clients';
import { clientAssertionType } from '#protocol/client-assertion';
import type { OutboundRequest } from '#protocol/outbound';
import { withDatabase } from '#storage/testing';
import { assertRefused, type Fields, formType, TestApplication, type TokenAnswer } from '../testing/application.ts';
import { DpopSender } from '../testing/dpop.ts';
import { createTestApi, openTestTenant, type TestTenant, testAudience, testCallback } from '../testing/tenant.ts';

const issuer = 'https://id.example.com/';
const tokenEndpoint = `${issuer}oauth/token`;

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ type: 'spki', format: 'pem' }) as string;
const credential = (id: string, pair: { publicKey: KeyObject }, more = {}) =>
  ({ id, credential_type: 'public_key', kid: id, pem: pem(pair), ...more }) as const;

const outbound: OutboundRequest[] = [];
let tenant: TestTenant;
let machine: TestApplication;
let other: TestApplication;

const machineWith = async (settings: Partial<NewClient>, at = tenant) => {
  const application = await TestApplication.create(at, { app_type: 'non_interactive', ...settings });
  await grantClient(at.ctx, { client_id: application.client.client_id, audience: testAudience, scope: [] });
  return application;
};

before(async () => {
  tenant = await openTestTenant({
    outbound: async (request) => {
      outbound.push(request);
      return { status: 404, headers: {}, body: '' };
    },
  });
  await createTestApi(tenant);
  machine = await machineWith({
    token_endpoint_auth_method: 'private_key_jwt',
    credentials: [credential('ec', ec), credential('rsa', rsa)],
  });
  other = await machineWith({
    token_endpoint_auth_method: 'private_key_jwt',
    credentials: [credential('stranger', stranger)],
  });
});
after(() => tenant.close());

const nowSec = (at = tenant) => Math.floor(at.ctx.now() / 1000);

function claimsFor(application: TestApplication, extra: object = {}, at = tenant): Record<string, unknown> {
  const { client_id } = application.client;
  const times = { iat: nowSec(at), exp: nowSec(at) + 60 };
  return { iss: client_id, sub: client_id, aud: issuer, jti: randomUUID(), ...times, ...extra };
}

interface Made {
  readonly claims?: object;
  readonly header?: object;
  readonly key?: KeyObject | Uint8Array;
  readonly alg?: string;
}

const assertion = (application: TestApplication, { claims, header, key = ec.privateKey, alg = 'ES256' }: Made = {}) =>
  new SignJWT(claimsFor(application, claims)).setProtectedHeader({ alg, ...header }).sign(key);

const ask = (
  application: TestApplication,
  client_assertion: string | undefined,
  extra: Fields = {},
  headers: Record<string, string> = {},
) =>
  application.post(
    {
      grant_type: 'client_credentials',
      audience: testAudience,
      client_secret: undefined,
      client_assertion,
      client_assertion_type: clientAssertionType,
      ...extra,
    },
    headers,
  );

async function assertAccepted(answer: TokenAnswer | Promise<TokenAnswer>): Promise<void> {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
}

async function assertInvalid(answer: Promise<TokenAnswer>): Promise<void> {
  assertRefused(await answer, 401, 'invalid_client');
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token whose header and claims are any text, signed all the same with the machine's own key. */
function handmade(head: string, body: string, signature = (input: string) => ecdsa(ec.privateKey, input)): string {
  return `${head}.${body}.${signature(`${head}.${body}`)}`;
}

function ecdsa(key: KeyObject, input: string): string {
  return sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

describe('private_key_jwt', () => {
  test('an assertion under a registered key is taken, with or without kid and client_id', async () => {
    await assertAccepted(ask(machine, await assertion(machine)));
    await assertAccepted(ask(machine, await assertion(machine, { header: { kid: 'ec' } })));
    await assertAccepted(ask(machine, await assertion(machine), { client_id: undefined }));
    for (const alg of ['RS256', 'PS256', 'PS512']) {
      await assertAccepted(ask(machine, await assertion(machine, { key: rsa.privateKey, alg })));
    }
  });

  test('it may be addressed to the issuer or to the token endpoint', async () => {
    for (const aud of [issuer, issuer.slice(0, -1), tokenEndpoint, [issuer], [issuer, tokenEndpoint]]) {
      await assertAccepted(ask(machine, await assertion(machine, { claims: { aud } })));
    }
  });

  test('another endpoint takes what is addressed to it', async () => {
    const revoke = async (aud: string) =>
      tenant.app.inject({
        method: 'POST',
        url: '/oauth/revoke?x=1',
        headers: { host: 'id.example.com', ...formType },
        payload: new URLSearchParams({
          token: 'x',
          client_assertion: await assertion(machine, { claims: { aud } }),
          client_assertion_type: clientAssertionType,
        }).toString(),
      });
    assert.equal((await revoke(`${issuer}oauth/revoke`)).statusCode, 200);
    assert.equal((await revoke(`${issuer}oauth/revoke?x=1`)).statusCode, 401);
    assertRefused(
      await ask(machine, await assertion(machine, { claims: { aud: `${issuer}oauth/revoke` } })),
      401,
      'invalid_client',
    );
  });

  test('where applications with certificates go, the token endpoint is known by both its addresses', async () => {
    const withCertificates = await openTestTenant({ mtls: { url: 'https://mtls.example.com/' } });
    try {
      await createTestApi(withCertificates);
      const settings: Partial<NewClient> = {
        app_type: 'regular_web',
        grant_types: ['authorization_code', 'client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        credentials: [credential('ec', ec)],
      };
      const own = await machineWith(settings, withCertificates);
      const alias = 'https://mtls.example.com/oauth/token';
      const push = async (aud: unknown) => {
        const payload = new URLSearchParams({
          response_type: 'code',
          redirect_uri: testCallback,
          client_assertion: await assertion(own, { claims: { aud } }),
          client_assertion_type: clientAssertionType,
        }).toString();
        const headers = { host: 'mtls.example.com', ...formType };
        return (await withCertificates.app.inject({ method: 'POST', url: '/oauth/par', headers, payload })).json();
      };
      for (const aud of [alias, tokenEndpoint, [issuer, alias], 'https://mtls.example.com/oauth/par']) {
        await assertAccepted(ask(own, await assertion(own, { claims: { aud: alias } })));
        assert.ok((await push(aud)).request_uri, String(aud));
      }
      for (const aud of ['https://mtls.example.com/', 'https://mtls.example.com/oauth/revoke', [issuer, 'https://x/']])
        assert.equal((await push(aud)).error, 'invalid_client', String(aud));
      await assertInvalid(ask(machine, await assertion(machine, { claims: { aud: alias } })));
    } finally {
      await withCertificates.close();
    }
  });

  test('T02: addressed to anybody else, or to somebody else too, it is refused', async () => {
    for (const aud of [
      'https://other.example.com/',
      'https://other.example.com/oauth/token',
      `${issuer}x`,
      `${issuer}oauth/token/`,
      issuer.toUpperCase(),
      [issuer, 'https://other.example.com/'],
      [],
      [[issuer]],
      {},
      7,
      null,
      undefined,
    ]) {
      await assertInvalid(ask(machine, await assertion(machine, { claims: { aud } })));
    }
  });

  test('T02: without issuer, subject, id or end, or with others, it is refused', async () => {
    for (const claims of [
      { iss: undefined },
      { iss: 'other' },
      { iss: other.client.client_id },
      { sub: undefined },
      { sub: 7 },
      { sub: other.client.client_id },
      { sub: '__proto__' },
      { jti: undefined },
      { jti: '' },
      { jti: 7 },
      { jti: ['a'] },
      { exp: undefined },
      { exp: '9999999999' },
    ]) {
      await assertInvalid(ask(machine, await assertion(machine, { claims })));
    }
  });

  test('T02, J10: it must be alive, made already, and live for no more than five minutes', async () => {
    const at = (seconds: number) => nowSec() + seconds;
    for (const claims of [
      { exp: at(-60) },
      { exp: at(361) },
      { exp: at(3600) },
      { iat: at(61), exp: at(120) },
      { nbf: at(61), exp: at(120) },
      { iat: 'now' },
    ]) {
      await assertInvalid(ask(machine, await assertion(machine, { claims })));
    }
    for (const claims of [{ exp: at(-59) }, { exp: at(300) }, { iat: at(59) }, { nbf: at(59) }, { iat: undefined }]) {
      await assertAccepted(ask(machine, await assertion(machine, { claims })));
    }
    const beyond = `{"iss":"${machine.client.client_id}","sub":"${machine.client.client_id}","aud":"${issuer}","jti":"big","exp":1e400}`;
    const token = handmade(encode({ alg: 'ES256' }), Buffer.from(beyond).toString('base64url'));
    await assertInvalid(ask(machine, token));
  });

  test('T02: it works once, and its id is free again for another application', async () => {
    const token = await assertion(machine, { claims: { jti: 'the-same' } });
    await assertAccepted(ask(machine, token));
    await assertInvalid(ask(machine, token));
    await assertInvalid(ask(machine, await assertion(machine, { claims: { jti: 'the-same' } })));
    await assertAccepted(ask(other, await assertion(other, { claims: { jti: 'the-same' }, key: stranger.privateKey })));
    tenant.pass(119_999);
    await assertInvalid(ask(machine, token));
    tenant.pass(60_000);
    await assertInvalid(ask(machine, token));
  });

  test("T02: another application's key is worth nothing, whatever kid names it", async () => {
    for (const kid of [undefined, 'stranger', 'ec']) {
      await assertInvalid(ask(machine, await assertion(machine, { header: { kid }, key: stranger.privateKey })));
      await assertInvalid(ask(other, await assertion(other, { header: { kid } })));
    }
    await assertInvalid(ask(other, await assertion(machine)));
    await assertInvalid(ask(machine, await assertion(machine, { header: { kid: 'rsa' } })));
  });

  test('T01: nothing else is taken instead of it, nor anything beside it', async () => {
    const token = await assertion(machine);
    assertRefused(await ask(machine, token, { client_secret: 'x' }), 400, 'invalid_request');
    const basic = { authorization: `Basic ${Buffer.from(`${machine.client.client_id}:x`).toString('base64')}` };
    const form = {
      grant_type: 'client_credentials',
      client_assertion: token,
      client_assertion_type: clientAssertionType,
    };
    assertRefused(await machine.post(form, basic), 400, 'invalid_request');
    await assertInvalid(machine.post({ grant_type: 'client_credentials' }));
    await assertInvalid(machine.post({ grant_type: 'client_credentials', client_secret: 'x' }));
    await assertInvalid(machine.post({ grant_type: 'client_credentials', client_id: undefined }, basic));
  });

  test('T01: who registered a secret, or nothing, proves nothing by an assertion', async () => {
    for (const settings of [
      {},
      { app_type: 'spa' as const },
      { token_endpoint_auth_method: 'client_secret_basic' as const },
    ]) {
      const application = await machineWith({ credentials: [credential('ec', ec)], ...settings });
      await assertInvalid(ask(application, await assertion(application)));
    }
  });

  test('the type must be exactly the one that there is', async () => {
    const token = await assertion(machine);
    for (const client_assertion_type of [
      undefined,
      'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
      `${clientAssertionType} `,
      clientAssertionType.toUpperCase(),
    ]) {
      assertRefused(await ask(machine, token, { client_assertion_type }), 400, 'invalid_request');
    }
    assertRefused(await ask(machine, undefined), 400, 'invalid_request');
  });

  test('client_id and subject must be one application', async () => {
    await assertInvalid(ask(machine, await assertion(machine), { client_id: other.client.client_id }));
  });

  test('a registered algorithm is the only one', async () => {
    const pinned = await machineWith({
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'PS256',
      credentials: [credential('rsa', rsa)],
    });
    await assertAccepted(ask(pinned, await assertion(pinned, { key: rsa.privateKey, alg: 'PS256' })));
    await assertInvalid(ask(pinned, await assertion(pinned, { key: rsa.privateKey, alg: 'RS256' })));
    const byKey = await machineWith({
      token_endpoint_auth_method: 'private_key_jwt',
      credentials: [credential('rsa', rsa, { alg: 'RS384' })],
    });
    await assertAccepted(ask(byKey, await assertion(byKey, { key: rsa.privateKey, alg: 'RS384' })));
    await assertInvalid(ask(byKey, await assertion(byKey, { key: rsa.privateKey, alg: 'RS256' })));
  });

  test('FAPI 2.0: the issuer alone, as a text, and no RS256', async () => {
    const strict = await machineWith({
      token_endpoint_auth_method: 'private_key_jwt',
      compliance_level: 'fapi2_sp_pkj_dpop',
      credentials: [credential('ec', ec), credential('rsa', rsa)],
    });
    const sender = new DpopSender(tenant);
    const askBound = async (made: Made = {}) =>
      ask(strict, await assertion(strict, made), {}, { dpop: await sender.proof() });
    await assertAccepted(askBound());
    for (const aud of [tokenEndpoint, issuer.slice(0, -1), [issuer], [issuer, tokenEndpoint]]) {
      await assertInvalid(askBound({ claims: { aud } }));
    }
    await assertInvalid(askBound({ key: rsa.privateKey, alg: 'RS256' }));
    await assertAccepted(askBound({ key: rsa.privateKey, alg: 'PS256' }));
  });

  test('keys rotate: the old one works beside the new one until it expires', async () => {
    const rotating = await machineWith({
      token_endpoint_auth_method: 'private_key_jwt',
      credentials: [credential('old', ec)],
    });
    const byOld = async () => ask(rotating, await assertion(rotating, { header: { kid: 'old' } }));
    const byNew = async () => ask(rotating, await assertion(rotating, { key: stranger.privateKey }));
    await assertInvalid(byNew());
    const expires_at = tenant.ctx.now() + 1000;
    await changeClient(tenant.ctx, rotating.client.client_id, {
      credentials: [credential('old', ec, { expires_at }), credential('new', stranger)],
    });
    await assertAccepted(byOld());
    await assertAccepted(byNew());
    tenant.pass(1000);
    await assertInvalid(byOld());
    await assertAccepted(byNew());
  });

  test('a JWK set, by value, serves as well', async () => {
    const jwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'mine', use: 'sig' };
    const application = await machineWith({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk] } });
    await assertAccepted(ask(application, await assertion(application, { header: { kid: 'mine' } })));
    await assertInvalid(ask(application, await assertion(application, { key: stranger.privateKey })));
  });
});

describe('what no assertion may be', () => {
  const body = () => encode(claimsFor(machine));
  const refused = (token: string) => assertInvalid(ask(machine, token));

  test('J01: unsigned', async () => {
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, undefined]) {
      await refused(`${encode({ alg })}.${body()}.`);
      await refused(handmade(encode({ alg }), body()));
    }
    await refused(`${encode({ alg: 'ES256' })}.${body()}.`);
    await refused(`${encode({ alg: 'ES256' })}.${body()}`);
  });

  test('J02: signed with HMAC under the text of the public key', async () => {
    for (const pair of [ec, rsa]) {
      const text = pem(pair);
      const secrets = [
        text,
        text.trim(),
        ` ${text}`,
        pair.publicKey.export({ type: 'spki', format: 'der' }),
        JSON.stringify(pair.publicKey.export({ format: 'jwk' })),
      ];
      for (const secret of secrets) {
        const mac = (input: string) => createHmac('sha256', secret).update(input).digest('base64url');
        await refused(handmade(encode({ alg: 'HS256' }), body(), mac));
      }
    }
  });

  test('J03: said to be of another algorithm than the key', async () => {
    for (const alg of ['RS256', 'PS256', 'ES384', 'ES512', 'EdDSA', 'HS256', 'ES256K', '__proto__', 'constructor']) {
      await refused(handmade(encode({ alg }), body()));
    }
    const zeros = `${encode({ alg: 'ES256' })}.${body()}.${Buffer.alloc(64).toString('base64url')}`;
    await refused(zeros);
  });

  test('J04: with a kid that is no name of a key', async () => {
    const kids = ['../../dev/null', "' OR 1=1--", 'x\u0000', 'x'.repeat(10_000), ['ec'], {}, '__proto__', null, 7];
    for (const kid of kids) await refused(handmade(encode({ alg: 'ES256', kid }), body()));
  });

  test('J05: bringing its own key, or the address of one, which nobody fetches', async () => {
    outbound.length = 0;
    const jwk = stranger.publicKey.export({ format: 'jwk' });
    for (const extra of [{ jwk }, { jku: 'https://evil.example/jwks' }, { x5u: 'https://evil.example/x' }]) {
      const mac = (input: string) => ecdsa(stranger.privateKey, input);
      await refused(handmade(encode({ alg: 'ES256', ...extra }), body(), mac));
    }
    assert.equal(outbound.length, 0);
  });

  test('J06: with anything critical', async () => {
    for (const extra of [{ crit: ['exp2'], exp2: 1 }, { crit: [] }, { crit: ['b64'], b64: false }, { b64: false }]) {
      await refused(handmade(encode({ alg: 'ES256', ...extra }), body()));
    }
  });

  test('J07: encrypted, or longer than a JWT is', async () => {
    const encrypted = `${encode({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31, zip: 'DEF' })}.a.a.a.a`;
    await refused(encrypted);
    await refused(`${encrypted.split('.')[0]}.${body()}.a.a.a`);
    await refused(handmade(encode({ alg: 'ES256' }), encode(claimsFor(machine, { padding: 'x'.repeat(20_000) }))));
  });

  test('J08: saying something twice, or too deep', async () => {
    const raw = (text: string) => Buffer.from(text).toString('base64url');
    await refused(handmade(raw('{"alg":"ES256","alg":"none"}'), body()));
    await refused(handmade(raw('{"alg":"none","alg":"ES256"}'), body()));
    const { client_id } = machine.client;
    const plain = JSON.stringify(claimsFor(machine));
    await refused(handmade(encode({ alg: 'ES256' }), raw(plain.replace('{', `{"sub":"x",`))));
    await refused(handmade(encode({ alg: 'ES256' }), raw(plain.replace(/}$/, `,"sub":"${client_id}"}`))));
    await refused(
      handmade(encode({ alg: 'ES256' }), raw(plain.replace('{', `{"x":${'['.repeat(100)}${']'.repeat(100)},`))),
    );
  });

  test('J09: written in another than the canonical base64url', async () => {
    const token = await assertion(machine);
    const [head = '', claims = '', signature = ''] = token.split('.');
    for (const changed of [
      `${token}=`,
      `${head}=.${claims}.${signature}`,
      `${head}.${claims}.${signature} `,
      `${head}.${claims}\n.${signature}`,
      token.slice(0, -1) + (token.endsWith('A') ? 'B' : String.fromCharCode(token.charCodeAt(token.length - 1) + 1)),
      `${token}.`,
      `.${token}`,
    ]) {
      await refused(changed);
    }
    await assertAccepted(ask(machine, token));
  });

  test('D14: whatever stands for it, the answer is a refusal', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.constant(encode({ alg: 'ES256' })),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { maxLength: 6 }).map((all) => all.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (token) => {
        const { status, body: answer } = await ask(machine, token.toWellFormed());
        assert.ok(status === 400 || status === 401, JSON.stringify(answer));
      }),
      { numRuns: 200 },
    );
  });
});

describe('client_secret_jwt', () => {
  const bytes = (application: TestApplication) => Buffer.from(application.secret ?? '');
  const sharing = (settings: Partial<NewClient> = {}) =>
    machineWith({ token_endpoint_auth_method: 'client_secret_jwt', ...settings });

  test('an assertion under the secret is taken, by each of the three algorithms', async () => {
    const application = await sharing();
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      await assertAccepted(ask(application, await assertion(application, { key: bytes(application), alg })));
    }
  });

  test('T01: the secret itself is not taken', async () => {
    const application = await sharing();
    assert.ok(application.secret);
    await assertInvalid(application.post({ grant_type: 'client_credentials' }));
  });

  test('T02: another secret, a key, or a secret that is too short for the algorithm make none', async () => {
    const application = await sharing({ credentials: [credential('ec', ec)] });
    await assertInvalid(ask(application, await assertion(application, { key: Buffer.alloc(32), alg: 'HS256' })));
    await assertInvalid(ask(application, await assertion(application)));
    const short = await sharing({ client_secret: 'x'.repeat(32) });
    await assertAccepted(ask(short, await assertion(short, { key: bytes(short), alg: 'HS256' })));
    const mac = (input: string) => createHmac('sha512', bytes(short)).update(input).digest('base64url');
    await assertInvalid(ask(short, handmade(encode({ alg: 'HS512' }), encode(claimsFor(short)), mac)));
  });

  test('T02: who registered a key proves nothing with a secret', async () => {
    const secret = 'a-secret-that-is-long-enough-for-every-hash-and-then-some-more-of-it';
    const keyed = await machineWith({ token_endpoint_auth_method: 'private_key_jwt', client_secret: secret });
    await assertInvalid(ask(keyed, await assertion(keyed, { key: Buffer.from(secret), alg: 'HS256' })));
  });
});

for (const dialect of ['sqlite', 'postgres'] as const) {
  test(`T02: of twenty uses of one assertion at once exactly one is taken (${dialect})`, () =>
    withDatabase(dialect, async (databaseUrl) => {
      const racing = await openTestTenant({ databaseUrl });
      try {
        await createTestApi(racing);
        const settings = {
          token_endpoint_auth_method: 'private_key_jwt',
          credentials: [credential('ec', ec)],
        } as const;
        const application = await machineWith(settings, racing);
        for (let round = 0; round < 20; round += 1) {
          const claims = claimsFor(application, {}, racing);
          const token = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(ec.privateKey);
          const answers = await Promise.all(Array.from({ length: 20 }, () => ask(application, token)));
          assert.equal(answers.filter(({ status }) => status === 200).length, 1);
          for (const answer of answers) if (answer.status !== 200) assertRefused(answer, 401, 'invalid_client');
        }
      } finally {
        await racing.close();
      }
    }));
}
