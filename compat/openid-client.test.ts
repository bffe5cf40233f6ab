// Tries the server with openid-client, as an application would use it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterLogout, audience, callback, Deployment, type Registered } from './deployment.ts';
import type { Person } from './person.ts';

const scope = 'openid profile email offline_access read:things';
const insecure = { execute: [client.allowInsecureRequests] };
const server = new Deployment();
let web: Registered;
let basic: Registered;
let spa: Registered;
let tv: Registered;
let bank: Registered;
let hana: Person;

before(async () => {
  await server.createApi();
  web = await server.register();
  basic = await server.register({ token_endpoint_auth_method: 'client_secret_basic' });
  spa = await server.register({ app_type: 'spa' });
  const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
  tv = await server.register({ app_type: 'native', grant_types: [deviceGrant, 'refresh_token'] });
  bank = await server.register({ grant_types: ['urn:openid:params:grant-type:ciba'] });
  hana = await server.person('hana@example.com');
  await server.start();
});
after(() => server.stop());

const authentications = {
  client_secret_post: () => ({ ...web, auth: client.ClientSecretPost(web.client_secret) }),
  client_secret_basic: () => ({ ...basic, auth: client.ClientSecretBasic(basic.client_secret) }),
  none: () => ({ ...spa, auth: client.None() }),
};

const discover = ({ client_id, auth }: ReturnType<(typeof authentications)[keyof typeof authentications]>) =>
  client.discovery(server.issuer, client_id, undefined, auth, insecure);

/** The whole flow, with everything that the library can check. */
async function signIn(config: client.Configuration, person: Person, extra: Record<string, string> = {}) {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    audience,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...extra,
  });
  return client.authorizationCodeGrant(config, await person.visit(url), checks);
}

for (const [method, credentials] of Object.entries(authentications)) {
  test(`an application that authenticates by ${method} signs a person in, asks who it is, and refreshes`, async () => {
    const config = await discover(credentials());
    const tokens = await signIn(config, hana);
    assert.equal(tokens.claims()?.['email'], hana.email);
    const sub = String(tokens.claims()?.sub);
    assert.match(sub, /^auth0\|[0-9a-f]{24}$/);
    assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub)).email, hana.email);
    const refreshed = await client.refreshTokenGrant(config, String(tokens.refresh_token));
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
    assert.equal(refreshed.claims()?.sub, sub);
  });
}

test('an access token is verified by the published keys alone', async () => {
  const config = await discover(authentications.client_secret_post());
  const { access_token } = await signIn(config, hana);
  const keys = createRemoteJWKSet(new URL(String(config.serverMetadata().jwks_uri)));
  const { payload } = await jwtVerify(access_token, keys, { issuer: server.issuer.href, audience });
  assert.equal(payload['azp'], web.client_id);
  assert.deepEqual(payload.aud, [audience, `${server.issuer.href}userinfo`]);
});

test('a refresh token that is used again ends its whole family', async () => {
  const config = await discover(authentications.none());
  const { refresh_token } = await signIn(config, hana);
  const { refresh_token: successor } = await client.refreshTokenGrant(config, String(refresh_token));
  for (const token of [refresh_token, successor]) {
    await assert.rejects(client.refreshTokenGrant(config, String(token)), { error: 'invalid_grant' });
  }
});

test('a token that is given back is worth nothing', async () => {
  const config = await discover(authentications.client_secret_post());
  const { refresh_token } = await signIn(config, hana);
  await client.tokenRevocation(config, String(refresh_token));
  await assert.rejects(client.refreshTokenGrant(config, String(refresh_token)), { error: 'invalid_grant' });
});

test('max_age is kept, and auth_time says when the person signed in', async () => {
  const config = await discover(authentications.client_secret_post());
  const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), maxAge: 1000, idTokenExpected: true };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    max_age: '1000',
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const tokens = await client.authorizationCodeGrant(config, await hana.visit(url), checks);
  assert.ok(Math.abs(Number(tokens.claims()?.auth_time) - Date.now() / 1000) < 1000);
});

describe('log-out', () => {
  test('the address that the library builds ends the session at once, and comes back with the state', async () => {
    const config = await discover(authentications.client_secret_post());
    const { id_token } = await signIn(config, hana);
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: String(id_token),
      post_logout_redirect_uri: afterLogout,
      state: 'bye',
    });
    assert.equal((await hana.visit(url)).href, `${afterLogout}?state=bye`);
    const silent = client.buildAuthorizationUrl(config, { redirect_uri: callback, scope: 'openid', prompt: 'none' });
    assert.equal((await hana.visit(silent)).searchParams.get('error'), 'login_required');
  });
});

test('the library finds what does not answer its very request: by state, issuer and nonce', async () => {
  const config = await discover(authentications.none());
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
  };
  const answer = await hana.visit(
    client.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope,
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
    }),
  );
  const [elsewhere, unnamed] = [new URL(answer), new URL(answer)];
  elsewhere.searchParams.set('iss', 'https://attacker.example/');
  unnamed.searchParams.delete('iss');
  const cases = [
    { url: answer, found: /"state" response parameter/, expectedState: 'another' },
    { url: elsewhere, found: /"iss" \(issuer\) response parameter/ },
    { url: unnamed, found: /"iss" \(issuer\) missing/ },
    { url: answer, found: /"nonce" claim/, expectedNonce: 'another' },
  ];
  for (const { url, found, ...other } of cases) {
    const refusal = client.authorizationCodeGrant(config, url, { ...checks, ...other });
    await assert.rejects(refusal, (error: Error) => found.test(String(error.cause)));
  }
});

describe('sign-in on another device', () => {
  const grants = {
    device: 'urn:ietf:params:oauth:grant-type:device_code',
    ciba: 'urn:openid:params:grant-type:ciba',
  };

  test('a device shows a code, and gets tokens when a person has allowed it', async () => {
    const config = await discover({ ...tv, auth: client.None() });
    assert.ok(config.serverMetadata().grant_types_supported?.includes(grants.device));
    const begun = await client.initiateDeviceAuthorization(config, { scope, audience });
    const end = await hana.visit(String(begun.verification_uri_complete));
    assert.equal(end.pathname, '/u/approved');
    const tokens = await client.pollDeviceAuthorizationGrant(config, begun);
    assert.equal(tokens.claims()?.['email'], hana.email);
    assert.ok((await client.refreshTokenGrant(config, String(tokens.refresh_token))).access_token);
  });

  test('a person confirms a login behind the scenes, on the page where it waits for them', async () => {
    const config = await discover({ ...bank, auth: client.ClientSecretPost(bank.client_secret) });
    assert.deepEqual(config.serverMetadata().backchannel_token_delivery_modes_supported, ['poll']);
    const asked = { scope: 'openid email', login_hint: hana.email, binding_message: 'Transfer 42' };
    const begun = await client.initiateBackchannelAuthentication(config, asked);
    assert.equal((await hana.visit(new URL('u/approvals', server.issuer))).pathname, '/u/approved');
    const tokens = await client.pollBackchannelAuthenticationGrant(config, begun);
    assert.equal(tokens.claims()?.['email'], hana.email);
  });
});

test('over TLS the library needs no leave to be careless', async () => {
  const secure = new Deployment({ WARIFU_TLS: 'self-signed' });
  const { client_id } = await secure.register({ app_type: 'spa' });
  await secure.createApi();
  const jun = await secure.person('jun@example.com');
  await secure.start();
  try {
    const discoverSecurely = () => client.discovery(secure.issuer, client_id, undefined, client.None());
    await assert.rejects(discoverSecurely());
    const ca = readFileSync(join(secure.data, 'tls', 'ca.pem'), 'utf8');
    setDefaultCACertificates([...getCACertificates('default'), ca]);
    const config = await discoverSecurely();
    const tokens = await signIn(config, jun);
    assert.equal(tokens.claims()?.iss, secure.issuer.href);
    assert.match(secure.issuer.href, /^https:/);
    assert.ok((await client.refreshTokenGrant(config, String(tokens.refresh_token))).access_token);
  } finally {
    await secure.stop();
  }
});
