// Tests the JWT bearer grant: whose word is taken, about whom, by whom it may be brought, and only once.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { createConnection } from '#domain/connections';
import { changeTrustedIssuer, createTrustedIssuer, type TrustedIssuer } from '#domain/trusted-issuers';
import { createDatabaseUser, type User } from '#domain/users';
import type { OutboundRequest } from '#protocol/outbound';
import { withDatabase } from '#storage/testing';
import { assertRefused, claimsOf, type Fields, TestApplication } from '../../testing/application.ts';
import { blockTestUser, createTestApi, openTestTenant, type TestTenant, testAudience } from '../../testing/tenant.ts';

const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const partner = 'https://partner.example/';
const directory = 'Username-Password-Authentication';
const email = 'hana@example.com';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwkOf = (key: KeyObject, kid: string) => ({ ...key.export({ format: 'jwk' }), kid, use: 'sig' });
const asked: OutboundRequest[] = [];
let published = [jwkOf(publicKey, 'k1')];

let tenant: TestTenant;
let application: TestApplication;
let trusted: TrustedIssuer;
let user: User;

async function createPerson(
  { ctx }: TestTenant,
  address: string,
  connection = directory,
  verified = true,
): Promise<User> {
  const passwordHash =
    '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  const made = await createDatabaseUser(ctx, { connection, email: address, email_verified: verified, passwordHash });
  assert.notEqual(made, 'taken');
  return made as User;
}

const createApplication = (on: TestTenant) =>
  TestApplication.create(on, { app_type: 'regular_web', grant_types: [grant_type] });

function trust(on: TestTenant, { client }: TestApplication, more: Partial<TrustedIssuer> = {}): Promise<TrustedIssuer> {
  return createTrustedIssuer(on.ctx, {
    name: 'Partner',
    issuer: partner,
    jwks: { keys: [jwkOf(publicKey, 'k1')] },
    clients: [client.client_id],
    apis: [{ audience: testAudience, scope: ['read:things', 'read:nothing'] }],
    subject: { connection: directory, match: 'email' },
    ...more,
  });
}

before(async () => {
  tenant = await openTestTenant({
    outbound: async (request) => {
      asked.push(request);
      return { status: 200, headers: {}, body: JSON.stringify({ keys: published }) };
    },
  });
  await createTestApi(tenant);
  application = await createApplication(tenant);
  user = await createPerson(tenant, email);
  trusted = await trust(tenant, application);
});
after(() => tenant.close());

let serial = 0;

function claimsAbout(on: TestTenant, more: Record<string, unknown> = {}): Record<string, unknown> {
  const nowSec = on.ctx.now() / 1000;
  serial += 1;
  const subject = { sub: 'partner-user-1', email, email_verified: true };
  return { iss: partner, aud: on.ctx.issuer, iat: nowSec, exp: nowSec + 300, jti: `j${serial}`, ...subject, ...more };
}

interface Signing {
  readonly key?: KeyObject | Uint8Array;
  readonly alg?: string;
  readonly header?: Record<string, unknown>;
}

const sign = (claims: Record<string, unknown>, { key = privateKey, alg = 'ES256', header = {} }: Signing = {}) =>
  new SignJWT(JSON.parse(JSON.stringify(claims))).setProtectedHeader({ alg, kid: 'k1', ...header }).sign(key);

const present = (assertion: string | undefined, extra: Fields = {}, by = application) =>
  by.post({ grant_type, assertion, audience: testAudience, ...extra });

async function assertInvalid(assertion: string, extra: Fields = {}): Promise<void> {
  const answer = await present(assertion, extra);
  assertRefused(answer, 403, 'invalid_grant');
  assert.equal(answer.body['error_description'], 'Invalid assertion');
}

test('the word of a trusted issuer gives a token for the person who is meant, and nothing else', async () => {
  const { status, body } = await present(await sign(claimsAbout(tenant)));
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
  const { sub, aud, scope, gty, sid, azp } = claimsOf(body['access_token']);
  const { client_id } = application.client;
  assert.deepEqual(
    { sub, aud, scope, gty, sid, azp },
    { sub: user.user_id, aud: testAudience, scope: 'read:things', gty: 'jwt-bearer', sid: undefined, azp: client_id },
  );
  assert.ok(tenant.events.some((event) => event.type === 'sejbt' && event.user_id === user.user_id));
});

test('the token endpoint is an audience as well as the issuer', async () => {
  const aud = `${tenant.ctx.issuer}oauth/token`;
  assert.equal((await present(await sign(claimsAbout(tenant, { aud })))).status, 200);
});

test('X07: an assertion works once, for whichever scope', async () => {
  const assertion = await sign(claimsAbout(tenant, { jti: 'once' }));
  assert.equal((await present(assertion)).status, 200);
  await assertInvalid(assertion);
  await assertInvalid(await sign(claimsAbout(tenant, { jti: 'once' })));
  assert.ok(tenant.events.some((event) => event.type === 'fejbt' && event.description === 'it was used before'));
});

test('a refusal for another reason does not use it up', async () => {
  const assertion = await sign(claimsAbout(tenant));
  assertRefused(await present(assertion, { scope: 'write:things' }), 400, 'invalid_scope');
  assertRefused(await present(assertion, { audience: 'https://other.example/' }), 400, 'invalid_target');
  assert.equal((await present(assertion)).status, 200);
});

test('X07: expired, early, long-lived, unaddressed, anonymous and unnumbered assertions are refused', async () => {
  const nowSec = tenant.ctx.now() / 1000;
  const wrong = [
    { exp: nowSec },
    { exp: undefined },
    { exp: nowSec + 3600 },
    { iat: nowSec + 61 },
    { nbf: nowSec + 61 },
    { aud: undefined },
    { aud: 'https://id.example.com' },
    { aud: [tenant.ctx.issuer, 'https://other.example/'] },
    { sub: undefined },
    { jti: undefined },
    { client_id: 'another' },
  ];
  for (const claims of wrong) await assertInvalid(await sign(claimsAbout(tenant, claims)));
});

test('X07, J01, J02, J03: no signature, a shared one, a stranger and an algorithm that is not the key are refused', async () => {
  const claims = claimsAbout(tenant);
  const good = await sign(claims);
  const [, body = '', signature = ''] = good.split('.');
  const header = (members: object) => Buffer.from(JSON.stringify(members)).toString('base64url');
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const mac = (members: object, key: string | Buffer) => {
    const input = `${header(members)}.${body}`;
    return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
  };
  const forged = [
    `${header({ alg: 'none' })}.${body}.`,
    `${header({ alg: 'none', kid: 'k1' })}.${body}.${signature}`,
    mac({ alg: 'HS256', kid: 'k1' }, pem),
    mac({ alg: 'HS256', kid: 'k1' }, JSON.stringify(jwkOf(publicKey, 'k1'))),
    `${header({ alg: 'RS256', kid: 'k1' })}.${body}.${signature}`,
    await sign(claims, { key: stranger.privateKey }),
    await sign(claims, { key: rsa.privateKey, alg: 'RS256' }),
    await sign(claims, { header: { kid: 'unknown' } }),
    good.slice(0, -2),
    `${good}A`,
    'x',
  ];
  for (const assertion of forged) await assertInvalid(assertion);
  assert.equal((await present(good)).status, 200, 'and the good one still works');
});

test('J05, J06: a key that the assertion brings or points at is not looked at, and crit is refused', async () => {
  const requests = asked.length;
  const jwk = stranger.publicKey.export({ format: 'jwk' });
  for (const header of [{ jwk }, { jku: 'https://evil.test/jwks' }, { x5u: 'https://evil.test/x' }]) {
    await assertInvalid(await sign(claimsAbout(tenant), { key: stranger.privateKey, header }));
  }
  assert.equal(asked.length, requests);
  const input = `${Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'k1', crit: ['exp2'], exp2: 1 })).toString('base64url')}.e30`;
  await assertInvalid(`${input}.${'A'.repeat(86)}`);
});

test('J08: claims that stand twice are refused', async () => {
  const [head, body = ''] = (await sign(claimsAbout(tenant))).split('.');
  const text = Buffer.from(body, 'base64url').toString().replace('{', '{"sub":"other",');
  const input = `${head}.${Buffer.from(text).toString('base64url')}`;
  const signature = signBytes('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  await assertInvalid(`${input}.${signature.toString('base64url')}`);
});

test('T11: what calls itself another kind of token is no assertion', async () => {
  for (const typ of ['logout+jwt', 'at+jwt', 'dpop+jwt']) {
    await assertInvalid(await sign(claimsAbout(tenant), { header: { typ } }));
  }
  for (const typ of ['JWT', 'oauth-id-jag+jwt']) {
    assert.equal((await present(await sign(claimsAbout(tenant), { header: { typ } }))).status, 200);
  }
});

test('X07: an issuer that is unknown, disabled, or not for this application is refused, and asked nothing', async () => {
  await assertInvalid(await sign(claimsAbout(tenant, { iss: 'https://unknown.example/' })));
  await assertInvalid(await sign(claimsAbout(tenant, { iss: tenant.ctx.issuer })));
  const other = await createApplication(tenant);
  assertRefused(await present(await sign(claimsAbout(tenant)), {}, other), 403, 'invalid_grant');
  const assertion = await sign(claimsAbout(tenant));
  await changeTrustedIssuer(tenant.ctx, trusted.id, { enabled: false });
  await assertInvalid(assertion);
  await changeTrustedIssuer(tenant.ctx, trusted.id, { enabled: true });
  assert.equal((await present(assertion)).status, 200);
});

test('X07: an address counts only where both sides have proved it, and of the connection that is named', async () => {
  await assertInvalid(await sign(claimsAbout(tenant, { email_verified: false })));
  await assertInvalid(await sign(claimsAbout(tenant, { email_verified: 'true' })));
  await assertInvalid(await sign(claimsAbout(tenant, { email: undefined })));
  await assertInvalid(await sign(claimsAbout(tenant, { email: 'nobody@example.com' })));
  await createPerson(tenant, 'unproved@example.com', directory, false);
  await assertInvalid(await sign(claimsAbout(tenant, { email: 'unproved@example.com' })));
  await createConnection(tenant.ctx, { name: 'Others' });
  await createPerson(tenant, 'elsewhere@example.com', 'Others');
  await assertInvalid(await sign(claimsAbout(tenant, { email: 'elsewhere@example.com' })));
  assert.equal((await present(await sign(claimsAbout(tenant, { email: 'Hana@Example.COM' })))).status, 200);
});

test('X07: by sub the person is the one whom the connection knows by that id, and nobody of another connection', async () => {
  const iss = 'https://by-sub.example/';
  await trust(tenant, application, { issuer: iss, subject: { connection: directory, match: 'sub' } });
  const about = (sub: string) => sign(claimsAbout(tenant, { iss, sub }));
  const idOf = ({ user_id }: User) => user_id.slice('auth0|'.length);
  const { body } = await present(await about(idOf(user)));
  assert.equal(claimsOf(body['access_token'])['sub'], user.user_id);
  await createConnection(tenant.ctx, { name: 'Third' });
  const elsewhere = await createPerson(tenant, 'third@example.com', 'Third');
  for (const sub of [idOf(elsewhere), user.user_id, 'nobody', '%', "' or 1=1 --"])
    await assertInvalid(await about(sub));
});

test('T12: nobody gets a token for a person who is blocked', async () => {
  const blocked = await createPerson(tenant, 'blocked@example.com');
  await blockTestUser(tenant, blocked.user_id);
  assertRefused(await present(await sign(claimsAbout(tenant, { email: 'blocked@example.com' }))), 403, 'unauthorized');
});

test('T05, T06: scopes and APIs are those that the issuer is trusted for', async () => {
  const ask = async (extra: Fields) => present(await sign(claimsAbout(tenant)), extra);
  assert.equal((await ask({ scope: 'read:things' })).body['scope'], 'read:things');
  for (const scope of ['write:things', 'read:nothing', 'openid', 'offline_access']) {
    assertRefused(await ask({ scope }), 400, 'invalid_scope');
  }
  for (const audience of [undefined, `${tenant.ctx.issuer}api/v2/`, `${tenant.ctx.issuer}userinfo`]) {
    assertRefused(await ask({ audience }), 400, 'invalid_target');
  }
});

test('T04: the grant is off until it is given, and never for who keeps no secret', async () => {
  const usual = await TestApplication.create(tenant, { app_type: 'regular_web' });
  assertRefused(await present(await sign(claimsAbout(tenant)), {}, usual), 403, 'unauthorized_client');
  const spa = await TestApplication.create(tenant, { grant_types: [grant_type] });
  assertRefused(await present(await sign(claimsAbout(tenant)), {}, spa), 403, 'unauthorized_client');
  assertRefused(await present(undefined), 400, 'invalid_request');
});

test('keys at an address are fetched when they are needed, and again when the issuer has new ones', async () => {
  const iss = 'https://remote.example/';
  const remote = { issuer: iss, jwks: undefined, jwks_uri: 'https://remote.example/jwks' } as unknown as TrustedIssuer;
  await trust(tenant, application, remote);
  asked.length = 0;
  const say = async (signing: Signing = {}) =>
    (await present(await sign(claimsAbout(tenant, { iss }), signing))).status;
  assert.deepEqual([await say(), await say()], [200, 200]);
  assert.deepEqual(
    asked.map(({ url }) => url),
    ['https://remote.example/jwks'],
  );
  published = [jwkOf(stranger.publicKey, 'k2')];
  tenant.pass(31_000);
  assert.equal(await say({ key: stranger.privateKey, header: { kid: 'k2' } }), 200);
  assert.equal(await say(), 403, 'and the one that was withdrawn is worth nothing');
});

test('an issuer that cannot be right is not trusted to begin with', async () => {
  const attempt = (more: object) =>
    trust(tenant, application, { issuer: 'https://new.example/', ...more } as TrustedIssuer);
  const wrong = [
    { issuer: tenant.ctx.issuer },
    { issuer: '' },
    { signing_algs: [] },
    { signing_algs: ['HS256'] },
    { signing_algs: ['none'] },
    { max_lifetime: 3601 },
    { max_lifetime: 0 },
    { jwks: undefined },
    { jwks_uri: 'https://both.example/' },
    { jwks: { keys: [] } },
    { jwks: { keys: [privateKey.export({ format: 'jwk' })] } },
    { jwks: undefined, jwks_uri: 'no address' },
    { subject: { connection: 'Nowhere', match: 'sub' } },
    { issuer: partner },
  ];
  for (const more of wrong) await assert.rejects(attempt(more), RangeError, JSON.stringify(more));
});

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`on ${dialect}`, () => {
    test('X07: of twenty presentations of one assertion at once exactly one succeeds, ten times over', () =>
      withDatabase(dialect, async (databaseUrl) => {
        const other = await openTestTenant({ databaseUrl });
        await createTestApi(other);
        await createPerson(other, email);
        const client = await createApplication(other);
        await trust(other, client);
        for (let round = 0; round < 10; round += 1) {
          const assertion = await sign(claimsAbout(other));
          const answers = await Promise.all(Array.from({ length: 20 }, () => present(assertion, {}, client)));
          assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(19).fill(403)]);
        }
        await other.close();
      }));
  });
}
