// Tests access tokens as each API wants them: algorithm, dialect, permissions, encryption (T05, T06, T11, T14).
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { compactDecrypt, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { verifyAccessToken } from '#domain/access-tokens';
import { apiSecret } from '#domain/api-secrets';
import { grantClient } from '#domain/client-grants';
import { changeResourceServer, createResourceServer, findResourceServer } from '#domain/resource-servers';
import {
  assignPermission,
  assignRole,
  changeRolePermissions,
  createRole,
  type Permission,
  type Role,
  removePermission,
} from '#domain/roles';
import type { ResourceServer, TokenDialect } from '#protocol/resource-server';
import { type SigningAlgorithm, signingAlgorithms } from '#protocol/signing-algorithm';
import { assertRefused, claimsOf, type Fields, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { createTestUser, openTestTenant, type TestTenant, testPassword } from '../testing/tenant.ts';

const email = 'hana@example.com';
let tenant: TestTenant;
let userId: string;
let spa: TestApplication;
let machine: TestApplication;
let browser: TestBrowser;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  spa = await TestApplication.create(tenant);
  machine = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  browser = new TestBrowser(tenant);
  await spa.signIn(browser, email);
});
after(() => tenant.close());

const scopes = [{ value: 'read:things' }, { value: 'write:things' }, { value: 'delete:things' }];
let count = 0;

/** An API of its own for a test, which the machine may use for itself. */
async function createApi(settings: Partial<ResourceServer> = {}): Promise<ResourceServer> {
  count += 1;
  const identifier = `https://api${count}.example.com/`;
  const api = { name: 'API', identifier, scopes, allow_offline_access: true, ...settings };
  await grantClient(tenant.ctx, { client_id: machine.client.client_id, audience: identifier, scope: ['read:things'] });
  return createResourceServer(tenant.ctx, api);
}

const everything = 'openid offline_access read:things write:things delete:things';

/** What a signed-in person's application gets for an API. */
async function personTokens({ identifier }: ResourceServer, extra: Fields = {}, application = spa) {
  const asked = { scope: everything, audience: identifier, ...extra };
  const { status, body } = await application.redeem((await application.silently(browser, asked)).get('code'));
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const machineToken = ({ identifier }: ResourceServer, extra: Fields = {}) =>
  machine.post({ grant_type: 'client_credentials', audience: identifier, ...extra });

describe('the algorithm of an API', () => {
  for (const alg of signingAlgorithms) {
    test(`${alg}: anybody’s library verifies its tokens, and so do we`, async () => {
      const api = await createApi({ signing_alg: alg });
      const { access_token = '' } = await personTokens(api);
      const key =
        alg === 'HS256' ? apiSecret(tenant.ctx, api) : createLocalJWKSet(tenant.ctx.keys.jwks as JSONWebKeySet);
      const options = {
        issuer: tenant.ctx.issuer,
        audience: api.identifier,
        algorithms: [alg],
        currentDate: new Date(tenant.ctx.now()),
      };
      const { payload, protectedHeader } = await jwtVerify(access_token, key as Uint8Array, options);
      assert.deepEqual([protectedHeader.alg, protectedHeader.typ, payload.sub], [alg, 'JWT', userId]);
      assert.equal((await verifyAccessToken(tenant.ctx, access_token, api.identifier)).sub, userId);
      assert.equal((await spa.userinfo(access_token)).status, 200);
      const revocation = { token: access_token, client_id: spa.client.client_id };
      await tenant.app.inject({
        method: 'POST',
        url: '/oauth/revoke',
        headers: { host: 'id.example.com' },
        body: revocation,
      });
      assert.equal((await spa.userinfo(access_token)).status, 401);
    });
  }

  test('HS256: what the API could have written itself is not accepted from it (X06)', async () => {
    const api = await createApi({ signing_alg: 'HS256' });
    const { access_token = '' } = await personTokens(api);
    const { SignJWT } = await import('jose');
    const secret = apiSecret(tenant.ctx, api);
    const forge = (change: object, key: Uint8Array = secret) =>
      new SignJWT({ ...claimsOf(access_token), ...change }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key);
    assert.equal((await spa.userinfo(await forge({}))).status, 200, 'the very same claims');
    const { jti } = claimsOf(access_token) as { jti: string };
    const another = await createApi({ signing_alg: 'HS256' });
    for (const change of [
      { sub: 'auth0|somebody-else' },
      { scope: 'openid email' },
      { exp: 9_999_999_999 },
      { jti: jti.slice(0, -43) },
      { jti: 'a.b.c' },
      { jti: undefined },
      { jti: 7 },
      { aud: [another.identifier, `${tenant.ctx.issuer}userinfo`] },
      { aud: `${tenant.ctx.issuer}userinfo` },
      { azp: 'another-application' },
    ]) {
      assert.equal((await spa.userinfo(await forge(change))).status, 401, JSON.stringify(change));
    }
    for (const key of [apiSecret(tenant.ctx, another), Buffer.alloc(32), Buffer.from('secret')]) {
      assert.equal((await spa.userinfo(await forge({}, key))).status, 401);
    }
  });

  test('J02: an API with a key of ours takes no MAC, whatever secret is guessed', async () => {
    const api = await createApi({ signing_alg: 'ES256' });
    const { access_token = '' } = await personTokens(api);
    const { SignJWT } = await import('jose');
    const guesses = [JSON.stringify(tenant.ctx.keys.jwks.keys[0]), 'x'.repeat(32), api.identifier.repeat(2)];
    for (const guess of guesses) {
      const forged = new SignJWT(claimsOf(access_token)).setProtectedHeader({ alg: 'HS256', typ: 'JWT' });
      assert.equal((await spa.userinfo(await forged.sign(Buffer.from(guess)))).status, 401);
    }
  });
});

describe('the dialect of an API', () => {
  const common = ['aud', 'exp', 'iat', 'iss', 'jti', 'scope', 'sid', 'status', 'sub'];
  const dialects: readonly (readonly [TokenDialect, string, readonly string[]])[] = [
    ['access_token', 'JWT', ['azp']],
    ['access_token_authz', 'JWT', ['azp', 'permissions']],
    ['rfc9068_profile', 'at+jwt', ['auth_time', 'client_id']],
    ['rfc9068_profile_authz', 'at+jwt', ['auth_time', 'client_id', 'permissions']],
  ];
  for (const [token_dialect, typ, own] of dialects) {
    test(`${token_dialect} says what it says, and is accepted`, async () => {
      const api = await createApi({ token_dialect, enforce_policies: token_dialect.endsWith('_authz') });
      const { access_token = '' } = await personTokens(api);
      assert.equal(decodeProtectedHeader(access_token).typ, typ);
      const claims = claimsOf(access_token);
      assert.deepEqual(
        Object.keys(claims)
          .filter((name) => name !== 'amr')
          .sort(),
        [...common, ...own].sort(),
      );
      assert.equal(claims['azp'] ?? claims['client_id'], spa.client.client_id);
      assert.equal((await verifyAccessToken(tenant.ctx, access_token, api.identifier)).client_id, spa.client.client_id);
      assert.equal((await spa.userinfo(access_token)).status, 200);
    });
  }

  test('rfc9068_profile has no gty, but tells an application that acts for itself by its sub (RFC 9068 §2.2)', async () => {
    const { body } = await machineToken(await createApi({ token_dialect: 'rfc9068_profile' }));
    const { client_id } = machine.client;
    const claims = claimsOf(body['access_token']);
    assert.deepEqual(
      [claims['sub'], claims['client_id'], claims['gty']],
      [`${client_id}@clients`, client_id, undefined],
    );
  });

  test('T11: an access token of RFC 9068 is no ID token, though it has no azp either', async () => {
    const { access_token } = await personTokens(await createApi({ token_dialect: 'rfc9068_profile' }));
    const location = await spa.silently(browser, { id_token_hint: access_token });
    assert.equal(location.get('error'), 'invalid_request');
  });
});

describe('with role-based access control', () => {
  let api: ResourceServer;
  let role: Role;
  const permission = (name: string): Permission => ({
    resource_server_identifier: api.identifier,
    permission_name: name,
  });
  before(async () => {
    api = await createApi({ enforce_policies: true, token_dialect: 'access_token_authz' });
    role = await createRole(tenant.ctx, { name: 'Keeper of things' });
    await assignRole(tenant.ctx, userId, role.id);
  });
  const got = async (extra: Fields = {}) => {
    const { access_token, scope } = await personTokens(api, extra);
    const claims = claimsOf(access_token);
    assert.equal(claims['scope'], scope);
    return { scope, permissions: claims['permissions'] };
  };

  test('T05: who has no permission gets no scope of the API', async () => {
    assert.deepEqual(await got(), { scope: 'openid offline_access', permissions: [] });
  });

  test('a person gets the scopes that their roles and they themselves are permitted, of those asked for', async () => {
    await changeRolePermissions(tenant.ctx, role.id, [
      permission('read:things'),
      permission('unknown:things'),
      { resource_server_identifier: 'https://other.example.com/', permission_name: 'delete:things' },
    ]);
    assert.deepEqual(await got(), { scope: 'openid offline_access read:things', permissions: ['read:things'] });
    await assignPermission(tenant.ctx, userId, permission('write:things'));
    await assignPermission(tenant.ctx, userId, permission('write:things'));
    const permissions = ['read:things', 'write:things'];
    assert.deepEqual(await got(), { scope: 'openid offline_access read:things write:things', permissions });
    assert.deepEqual(await got({ scope: 'openid read:things' }), { scope: 'openid read:things', permissions });
  });

  test('T12: a permission that is taken away is not in the next token', async () => {
    const { refresh_token } = await personTokens(api);
    assert.equal(await removePermission(tenant.ctx, userId, permission('write:things')), true);
    assert.equal(await removePermission(tenant.ctx, userId, permission('write:things')), false);
    const { body } = await spa.refresh(refresh_token);
    assert.equal(body['scope'], 'openid offline_access read:things');
    assert.deepEqual(claimsOf(body['access_token'])['permissions'], ['read:things']);
  });

  test('what is not told is enforced all the same, and without it nothing is', async () => {
    const quiet = await createApi({ enforce_policies: true });
    const { access_token, scope } = await personTokens(quiet);
    assert.equal(scope, 'openid offline_access');
    assert.equal('permissions' in claimsOf(access_token), false);
    const open = await createApi({ token_dialect: 'access_token_authz' });
    const tokens = await personTokens(open);
    assert.equal(tokens['scope'], everything);
    assert.equal('permissions' in claimsOf(tokens['access_token']), false);
  });

  test('an application that acts for itself has the permissions that it was granted, of those asked for', async () => {
    const { body } = await machineToken(api);
    assert.deepEqual(claimsOf(body['access_token'])['permissions'], ['read:things']);
  });

  test('who is asked for consent is asked for what can be granted alone', async () => {
    const stranger = await TestApplication.create(tenant, { is_first_party: false });
    const page = await browser.open(stranger.authorizeUrl({ scope: everything, audience: api.identifier }));
    assert.match(page.body, /read:things/);
    assert.doesNotMatch(page.body, /delete:things/);
  });
});

describe('who may use an API', () => {
  const denied = async (application: TestApplication, { identifier }: ResourceServer) => {
    const answer = await application.silently(browser, { scope: everything, audience: identifier });
    assert.equal(answer.get('error'), 'access_denied');
    return answer.get('error_description') ?? '';
  };

  test('on behalf of people: nobody, where the API says so', async () => {
    const api = await createApi({ subject_type_authorization: { user: { policy: 'deny_all' } } });
    assert.match(await denied(spa, api), /on behalf of people/);
    assert.equal((await machineToken(api)).status, 200);
    const page = await new TestBrowser(tenant).open(spa.authorizeUrl({ audience: api.identifier }));
    assert.equal(page.location?.searchParams.get('error'), 'access_denied', 'nobody is asked to sign in for nothing');
  });

  test('T06: on behalf of people: only with a client grant for that, where the API says so, and no further', async () => {
    const api = await createApi({ subject_type_authorization: { user: { policy: 'require_client_grant' } } });
    const grant = { client_id: spa.client.client_id, audience: api.identifier };
    await grantClient(tenant.ctx, { ...grant, scope: ['delete:things'] });
    assert.match(await denied(spa, api), /subject_type 'user'/);
    await grantClient(tenant.ctx, { ...grant, scope: ['read:things', 'write:things'], subject_type: 'user' });
    const { scope, refresh_token } = await personTokens(api);
    assert.equal(scope, 'openid offline_access read:things write:things');
    await grantClient(tenant.ctx, { ...grant, scope: ['read:things'], subject_type: 'user' });
    const refreshed = await spa.refresh(refresh_token);
    assert.equal(refreshed.body['scope'], 'openid offline_access read:things');
    const policy = { user: { policy: 'deny_all' } } as const;
    await changeResourceServer(tenant.ctx, api.identifier, { subject_type_authorization: policy });
    assertRefused(await spa.refresh(refreshed.body['refresh_token']), 403, 'access_denied');
  });

  test('a refusal consumes nothing: the refresh token is good once the API allows it again', async () => {
    const api = await createApi();
    const { refresh_token } = await personTokens(api);
    const setPolicy = (policy: 'allow_all' | 'deny_all') =>
      changeResourceServer(tenant.ctx, api.identifier, { subject_type_authorization: { user: { policy } } });
    await setPolicy('deny_all');
    assertRefused(await spa.refresh(refresh_token), 403, 'access_denied');
    await setPolicy('allow_all');
    assert.equal((await spa.refresh(refresh_token)).status, 200);
  });

  test('by whatever grant a person is spoken for', async () => {
    const api = await createApi({ subject_type_authorization: { user: { policy: 'deny_all' } } });
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    const trusted = await TestApplication.create(tenant, { grant_types: ['password', device] });
    const asked = { audience: api.identifier, scope: 'openid read:things' };
    const password = { grant_type: 'password', username: email, password: testPassword };
    assertRefused(await trusted.post({ ...password, ...asked }), 403, 'access_denied');
    const begun = await tenant.app.inject({
      method: 'POST',
      url: '/oauth/device/code',
      headers: { host: 'id.example.com' },
      body: { client_id: trusted.client.client_id, ...asked },
    });
    assert.deepEqual([begun.statusCode, begun.json().error], [403, 'access_denied']);
  });

  test('a client grant is the ceiling of the permissions that are told, too', async () => {
    const user = { policy: 'require_client_grant' } as const;
    const rbac = { enforce_policies: true, token_dialect: 'access_token_authz' } as const;
    const api = await createApi({ ...rbac, subject_type_authorization: { user } });
    for (const { value } of scopes) {
      const permission = { resource_server_identifier: api.identifier, permission_name: value };
      await assignPermission(tenant.ctx, userId, permission);
    }
    const grant = { client_id: spa.client.client_id, audience: api.identifier, subject_type: 'user' } as const;
    await grantClient(tenant.ctx, { ...grant, scope: ['read:things'] });
    assert.deepEqual(claimsOf((await personTokens(api))['access_token'])['permissions'], ['read:things']);
  });

  test('for itself: nobody, where the API says so', async () => {
    const api = await createApi({ subject_type_authorization: { client: { policy: 'deny_all' } } });
    const refused = await machineToken(api);
    assertRefused(refused, 403, 'access_denied');
    assert.match(refused.body['error_description'] ?? '', /for itself/);
    assert.ok((await personTokens(api))['access_token']);
  });

  test('a grant for people is none for the application itself', async () => {
    const api = await createApi();
    const other = await TestApplication.create(tenant, { app_type: 'non_interactive' });
    const grant = { client_id: other.client.client_id, audience: api.identifier, scope: ['read:things'] };
    await grantClient(tenant.ctx, { ...grant, subject_type: 'user' });
    const fields = { grant_type: 'client_credentials', audience: api.identifier };
    assertRefused(await other.post(fields), 403, 'access_denied');
  });
});

describe('online access', () => {
  test('is a refresh token as long as the session lives, where the API allows it', async () => {
    const api = await createApi({ allow_offline_access: false, allow_online_access: true });
    const asked = { scope: 'openid offline_access online_access', audience: api.identifier };
    const own = new TestBrowser(tenant);
    const { scope, refresh_token } = (await spa.redeem((await spa.signIn(own, email, asked)).get('code'))).body;
    assert.equal(scope, 'openid online_access');
    const second = await spa.refresh(refresh_token);
    assert.equal(second.status, 200);
    tenant.pass(73 * 60 * 60 * 1000);
    assertRefused(await spa.refresh(second.body['refresh_token']), 403, 'invalid_grant');
    await spa.signIn(browser, email);
  });

  test('ends with a log-out', async () => {
    const api = await createApi({ allow_online_access: true });
    const own = new TestBrowser(tenant);
    const asked = { scope: 'openid online_access', audience: api.identifier };
    const { refresh_token } = (await spa.redeem((await spa.signIn(own, email, asked)).get('code'))).body;
    await own.open(`/v2/logout?client_id=${spa.client.client_id}`);
    assertRefused(await spa.refresh(refresh_token), 403, 'invalid_grant');
  });

  test('is not there unless the API allows it, and not without an API', async () => {
    const api = await createApi();
    const { scope } = await personTokens(api, { scope: 'openid online_access' });
    assert.equal(scope, 'openid');
    const code = (await spa.silently(browser, { scope: 'openid online_access' })).get('code');
    const { body } = await spa.redeem(code);
    assert.deepEqual([body['scope'], 'refresh_token' in body], ['openid', false]);
  });
});

test('tokens are encrypted for an API that wants it, which alone reads them, and finds our signature inside', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  for (const [alg, signing_alg] of [
    ['RSA-OAEP-256', 'RS256'],
    ['RSA-OAEP-384', 'ES256'],
    ['RSA-OAEP-512', 'HS256'],
  ] as readonly (readonly [string, SigningAlgorithm])[]) {
    const encryption_key = { name: 'key', alg, kid: 'the-key', pem };
    const api = await createApi({ signing_alg, token_encryption: { format: 'compact-nested-jwe', encryption_key } });
    const { access_token = '' } = await personTokens(api);
    const { plaintext, protectedHeader } = await compactDecrypt(access_token, privateKey);
    assert.deepEqual({ ...protectedHeader }, { alg, enc: 'A256GCM', kid: 'the-key', cty: 'JWT' });
    const signed = Buffer.from(plaintext).toString();
    assert.equal((await verifyAccessToken(tenant.ctx, signed, api.identifier)).sub, userId);
    assert.equal((await spa.userinfo(access_token)).status, 401, 'nobody but the API can say what it is');
    await changeResourceServer(tenant.ctx, api.identifier, { token_encryption: null });
    assert.equal((await findResourceServer(tenant.ctx, api.identifier))?.token_encryption, null);
    assert.equal((await personTokens(api))['access_token']?.split('.').length, 3);
  }
});
