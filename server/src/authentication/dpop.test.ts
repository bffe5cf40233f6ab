// Tests DPoP at the token endpoint and at userinfo (RFC 9449; F08, T09, J01–J09).
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { verifyJwt } from '#crypto/jwt';
import { grantClient } from '#domain/client-grants';
import type { NewClient } from '#domain/clients';
import { createResourceServer } from '#domain/resource-servers';
import { clientAssertionType } from '#protocol/client-assertion';
import { withDatabase } from '#storage/testing';
import { assertRefused, claimsOf, type Fields, TestApplication, type TokenAnswer } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { DpopSender, type ProofWish } from '../testing/dpop.ts';
import { createTestApi, createTestUser, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

const email = 'hana@example.com';
const scope = 'openid offline_access read:things';
let tenant: TestTenant;
let machine: TestApplication;
let spa: TestApplication;
let browser: TestBrowser;

const machineWith = async (settings: Partial<NewClient> = {}, at = tenant, audience = testAudience) => {
  const application = await TestApplication.create(at, { app_type: 'non_interactive', ...settings });
  await grantClient(at.ctx, { client_id: application.client.client_id, audience, scope: [] });
  return application;
};

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  await createTestApi(tenant);
  machine = await machineWith();
  spa = await TestApplication.create(tenant);
  browser = new TestBrowser(tenant);
  await spa.signIn(browser, email);
});
after(() => tenant.close());

const ask = (dpop: string | undefined, application = machine, extra: Fields = {}) =>
  application.post(
    { grant_type: 'client_credentials', audience: testAudience, ...extra },
    dpop === undefined ? {} : { dpop },
  );

async function accepted(answer: Promise<TokenAnswer>): Promise<TokenAnswer> {
  const read = await answer;
  assert.equal(read.status, 200, JSON.stringify(read.body));
  return read;
}

const invalid = async (answer: Promise<TokenAnswer>) => assertRefused(await answer, 400, 'invalid_dpop_proof');

/** A sender that was given a nonce already. */
async function senderWithNonce(): Promise<DpopSender> {
  const sender = new DpopSender(tenant);
  const { headers } = await ask(await sender.proof());
  sender.nonce = String(headers['dpop-nonce']);
  return sender;
}

/** Redeems a code of a person with a proof. */
async function redeem(sender: DpopSender, application = spa): Promise<TokenAnswer> {
  const code = (await application.silently(browser, { scope, audience: testAudience })).get('code');
  return application.redeem(code, {}, { dpop: await sender.proof() });
}

const refresh = async (sender: DpopSender | undefined, token: string | undefined, application = spa) =>
  application.refresh(token, {}, sender ? { dpop: await sender.proof() } : {});

describe('at the token endpoint', () => {
  test('a token is bound to the key of the proof, and says so', async () => {
    for (const alg of ['ES256', 'EdDSA', 'RS256', 'PS256'] as const) {
      const sender = new DpopSender(tenant, alg);
      const { body } = await accepted(ask(await sender.proof()));
      assert.equal(body['token_type'], 'DPoP');
      const claims = verifyJwt(body['access_token'] ?? '', tenant.ctx.keys.verifiers);
      assert.deepEqual(claims?.['cnf'], { jkt: sender.jkt });
    }
  });

  test('without a proof the token is a bearer token', async () => {
    const { body } = await accepted(ask(undefined));
    assert.equal(body['token_type'], 'Bearer');
    assert.equal(claimsOf(body['access_token'])['cnf'], undefined);
  });

  test('every spelling of the address, with or without a query, is the address', async () => {
    const sender = new DpopSender(tenant);
    for (const url of [
      'HTTPS://ID.example.COM/oauth/token',
      'https://id.example.com:443/oauth/token?a=b#c',
      'https://id.example.com/oauth/./x/../token',
      'https://id.example.com/o%61uth/token',
    ]) {
      await accepted(ask(await sender.proof({ url })));
    }
  });

  test('a proof for another request is refused', async () => {
    const sender = new DpopSender(tenant);
    const wishes: ProofWish[] = [
      { method: 'GET' },
      { method: 'post' },
      { url: 'https://id.example.com/oauth/token/' },
      { url: 'https://id.example.com/OAUTH/token' },
      { url: 'http://id.example.com/oauth/token' },
      { url: 'https://id.example.com:4443/oauth/token' },
      { url: 'https://user@id.example.com/oauth/token' },
      { url: 'https://id.example.com/oauth%2Ftoken' },
      { url: 'https://evil.example.com/oauth/token' },
      { url: '/oauth/token' },
      { claims: { htu: undefined } },
      { claims: { htu: ['https://id.example.com/oauth/token'] } },
      { claims: { htm: undefined } },
    ];
    for (const wish of wishes) await invalid(ask(await sender.proof(wish)));
  });

  test('a proof of another time, or of none, is refused', async () => {
    const sender = new DpopSender(tenant);
    const nowSec = Math.floor(tenant.ctx.now() / 1000);
    for (const iat of [undefined, 'now', nowSec - 61, nowSec + 61, nowSec * 1000, 0, -1]) {
      await invalid(ask(await sender.proof({ claims: { iat } })));
    }
    for (const iat of [nowSec - 60, nowSec + 60]) await accepted(ask(await sender.proof({ claims: { iat } })));
  });

  test('a proof works once; its id is free for another key', async () => {
    const sender = new DpopSender(tenant);
    const proof = await sender.proof({ claims: { jti: 'the-same' } });
    await accepted(ask(proof));
    await invalid(ask(proof));
    await invalid(ask(proof, await machineWith()));
    await invalid(ask(await sender.proof({ claims: { jti: 'the-same' } })));
    await accepted(ask(await new DpopSender(tenant).proof({ claims: { jti: 'the-same' } })));
    for (const jti of [undefined, '', 7, null]) await invalid(ask(await sender.proof({ claims: { jti } })));
  });

  test('a refused proof costs neither the code nor the refresh token', async () => {
    const sender = await senderWithNonce();
    const code = (await spa.silently(browser, { scope, audience: testAudience })).get('code');
    assertRefused(await spa.redeem(code, {}, { dpop: 'x' }), 400, 'invalid_dpop_proof');
    const { body } = await accepted(spa.redeem(code, {}, { dpop: await sender.proof() }));
    assertRefused(await spa.refresh(body['refresh_token'], {}, { dpop: 'x' }), 400, 'invalid_dpop_proof');
    await accepted(refresh(sender, body['refresh_token']));
  });
});

describe('what no proof may be', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  test('J01, J02: unsigned, or signed with a secret', async () => {
    const sender = new DpopSender(tenant);
    const [, body = ''] = (await sender.proof()).split('.');
    for (const alg of ['none', 'None', '', undefined]) {
      const head = encode({ typ: 'dpop+jwt', alg, jwk: sender.jwk });
      await invalid(ask(`${head}.${body}.`));
      await invalid(ask(`${head}.${body}.AAAA`));
    }
    const secret = Buffer.from('a secret that everybody knows, of 32 bytes');
    for (const jwk of [{ kty: 'oct', k: secret.toString('base64url') }, sender.jwk]) {
      const head = encode({ typ: 'dpop+jwt', alg: 'HS256', jwk });
      const mac = createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url');
      await invalid(ask(`${head}.${body}.${mac}`));
    }
  });

  test('J03: of another kind, by another key, or by an algorithm that the key is not for', async () => {
    const sender = new DpopSender(tenant);
    const other = new DpopSender(tenant);
    for (const typ of [undefined, 'JWT', 'dpop', 'at+jwt', 7]) {
      await invalid(ask(await sender.proof({ header: { typ } })));
    }
    await accepted(ask(await sender.proof({ header: { typ: 'DPoP+JWT' } })));
    await invalid(ask(await sender.proof({ key: other.privateKey })));
    const [head = '', body = '', signature = ''] = (await sender.proof()).split('.');
    const said = JSON.parse(Buffer.from(head, 'base64url').toString());
    for (const alg of ['RS256', 'EdDSA', 'ES384', 'PS256']) {
      await invalid(ask(`${encode({ ...said, alg })}.${body}.${signature}`));
    }
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const jwk = p384.publicKey.export({ format: 'jwk' });
    await invalid(ask(await sender.proof({ header: { alg: 'ES384', jwk }, key: p384.privateKey })));
  });

  test('J05: with a private key, no key, a weak key, or the address of one', async () => {
    const sender = new DpopSender(tenant);
    const secret = sender.privateKey.export({ format: 'jwk' });
    const { d, ...half } = secret as Record<string, string>;
    for (const jwk of [secret, { ...half, d: '' }, { ...half, k: d }, undefined, null, 'x', [], {}, { kty: 'EC' }]) {
      await invalid(ask(await sender.proof({ header: { jwk } })));
    }
    await invalid(ask(await sender.proof({ header: { jwk: { ...half, x: half['y'] } } })));
    await invalid(ask(await sender.proof({ header: { jwk: undefined, jku: 'https://evil.example/jwks' } })));
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const jwk = weak.publicKey.export({ format: 'jwk' });
    const head = encode({ typ: 'dpop+jwt', alg: 'RS256', jwk });
    const [, body = ''] = (await sender.proof()).split('.');
    const signature = sign('sha256', Buffer.from(`${head}.${body}`), weak.privateKey).toString('base64url');
    await invalid(ask(`${head}.${body}.${signature}`));
  });

  test('J06, J08, J09: with anything critical, anything twice, or in another spelling', async () => {
    const sender = new DpopSender(tenant);
    await invalid(ask(await sender.proof({ header: { b64: true } })));
    const proof = await sender.proof();
    const [head = '', body = '', signature = ''] = proof.split('.');
    const text = Buffer.from(head, 'base64url').toString().replace('{', '{"alg":"none",');
    await invalid(ask(`${Buffer.from(text).toString('base64url')}.${body}.${signature}`));
    const last = signature.slice(-1) === 'A' ? 'B' : String.fromCharCode(signature.slice(-1).charCodeAt(0) + 1);
    const other = `${head}.${body}.${signature.slice(0, -1)}${last}`;
    for (const changed of [`${proof}=`, `${proof}.`, `.${proof}`, other, `${proof}, ${await sender.proof()}`, '']) {
      await invalid(ask(changed));
    }
    await accepted(ask(proof));
  });

  test('D14: whatever the header says, the answer is a refusal', async () => {
    const sender = new DpopSender(tenant);
    const claims = fc.dictionary(fc.constantFrom('jti', 'htm', 'htu', 'iat', 'nonce', 'ath'), fc.jsonValue());
    const header = fc.dictionary(fc.constantFrom('typ', 'kid', 'jku', 'x5c'), fc.jsonValue());
    const made = fc.record({ claims, header }).map(
      ({ claims, header }) =>
        () =>
          sender.proof({ claims, header }),
    );
    const text = fc
      .string({ unit: fc.constantFrom(...'eyJ{}".0aA=-_') })
      .map((read) => () => Promise.resolve(read.trim()));
    await fc.assert(
      fc.asyncProperty(fc.oneof(made, text), async (make) => {
        const { status, body } = await ask(await make());
        assert.ok(status === 200 || status === 400, JSON.stringify(body));
      }),
      { numRuns: 200 },
    );
  });
});

describe('nonces', () => {
  test('a public application is given one, and must use it', async () => {
    const sender = new DpopSender(tenant);
    const code = (await spa.silently(browser, { scope, audience: testAudience })).get('code');
    const origin = { origin: 'https://app.example.com' };
    const first = await spa.redeem(code, {}, { dpop: await sender.proof(), ...origin });
    assertRefused(first, 400, 'use_dpop_nonce');
    assert.match(String(first.headers['access-control-expose-headers']), /DPoP-Nonce/);
    sender.nonce = String(first.headers['dpop-nonce']);
    const { body, headers } = await accepted(spa.redeem(code, {}, { dpop: await sender.proof(), ...origin }));
    assert.equal(body['token_type'], 'DPoP');
    assert.equal(headers['dpop-nonce'], sender.nonce);
  });

  test('one that is not ours, or too old, is refused by a new one, whoever sends it', async () => {
    const sender = await senderWithNonce();
    for (const nonce of ['x', '', sender.nonce?.slice(1), ['x'], 7, null]) {
      const answer = await ask(await sender.proof({ claims: { nonce } }));
      assertRefused(answer, 400, 'use_dpop_nonce');
      assert.equal(answer.headers['dpop-nonce'], sender.nonce);
    }
    tenant.pass(120_000);
    await accepted(ask(await sender.proof()));
    tenant.pass(120_000);
    const late = await ask(await sender.proof());
    assertRefused(late, 400, 'use_dpop_nonce');
    assert.notEqual(late.headers['dpop-nonce'], sender.nonce);
    assert.ok(late.headers['dpop-nonce']);
  });

  test('with one, the clock of the sender may be off by five minutes', async () => {
    const sender = await senderWithNonce();
    const nowSec = Math.floor(tenant.ctx.now() / 1000);
    for (const iat of [nowSec - 300, nowSec + 300]) await accepted(ask(await sender.proof({ claims: { iat } })));
    for (const iat of [nowSec - 301, nowSec + 301]) await invalid(ask(await sender.proof({ claims: { iat } })));
    const early = await sender.proof({ claims: { iat: nowSec + 300 } });
    await accepted(ask(early));
    tenant.pass(100_000);
    await invalid(ask(early));
  });

  test('an application may be made to use them, or let off', async () => {
    const strict = await machineWith({ require_dpop_nonce: true });
    const sender = new DpopSender(tenant);
    assertRefused(await ask(await sender.proof(), strict), 400, 'use_dpop_nonce');
    const lax = await TestApplication.create(tenant, { require_dpop_nonce: false });
    assert.equal((await redeem(sender, lax)).status, 200);
  });

  test('an assertion is not used up by a request that is to come again with a nonce', async () => {
    const secret = 'a-secret-that-is-long-enough-to-sign-with-it';
    const signing = await machineWith({
      ...{ token_endpoint_auth_method: 'client_secret_jwt', client_secret: secret },
      require_dpop_nonce: true,
    });
    const { client_id } = signing.client;
    const client_assertion = await new SignJWT({ iss: client_id, sub: client_id, aud: tenant.ctx.issuer, jti: 'one' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(Math.floor(tenant.ctx.now() / 1000) + 60)
      .sign(Buffer.from(secret));
    const fields = { client_secret: undefined, client_assertion, client_assertion_type: clientAssertionType };
    const again = new DpopSender(tenant);
    const first = await ask(await again.proof(), signing, fields);
    assertRefused(first, 400, 'use_dpop_nonce');
    again.nonce = String(first.headers['dpop-nonce']);
    await accepted(ask(await again.proof(), signing, fields));
    assertRefused(await ask(await again.proof(), signing, fields), 401, 'invalid_client');
  });
});

describe('F08: a refresh token', () => {
  test('of a public application is exchanged by its key alone, and the tokens stay bound', async () => {
    const sender = await senderWithNonce();
    const thief = await senderWithNonce();
    const { body } = await accepted(redeem(sender));
    assertRefused(await refresh(thief, body['refresh_token']), 403, 'invalid_grant');
    assertRefused(await refresh(undefined, body['refresh_token']), 400, 'invalid_dpop_proof');
    const next = await accepted(refresh(sender, body['refresh_token']));
    assert.equal(next.body['token_type'], 'DPoP');
    assert.deepEqual(claimsOf(next.body['access_token'])['cnf'], { jkt: sender.jkt });
    assertRefused(await refresh(thief, next.body['refresh_token']), 403, 'invalid_grant');
    await accepted(refresh(sender, next.body['refresh_token']));
  });

  test('of an application with a secret may be exchanged with another key: it is bound to the application', async () => {
    const web = await TestApplication.create(tenant, { app_type: 'regular_web' });
    const sender = new DpopSender(tenant);
    const { body } = await accepted(redeem(sender, web));
    const other = new DpopSender(tenant);
    const next = await accepted(refresh(other, body['refresh_token'], web));
    assert.deepEqual(claimsOf(next.body['access_token'])['cnf'], { jkt: other.jkt });
  });

  test('that was given without a proof serves with one, and the access token is bound then', async () => {
    const sender = await senderWithNonce();
    const code = (await spa.silently(browser, { scope, audience: testAudience })).get('code');
    const { body } = await accepted(spa.redeem(code));
    assert.equal((await accepted(refresh(sender, body['refresh_token']))).body['token_type'], 'DPoP');
  });
});

describe('who must send one', () => {
  test('an application whose tokens are bound, or that must prove possession', async () => {
    const sender = new DpopSender(tenant);
    const bound = await machineWith({ dpop_bound_access_tokens: true });
    assertRefused(await ask(undefined, bound), 400, 'invalid_dpop_proof');
    await accepted(ask(await sender.proof(), bound));
    const proving = await machineWith({ require_proof_of_possession: true });
    assertRefused(await ask(undefined, proving), 400, 'invalid_request');
    await accepted(ask(await sender.proof(), proving));
  });

  test('everybody, where the API wants it; or public applications alone', async () => {
    const sender = await senderWithNonce();
    for (const [identifier, required_for] of [
      ['https://bound.example.com/', undefined],
      ['https://public.example.com/', 'public_clients'],
    ] as const) {
      const proof_of_possession = { mechanism: 'dpop', required: true, ...(required_for && { required_for }) } as const;
      await createResourceServer(tenant.ctx, { name: identifier, identifier, proof_of_possession });
      const application = await machineWith({}, tenant, identifier);
      const fields = { audience: identifier };
      const bare = await ask(undefined, application, fields);
      if (required_for) assert.equal(bare.status, 200);
      else assertRefused(bare, 400, 'invalid_dpop_proof');
      await accepted(ask(await sender.proof(), application, fields));
      const code = async () => (await spa.silently(browser, { scope: 'openid', audience: identifier })).get('code');
      assertRefused(await spa.redeem(await code()), 400, 'invalid_dpop_proof');
      await accepted(spa.redeem(await code(), {}, { dpop: await sender.proof() }));
    }
  });
});

describe('at userinfo', () => {
  const url = 'https://id.example.com/userinfo';
  let sender: DpopSender;
  let token: string;
  const get = async (authorization: string, dpop?: string) => {
    const headers = { host: 'id.example.com', authorization, ...(dpop === undefined ? {} : { dpop }) };
    const { statusCode, headers: answered, body } = await tenant.app.inject({ url: '/userinfo', headers });
    return { status: statusCode, headers: answered, body: JSON.parse(body) as Record<string, string> };
  };
  const proof = (wish: ProofWish = {}) => sender.proof({ method: 'GET', url, accessToken: token, ...wish });

  before(async () => {
    sender = await senderWithNonce();
    token = (await accepted(redeem(sender))).body['access_token'] ?? '';
  });

  test('who has the key is told who the person is, whether the token is a JWT or opaque', async () => {
    assert.match((await get(`DPoP ${token}`, await proof())).body['sub'] ?? '', /^auth0\|/);
    assert.equal((await get(`dpop ${token}`, await proof({ nonce: undefined }))).status, 200);
    const code = (await spa.silently(browser)).get('code');
    const { body } = await accepted(spa.redeem(code, {}, { dpop: await sender.proof() }));
    const opaque = body['access_token'] ?? '';
    assert.equal((await get(`DPoP ${opaque}`, await proof({ accessToken: opaque }))).status, 200);
    assert.equal((await get(`Bearer ${opaque}`)).status, 401);
  });

  test('T09: a bound token is no bearer token, and a bearer token is not bound', async () => {
    const asBearer = await get(`Bearer ${token}`, await proof());
    assert.equal(asBearer.status, 401);
    assert.match(String(asBearer.headers['www-authenticate']), /^DPoP error="invalid_token", .*algs="ES256 /);
    const form = await tenant.app.inject({
      method: 'POST',
      url: '/userinfo',
      headers: { host: 'id.example.com', 'content-type': 'application/x-www-form-urlencoded' },
      payload: `access_token=${token}`,
    });
    assert.equal(form.statusCode, 401);
    const code = (await spa.silently(browser)).get('code');
    const bearer = (await accepted(spa.redeem(code))).body['access_token'] ?? '';
    const asBound = await get(`DPoP ${bearer}`, await proof({ accessToken: bearer }));
    assert.equal(asBound.status, 401);
    assert.equal(asBound.body['error'], 'invalid_token');
  });

  test('without a proof, or with one of another key, request, token or time, it is refused', async () => {
    const thief = new DpopSender(tenant);
    const nowSec = Math.floor(tenant.ctx.now() / 1000);
    const right = { method: 'GET', url, accessToken: token };
    for (const [dpop, error] of [
      [undefined, 'invalid_dpop_proof'],
      [await thief.proof(right), 'invalid_token'],
      [await proof({ method: 'POST' }), 'invalid_dpop_proof'],
      [await proof({ url: 'https://id.example.com/oauth/token' }), 'invalid_dpop_proof'],
      [await proof({ accessToken: undefined }), 'invalid_dpop_proof'],
      [await proof({ accessToken: `${token}x` }), 'invalid_dpop_proof'],
      [await proof({ claims: { iat: nowSec - 301 } }), 'invalid_dpop_proof'],
      [await proof({ nonce: 'x' }), 'use_dpop_nonce'],
    ] as const) {
      const answer = await get(`DPoP ${token}`, dpop);
      assert.equal(answer.status, 401);
      assert.equal(answer.body['error'], error);
      assert.match(String(answer.headers['www-authenticate']), new RegExp(`^DPoP error="${error}"`));
      if (error === 'use_dpop_nonce') assert.ok(answer.headers['dpop-nonce']);
    }
  });

  test('a proof works once, also a while later', async () => {
    const used = await proof();
    assert.equal((await get(`DPoP ${token}`, used)).status, 200);
    assert.equal((await get(`DPoP ${token}`, used)).status, 401);
    const ahead = await proof({ claims: { iat: Math.floor(tenant.ctx.now() / 1000) + 300, jti: 'ahead' } });
    assert.equal((await get(`DPoP ${token}`, ahead)).status, 200);
    tenant.pass(100_000);
    assert.equal((await get(`DPoP ${token}`, ahead)).body['error'], 'invalid_dpop_proof');
  });
});

test('the metadata names the algorithms', async () => {
  const { body } = await tenant.app.inject({
    url: '/.well-known/openid-configuration',
    headers: { host: 'id.example.com' },
  });
  assert.deepEqual(JSON.parse(body).dpop_signing_alg_values_supported, ['ES256', 'PS256', 'EdDSA', 'Ed25519', 'RS256']);
});

for (const dialect of ['sqlite', 'postgres'] as const) {
  test(`of twenty uses of one proof at once exactly one is taken (${dialect})`, () =>
    withDatabase(dialect, async (databaseUrl) => {
      const racing = await openTestTenant({ databaseUrl });
      try {
        await createTestApi(racing);
        const application = await machineWith({}, racing);
        const sender = new DpopSender(racing);
        for (let round = 0; round < 20; round += 1) {
          const proof = await sender.proof();
          const answers = await Promise.all(Array.from({ length: 20 }, () => ask(proof, application)));
          assert.equal(answers.filter(({ status }) => status === 200).length, 1);
          for (const answer of answers) if (answer.status !== 200) assertRefused(answer, 400, 'invalid_dpop_proof');
        }
      } finally {
        await racing.close();
      }
    }));
}
