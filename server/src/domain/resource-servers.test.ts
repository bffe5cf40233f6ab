// Tests what an API may be set to, and that what makes no sense is refused with a sentence.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { ResourceServer } from '#protocol/resource-server';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { apiSecret } from './api-secrets.ts';
import { Taken } from './refusals.ts';
import { changeResourceServer, createResourceServer, findResourceServer } from './resource-servers.ts';

let tenant: TestTenant;
before(async () => {
  tenant = await openTestTenant();
});
after(() => tenant.close());

let count = 0;
const create = (settings: Partial<ResourceServer> = {}) => {
  count += 1;
  return createResourceServer(tenant.ctx, {
    name: 'An API',
    identifier: `https://api${count}.example.com/`,
    ...settings,
  });
};

const publicPem = (bits: number) =>
  generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'pem', type: 'spki' }) as string;
const encryption = (alg: string, pem: string) => ({
  token_encryption: { format: 'compact-nested-jwe' as const, encryption_key: { alg, pem } },
});

test('an API has Auth0’s defaults', async () => {
  const { id, name, identifier, ...defaults } = await create();
  assert.match(id, /^[0-9a-f]{24}$/);
  assert.deepEqual(defaults, {
    scopes: [],
    signing_alg: 'RS256',
    token_lifetime: 86_400,
    token_lifetime_for_web: 7200,
    allow_offline_access: false,
    skip_consent_for_verifiable_first_party_clients: false,
  });
});

test('two APIs cannot have one identifier', async () => {
  const { identifier } = await create();
  await assert.rejects(create({ identifier }), Taken);
});

describe('settings that make no sense', () => {
  const scope = (value: string) => ({ scopes: [{ value }] });
  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ['no name', { name: ' ' }, /name of an API/],
    ['markup in the name', { name: '<b>' }, /name of an API/],
    ['no identifier', { identifier: '' }, /identifier of an API/],
    ['a space in the identifier', { identifier: 'my api' }, /identifier of an API/],
    ['a long identifier', { identifier: 'x'.repeat(601) }, /identifier of an API/],
    ['the identifier of userinfo', { identifier: 'https://id.example.com/userinfo' }, /server's own/],
    ['a lifetime of nothing', { token_lifetime: 0 }, /token_lifetime is .* 1 to 2592000/],
    ['a lifetime of more than 30 days', { token_lifetime: 2_592_001 }, /token_lifetime is/],
    ['a lifetime in parts of a second', { token_lifetime: 1.5 }, /token_lifetime is/],
    ['a lifetime that is none', { token_lifetime: Number.NaN }, /token_lifetime is/],
    ['longer in browsers than elsewhere', { token_lifetime: 60, token_lifetime_for_web: 61 }, /which is 60/],
    [
      'an algorithm that nobody has',
      { signing_alg: 'none' },
      /signing_alg is one of RS256, PS256, ES256, EdDSA, HS256/,
    ],
    ['a dialect that nobody speaks', { token_dialect: 'klingon' }, /token_dialect is one of/],
    ['a scope twice', { scopes: [{ value: 'a' }, { value: 'a' }] }, /"a" stands twice/],
    ['an empty scope', scope(''), /scope "" is not/],
    ['a scope of two words', scope('read things'), /scope "read things" is not/],
    ['a scope with quotes', scope('a"b'), /is not 1 to 280/],
    ['a scope that means something already', scope('openid'), /meaning of its own/],
    ['too many scopes', { scopes: Array.from({ length: 1001 }, (_, n) => ({ value: `s${n}` })) }, /at most 1000/],
    ['a policy for people that is none', { subject_type_authorization: { user: { policy: 'some' } } }, /user\.policy/],
    [
      'all applications for themselves',
      { subject_type_authorization: { client: { policy: 'allow_all' } } },
      /client\.pol/,
    ],
    ['an encryption that is none', encryption('RSA1_5', publicPem(2048)), /encryption_key\.alg is one of RSA-OAEP-256/],
    ['a key that is none', encryption('RSA-OAEP-256', 'key'), /public RSA key/],
    ['a key that is too short', encryption('RSA-OAEP-256', publicPem(1024)), /2048 bits/],
    ['a short secret', { signing_alg: 'HS256', signing_secret: 'x'.repeat(31) }, /at least 32 bytes/],
  ];
  for (const [what, settings, sentence] of wrong) {
    test(`are refused: ${what}`, () =>
      assert.rejects(create(settings), (error) => error instanceof RangeError && sentence.test(error.message)));
  }

  test('are refused when an API is changed, which then stays as it was', async () => {
    const { identifier } = await create();
    await assert.rejects(changeResourceServer(tenant.ctx, identifier, { token_lifetime: -1 }), RangeError);
    assert.equal((await findResourceServer(tenant.ctx, identifier))?.token_lifetime, 86_400);
    assert.equal(await changeResourceServer(tenant.ctx, 'https://unknown.example.com/', {}), undefined);
  });
});

describe('the secret of an API with HS256', () => {
  test('is the given one, sealed, or one that is made', async () => {
    const given = 'a secret of thirty-two bytes, ok';
    const api = await create({ signing_alg: 'HS256', signing_secret: given });
    assert.doesNotMatch(JSON.stringify(api), /thirty-two/);
    assert.equal(apiSecret(tenant.ctx, api).toString(), given);
    const made = [await create({ signing_alg: 'HS256' }), await create({ signing_alg: 'HS256' })];
    const secrets = made.map((one) => apiSecret(tenant.ctx, one).toString());
    assert.ok(secrets.every((secret) => secret.length >= 43));
    assert.notEqual(secrets[0], secrets[1]);
  });

  test('is made when an API changes to HS256, stays until another is given, and is no other API’s business', async () => {
    const { identifier } = await create();
    const secretAfter = async (change: Partial<ResourceServer>) => {
      const changed = await changeResourceServer(tenant.ctx, identifier, change);
      assert.ok(changed);
      return apiSecret(tenant.ctx, changed).toString();
    };
    const first = await secretAfter({ signing_alg: 'HS256' });
    assert.equal(await secretAfter({ token_lifetime: 600, token_lifetime_for_web: 600 }), first);
    const second = 'another secret, of 32 bytes or so';
    assert.equal(await secretAfter({ signing_secret: second }), second);
    await assert.rejects(secretAfter({ signing_secret: 'short' }), RangeError);
  });
});

test('the keys of an algorithm are published from the moment that an API asks for it', async () => {
  const published = () => tenant.ctx.keys.jwks.keys.map(({ alg }) => alg);
  assert.equal(published().includes('ES256'), false);
  const { identifier } = await create({ signing_alg: 'ES256' });
  assert.equal(published().filter((alg) => alg === 'ES256').length, 2);
  await changeResourceServer(tenant.ctx, identifier, { signing_alg: 'EdDSA' });
  assert.equal(published().filter((alg) => alg === 'EdDSA').length, 2);
});
