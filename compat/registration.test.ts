// Tries dynamic registration with openid-client: an application registers itself, and people sign in to it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { changeTenantSettings } from '../server/src/domain/tenant-settings.ts';
import { callback, Deployment } from './deployment.ts';
import type { Person } from './person.ts';

const insecure = { execute: [client.allowInsecureRequests] };
const server = new Deployment();
let hana: Person;

before(async () => {
  hana = await server.person('hana@example.com');
  await server.furnish((ctx) => changeTenantSettings(ctx, { flags: { enable_dynamic_client_registration: true } }));
  await server.start();
});
after(() => server.stop());

async function signIn(config: client.Configuration) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid email',
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  return client.authorizationCodeGrant(config, await hana.visit(url), checks);
}

for (const [name, metadata, authentication] of [
  ['a secret in the header', {}, undefined],
  ['a secret in the form', { token_endpoint_auth_method: 'client_secret_post' }, undefined],
  ['no secret', { token_endpoint_auth_method: 'none' }, client.None()],
  ['a name for each person that nobody else has', { subject_type: 'pairwise' }, undefined],
  ['a userinfo answer that is signed', { userinfo_signed_response_alg: 'ES256' }, undefined],
] as const) {
  test(`an application registers itself, with ${name}`, async () => {
    const config = await client.dynamicClientRegistration(
      server.issuer,
      { redirect_uris: [callback], client_name: 'Registered by itself', ...metadata },
      authentication,
      insecure,
    );
    const { client_id } = config.clientMetadata();
    assert.match(client_id, /^tpc_/);
    const tokens = await signIn(config);
    const sub = tokens.claims()?.sub;
    assert.ok(sub);
    assert.equal(sub.startsWith('auth0|'), !('subject_type' in metadata));
    const { email } = await client.fetchUserInfo(config, tokens.access_token, sub);
    assert.equal(email, 'hana@example.com');
  });
}

test('what is refused comes back in the words of RFC 7591', async () => {
  const registration = client.dynamicClientRegistration(
    server.issuer,
    { redirect_uris: ['http://app.example.com/callback'] },
    undefined,
    insecure,
  );
  await assert.rejects(
    registration,
    (error) => error instanceof client.ResponseBodyError && error.error === 'invalid_redirect_uri',
  );
});
