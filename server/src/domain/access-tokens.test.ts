// Tests that what an authorization is bound to goes into its access tokens, of whatever kind, and comes back out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomId } from '#crypto/random';
import { userinfoAudience } from '#protocol/access-token';
import type { Client } from '#protocol/client';
import type { ResourceServer } from '#protocol/resource-server';
import { claimsOf } from '../testing/application.ts';
import {
  createTestApi,
  createTestClient,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../testing/tenant.ts';
import { AccessTokenRefused, findAccessToken, type PresentedToken, verifyAccessToken } from './access-tokens.ts';
import { type Authorization, issueTokens } from './tokens.ts';
import type { User } from './users.ts';

let tenant: TestTenant;
let api: ResourceServer;
let client: Client;
let user: User;

before(async () => {
  tenant = await openTestTenant();
  api = await createTestApi(tenant);
  ({ client } = await createTestClient(tenant));
  user = await createTestUser(tenant, 'hana@example.com');
});
after(() => tenant.close());

const bindings = {
  confirmation: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
  act: { sub: 'client@clients', act: { sub: 'another@clients' } },
  authorization_details: [{ type: 'payment', amount: '10' }],
};

async function accessToken(more: Partial<Authorization> = {}): Promise<string> {
  const signedIn = { user, sid: 'the-session', authenticated_at: tenant.ctx.now() };
  const base = { client, signedIn, scope: ['openid', 'read:things'], api, family_id: randomId(), position: 0 };
  return (await issueTokens(tenant.ctx, { ...base, ...more })).access_token;
}

describe('what a token is bound to', () => {
  test('is in the JWT for an API, and comes back', async () => {
    const token = await accessToken(bindings);
    const { cnf, act, authorization_details } = claimsOf(token);
    assert.deepEqual({ confirmation: cnf, act, authorization_details }, bindings);
    const { claims, ...presented } = await verifyAccessToken(tenant.ctx, token, testAudience);
    assert.deepEqual(claims, claimsOf(token));
    assert.deepEqual(presented, {
      sub: user.user_id,
      scope: ['openid', 'read:things'],
      client_id: client.client_id,
      jti: claims['jti'],
      sid: 'the-session',
      iat: claims['iat'],
      exp: claims['exp'],
      audience: [testAudience, userinfoAudience(tenant.ctx.issuer)],
      ...bindings,
    });
  });

  test('comes back from an opaque token as well', async () => {
    const token = await accessToken({ ...bindings, api: undefined, scope: ['openid'] });
    const { confirmation, act, authorization_details, audience } = (await findAccessToken(
      tenant.ctx,
      token,
    )) as PresentedToken;
    assert.deepEqual({ confirmation, act, authorization_details }, bindings);
    assert.deepEqual(audience, [userinfoAudience(tenant.ctx.issuer)]);
  });

  test('is nothing where nothing is bound', async () => {
    const { confirmation, act, authorization_details } = (await findAccessToken(
      tenant.ctx,
      await accessToken(),
    )) as PresentedToken;
    assert.deepEqual([confirmation, act, authorization_details], [undefined, undefined, undefined]);
  });
});

test('a token is read whatever it is for, but verified for one audience alone', async () => {
  const token = await accessToken({ scope: ['read:things'] });
  assert.deepEqual((await findAccessToken(tenant.ctx, token))?.audience, [testAudience]);
  const faults = async (audience: string) =>
    verifyAccessToken(tenant.ctx, token, audience).then(
      () => 'none',
      (error: unknown) => (error instanceof AccessTokenRefused ? error.fault : error),
    );
  assert.equal(await faults(testAudience), 'none');
  assert.equal(await faults('https://other.example.com/'), 'wrong-audience');
  assert.equal(await faults(userinfoAudience(tenant.ctx.issuer)), 'wrong-audience');
});

test('claims of the deployment’s own are in both tokens, and none of ours is replaced (T14)', async () => {
  const custom_claims = { 'https://example.com/plan': 'gold' };
  const signedIn = { user, sid: 'the-session', authenticated_at: tenant.ctx.now() };
  const authorization = { client, signedIn, scope: ['openid'], api, family_id: randomId(), position: 0 };
  const { access_token, id_token } = await issueTokens(tenant.ctx, { ...authorization, custom_claims });
  for (const token of [access_token, id_token]) assert.equal(claimsOf(token)['https://example.com/plan'], 'gold');
  for (const claims of [{ sub: 'auth0|another' }, { aud: 'x' }, { permissions: ['*'] }, { password: 'x' }]) {
    await assert.rejects(issueTokens(tenant.ctx, { ...authorization, custom_claims: claims }), /invalid_request: /);
  }
});
