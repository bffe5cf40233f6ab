// Tries protected, hybrid and implicit responses, and several resources, with openid-client.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { createResourceServer } from '../server/src/domain/resource-servers.ts';
import { audience, callback, Deployment, type Registered } from './deployment.ts';
import type { Person } from './person.ts';

const insecure = { execute: [client.allowInsecureRequests] };
const grant_types = ['authorization_code', 'implicit', 'refresh_token'];
const second = 'https://second.example.com/';
const server = new Deployment();
let web: Registered;
let protective: Registered;
let hana: Person;

before(async () => {
  await server.createApi();
  const other = { name: 'Second', identifier: second, scopes: [{ value: 'read:more' }], allow_offline_access: true };
  await server.furnish((ctx) => createResourceServer(ctx, other));
  web = await server.register({ grant_types });
  protective = await server.register({ grant_types, authorization_signed_response_alg: 'ES256' });
  hana = await server.person('hana@example.com');
  await server.start();
});
after(() => server.stop());

const configure = ({ client_id, client_secret }: Registered, metadata: Partial<client.ClientMetadata> = {}) =>
  client.discovery(server.issuer, client_id, metadata, client.ClientSecretPost(client_secret), insecure);

async function ask(extra: Record<string, string> = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  const parameters = {
    redirect_uri: callback,
    scope: 'openid email',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...extra,
  };
  return { parameters, checks };
}

test('a protected response is read, asked for or by registration alone', async () => {
  for (const isAsked of [true, false]) {
    const config = await configure(protective, { authorization_signed_response_alg: 'ES256' });
    client.useJwtResponseMode(config);
    const { parameters, checks } = await ask();
    const url = client.buildAuthorizationUrl(config, parameters);
    assert.equal(url.searchParams.get('response_mode'), 'jwt');
    if (!isAsked) url.searchParams.delete('response_mode');
    const tokens = await client.authorizationCodeGrant(config, await hana.visit(url), checks);
    assert.equal(tokens.claims()?.['email'], hana.email);
  }
});

test('the digests of a hybrid response are right, and that of the state', async () => {
  for (const isDetached of [false, true]) {
    const config = await configure(web);
    client.useCodeIdTokenResponseType(config);
    if (isDetached) client.enableDetachedSignatureResponseChecks(config);
    const { parameters, checks } = await ask();
    const arrived = await hana.visit(client.buildAuthorizationUrl(config, parameters));
    const tokens = await client.authorizationCodeGrant(config, arrived, checks);
    assert.equal(tokens.claims()?.['email'], hana.email);
  }
});

test('an ID token alone signs in', async () => {
  const config = await configure(web);
  client.useIdTokenResponseType(config);
  const { parameters, checks } = await ask();
  const { code_challenge: _challenge, code_challenge_method: _method, ...plain } = parameters;
  const arrived = await hana.visit(client.buildAuthorizationUrl(config, plain));
  const { expectedNonce, expectedState } = checks;
  const claims = await client.implicitAuthentication(config, arrived, expectedNonce, { expectedState });
  assert.equal(claims['email'], hana.email);
});

test('several resources are named at once, and one by one afterwards', async () => {
  const config = await configure(web);
  const { parameters, checks } = await ask({ scope: 'openid offline_access read:things read:more' });
  const url = client.buildAuthorizationUrl(config, parameters);
  for (const resource of [audience, second]) url.searchParams.append('resource', resource);
  const tokens = await client.authorizationCodeGrant(config, await hana.visit(url), checks, { resource: second });
  const audienceOf = ({ access_token }: { access_token: string }) => [decodeJwt(access_token).aud].flat()[0];
  assert.equal(audienceOf(tokens), second);
  assert.equal(tokens.scope, 'openid offline_access read:more');
  const back = await client.refreshTokenGrant(config, String(tokens.refresh_token), { resource: audience });
  assert.equal(audienceOf(back), audience);
});
