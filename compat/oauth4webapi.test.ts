// Tries the server with oauth4webapi, which keeps to the letter of the specifications.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { grantClient } from '../server/src/domain/client-grants.ts';
import { audience, callback, Deployment, type Registered } from './deployment.ts';
import type { Person } from './person.ts';

const http = { [oauth.allowInsecureRequests]: true };
const server = new Deployment();
let as: oauth.AuthorizationServer;
let spa: Registered;
let machine: Registered;
let hana: Person;

before(async () => {
  await server.createApi();
  spa = await server.register({ app_type: 'spa' });
  machine = await server.register({ app_type: 'non_interactive' });
  hana = await server.person('hana@example.com');
  await server.furnish((ctx) => grantClient(ctx, { client_id: machine.client_id, audience, scope: ['read:things'] }));
  await server.start();
  as = await oauth.processDiscoveryResponse(server.issuer, await oauth.discoveryRequest(server.issuer, http));
});
after(() => server.stop());

async function authorize(extra: Record<string, string> = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(String(as.authorization_endpoint));
  url.search = new URLSearchParams({
    client_id: spa.client_id,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid email offline_access',
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...extra,
  }).toString();
  return { verifier, state, nonce, answer: await hana.visit(url) };
}

const client = (): oauth.Client => ({ client_id: spa.client_id });

test('both discovery documents are one and name the issuer that was asked', async () => {
  const options = { ...http, algorithm: 'oauth2' } as const;
  const other = await oauth.processDiscoveryResponse(
    server.issuer,
    await oauth.discoveryRequest(server.issuer, options),
  );
  assert.deepEqual(other, as);
});

test('a public client signs in with PKCE: response, tokens, ID token and userinfo are as the specifications say', async () => {
  const { verifier, state, nonce, answer } = await authorize();
  const parameters = oauth.validateAuthResponse(as, client(), answer, state);
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client(),
    oauth.None(),
    parameters,
    callback,
    verifier,
    http,
  );
  const options = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(as, client(), response, options);
  await oauth.validateApplicationLevelSignature(as, response, http);
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  const info = await oauth.userInfoRequest(as, client(), tokens.access_token, http);
  const { email } = await oauth.processUserInfoResponse(as, client(), String(claims?.sub), info);
  assert.equal(email, hana.email);
});

test('a refusal comes back with the state and the issuer', async () => {
  const { state, answer } = await authorize({ audience: 'https://unknown.example.com/' });
  assert.throws(() => oauth.validateAuthResponse(as, client(), answer, state), { error: 'access_denied' });
});

test('the wrong verifier is refused, and the code is used up', async () => {
  const { verifier, state, answer } = await authorize();
  const parameters = oauth.validateAuthResponse(as, client(), answer, state);
  for (const attempt of [oauth.generateRandomCodeVerifier(), verifier]) {
    const request = [as, client(), oauth.None(), parameters, callback, attempt, http] as const;
    const response = await oauth.authorizationCodeGrantRequest(...request);
    await assert.rejects(oauth.processAuthorizationCodeResponse(as, client(), response), { error: 'invalid_grant' });
  }
});

test('an application acts for itself by client credentials', async () => {
  const credentials = oauth.ClientSecretPost(String(machine.client_secret));
  const self: oauth.Client = { client_id: machine.client_id };
  const response = await oauth.clientCredentialsGrantRequest(as, self, credentials, { audience }, http);
  const tokens = await oauth.processClientCredentialsResponse(as, self, response);
  assert.equal(tokens.scope, 'read:things');
});
