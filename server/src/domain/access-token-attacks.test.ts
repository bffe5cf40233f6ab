// Tests that no text but an access token of this very issuer is ever taken for one, for every algorithm (J10, J16, T10, T11).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { signHmac, signJwt } from '#crypto/jwt';
import { randomId } from '#crypto/random';
import { userinfoAudience } from '#protocol/access-token';
import type { Client } from '#protocol/client';
import type { ResourceServer } from '#protocol/resource-server';
import { type SigningAlgorithm, signingAlgorithms } from '#protocol/signing-algorithm';
import { claimsOf } from '../testing/application.ts';
import { createTestClient, createTestUser, openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { AccessTokenRefused, findAccessToken, verifyAccessToken } from './access-tokens.ts';
import { apiSecret } from './api-secrets.ts';
import { createResourceServer } from './resource-servers.ts';
import { issueTokens } from './tokens.ts';
import type { User } from './users.ts';

interface World {
  readonly tenant: TestTenant;
  readonly client: Client;
  readonly user: User;
  readonly apis: ReadonlyMap<SigningAlgorithm, ResourceServer>;
}

async function openWorld(issuer: string): Promise<World> {
  const tenant = await openTestTenant({ issuer });
  const { client } = await createTestClient(tenant);
  const user = await createTestUser(tenant, 'hana@example.com');
  const apis = new Map<SigningAlgorithm, ResourceServer>();
  for (const signing_alg of signingAlgorithms) {
    const identifier = `https://${signing_alg.toLowerCase()}.example.com/`;
    apis.set(signing_alg, await createResourceServer(tenant.ctx, { name: 'API', identifier, signing_alg }));
  }
  return { tenant, client, user, apis };
}

async function tokensOf({ tenant, client, user }: World, api: ResourceServer | undefined) {
  const signedIn = { user, sid: 'the-session', authenticated_at: tenant.ctx.now() };
  return issueTokens(tenant.ctx, { client, signedIn, scope: ['openid'], api, family_id: randomId(), position: 0 });
}

let world: World;
let elsewhere: World;
before(async () => {
  [world, elsewhere] = await Promise.all([
    openWorld('https://id.example.com/'),
    openWorld('https://elsewhere.example.com/'),
  ]);
});
after(() => Promise.all([world.tenant.close(), elsewhere.tenant.close()]));

const fault = (token: string, audience: string) =>
  verifyAccessToken(world.tenant.ctx, token, audience).then(
    () => undefined,
    (error: unknown) => (error instanceof AccessTokenRefused ? error.fault : assert.fail(String(error))),
  );

async function refused(token: string, audience: string): Promise<void> {
  for (const wanted of [audience, userinfoAudience(world.tenant.ctx.issuer)]) {
    assert.notEqual(await fault(token, wanted), undefined, `${token.slice(0, 300)} was accepted`);
  }
  assert.equal(await findAccessToken(world.tenant.ctx, token), undefined);
}

for (const alg of signingAlgorithms) {
  describe(alg, () => {
    let api: ResourceServer;
    let token: string;
    before(async () => {
      api = world.apis.get(alg) as ResourceServer;
      token = (await tokensOf(world, api)).access_token;
    });

    /** What the signer of this API's tokens could sign if it erred. */
    const signed = async (change: object, typ = 'JWT'): Promise<string> => {
      const { ctx } = world.tenant;
      const claims = { ...claimsOf(token), ...change };
      return alg === 'HS256'
        ? signHmac(claims, apiSecret(ctx, api), typ)
        : signJwt(claims, await ctx.keys.signer(alg), typ);
    };

    test('a token is accepted where it belongs, until it expires', async () => {
      assert.equal(await fault(token, api.identifier), undefined);
      assert.equal(await fault(token, `${api.identifier}v2`), 'wrong-audience');
      world.tenant.pass(86_400_000);
      assert.equal(await fault(token, api.identifier), 'expired');
      token = (await tokensOf(world, api)).access_token;
    });

    test('J10: another issuer, no end, and claims of other kinds are refused, even with a right signature', async () => {
      const { issuer } = world.tenant.ctx;
      for (const change of [
        ...['https://elsewhere.example.com/', issuer.slice(0, -1), issuer.toUpperCase(), [issuer], undefined].map(
          (iss) => ({ iss }),
        ),
        ...[undefined, null, '9999999999', 0, -1, [9_999_999_999], true].map((exp) => ({ exp })),
        ...[undefined, null, 1, {}].map((sub) => ({ sub })),
        ...[undefined, null, 1, ['a']].map((jti) => ({ jti })),
        ...[null, 1, ['a']].map((azp) => ({ azp })),
        ...[undefined, null, 1, {}, [[api.identifier]]].map((aud) => ({ aud })),
      ]) {
        await refused(await signed(change), `${api.identifier}`).catch((error) =>
          assert.fail(`${JSON.stringify(change)}: ${error}`),
        );
      }
    });

    test('T11: an ID token, and a token of another type, are refused', async () => {
      const { id_token = '' } = await tokensOf(world, api);
      await refused(id_token, api.identifier);
      for (const typ of ['logout+jwt', 'at+JWT', 'dpop+jwt', '']) await refused(await signed({}, typ), api.identifier);
      await refused(await signed({}, 'at+jwt'), api.identifier);
    });

    test('J16: a token of another tenant is refused, though its API has the same identifier', async () => {
      const theirs = (await tokensOf(elsewhere, elsewhere.apis.get(alg))).access_token;
      await refused(theirs, api.identifier);
    });

    test('T10: with any character cut, changed, added or moved a token is refused', async () => {
      const edit = fc.record({ at: fc.nat(), text: fc.string({ maxLength: 2 }), removed: fc.nat({ max: 2 }) });
      await fc.assert(
        fc.asyncProperty(edit, async ({ at, text, removed }) => {
          const place = at % (token.length + 1);
          const changed = token.slice(0, place) + text + token.slice(place + removed);
          fc.pre(changed !== token);
          await refused(changed, api.identifier);
        }),
      );
      for (let length = 0; length < token.length; length += 13) await refused(token.slice(0, length), api.identifier);
      const [head, body, tail] = token.split('.');
      for (const text of [
        [body, head, tail],
        [head, tail, body],
        [head, body],
        [head, body, tail, tail],
      ]) {
        await refused(text.join('.'), api.identifier);
      }
    });
  });
}

test('whatever bytes are sent, nothing is accepted and nothing is thrown', async () => {
  const { identifier } = world.apis.get('HS256') as ResourceServer;
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary' }), async (bytes, text) => {
      const encoded = Buffer.from(bytes).toString('base64url');
      for (const sent of [text, encoded, `${encoded}.${encoded}.${encoded}`]) await refused(sent, identifier);
    }),
  );
});

test('whatever a token claims to be, without a signature of ours it is none', async () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const { issuer } = world.tenant.ctx;
  const claims = fc.record({
    iss: fc.constant(issuer),
    aud: fc.oneof(fc.constantFrom(...[...world.apis.values()].map((api) => api.identifier)), fc.jsonValue()),
    exp: fc.constant(9_999_999_999),
    jti: fc.oneof(fc.constantFrom('a.b.c', '..', 'a'), fc.jsonValue()),
    azp: fc.constant(world.client.client_id),
    sub: fc.constant(world.user.user_id),
  });
  const alg = fc.constantFrom(...signingAlgorithms, 'none');
  await fc.assert(
    fc.asyncProperty(alg, claims, fc.uint8Array({ maxLength: 64 }), async (name, body, signature) => {
      const kid = name === 'HS256' || name === 'none' ? undefined : [...world.tenant.ctx.keys.verifiers.keys()][0];
      const token = `${encode({ alg: name, typ: 'JWT', kid })}.${encode(body)}.${Buffer.from(signature).toString('base64url')}`;
      await refused(token, typeof body.aud === 'string' ? body.aud : issuer);
    }),
  );
});
