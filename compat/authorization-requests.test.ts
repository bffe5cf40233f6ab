// Tries pushed, signed and encrypted authorization requests with openid-client and oauth4webapi.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CompactEncrypt, importJWK, type JWK } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { audience, callback, Deployment, type Registered } from './deployment.ts';
import type { Person } from './person.ts';

const scope = 'openid email offline_access read:things';
const insecure = { execute: [client.allowInsecureRequests] };
const http = { [oauth.allowInsecureRequests]: true };
const server = new Deployment();
let key: CryptoKeyPair;
let web: Registered;
let spa: Registered;
let bank: Registered;
let hana: Person;

before(async () => {
  key = await oauth.generateKeyPair('ES256', { extractable: true });
  const jwk = await crypto.subtle.exportKey('jwk', key.publicKey);
  const jwks = { keys: [{ ...jwk, kid: 'mine', alg: 'ES256' }] };
  await server.createApi();
  web = await server.register({ jwks });
  spa = await server.register({ app_type: 'spa' });
  bank = await server.register({
    jwks,
    require_pushed_authorization_requests: true,
    signed_request_object: { required: true },
    request_object_encryption_alg: 'RSA-OAEP-256',
    dpop_bound_access_tokens: true,
  });
  hana = await server.person('hana@example.com');
  await server.start();
});
after(() => server.stop());

/** Encrypts for the server with the key that its JWKS has for that. */
async function encrypt(object: string, kty: string, alg: string): Promise<string> {
  const { keys } = (await (await fetch(new URL('.well-known/jwks.json', server.issuer))).json()) as { keys: JWK[] };
  const jwk = keys.find((known) => known.use === 'enc' && known.kty === kty);
  assert.ok(jwk?.kid);
  return new CompactEncrypt(new TextEncoder().encode(object))
    .setProtectedHeader({ alg, enc: 'A256GCM', cty: 'oauth-authz-req+jwt', kid: jwk.kid })
    .encrypt(await importJWK(jwk, alg));
}

describe('openid-client', () => {
  const configure = ({ client_id, client_secret }: Registered) =>
    client.discovery(
      server.issuer,
      client_id,
      undefined,
      client_secret === undefined ? client.None() : client.ClientSecretPost(client_secret),
      insecure,
    );

  async function parameters() {
    const checks = {
      pkceCodeVerifier: client.randomPKCECodeVerifier(),
      expectedState: client.randomState(),
      expectedNonce: client.randomNonce(),
      idTokenExpected: true,
    };
    const code_challenge = await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier);
    const { expectedState: state, expectedNonce: nonce } = checks;
    const proof = { code_challenge, code_challenge_method: 'S256', state, nonce };
    return { checks, request: { redirect_uri: callback, scope, audience, ...proof } };
  }

  for (const name of ['web', 'spa'] as const) {
    test(`${name}: a pushed request`, async () => {
      const config = await configure(name === 'web' ? web : spa);
      const { checks, request } = await parameters();
      const url = await client.buildAuthorizationUrlWithPAR(config, request);
      assert.deepEqual([...url.searchParams.keys()].toSorted(), ['client_id', 'request_uri']);
      const tokens = await client.authorizationCodeGrant(config, await hana.visit(url), checks);
      assert.equal(tokens.claims()?.['email'], hana.email);
    });
  }

  test('a pushed request with a DPoP proof, whose code only that key redeems', async () => {
    const config = await configure(web);
    const handle = async () => ({ DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) });
    const options = await handle();
    const { checks, request } = await parameters();
    const url = await client.buildAuthorizationUrlWithPAR(config, request, options);
    const tokens = await client.authorizationCodeGrant(config, await hana.visit(url), checks, undefined, options);
    assert.equal(tokens.token_type, 'dpop');
    const second = await client.buildAuthorizationUrlWithPAR(config, request, options);
    const answer = await hana.visit(second);
    const other = await handle();
    await assert.rejects(client.authorizationCodeGrant(config, answer, checks, undefined, other), {
      error: 'invalid_grant',
    });
  });

  test('a signed request, and a signed answer', async () => {
    const config = await configure(web);
    client.useJwtResponseMode(config);
    const { checks, request } = await parameters();
    const url = await client.buildAuthorizationUrlWithJAR(config, request, { key: key.privateKey, kid: 'mine' });
    assert.deepEqual([...url.searchParams.keys()].toSorted(), ['client_id', 'request']);
    const tokens = await client.authorizationCodeGrant(config, await hana.visit(url), checks);
    assert.equal(tokens.claims()?.['email'], hana.email);
  });

  test('a signed request that is encrypted', async () => {
    const config = await configure(web);
    const { checks, request } = await parameters();
    const url = await client.buildAuthorizationUrlWithJAR(config, request, key.privateKey);
    const object = String(url.searchParams.get('request'));
    url.searchParams.set('request', await encrypt(object, 'RSA', 'RSA-OAEP-256'));
    const tokens = await client.authorizationCodeGrant(config, await hana.visit(url), checks);
    assert.equal(tokens.claims()?.['email'], hana.email);
  });
});

test('oauth4webapi: pushed, signed, encrypted, and bound to a key at once', async () => {
  const as = await oauth.processDiscoveryResponse(server.issuer, await oauth.discoveryRequest(server.issuer, http));
  const own: oauth.Client = { client_id: bank.client_id };
  const auth = oauth.ClientSecretPost(String(bank.client_secret));
  const DPoP = oauth.DPoP(own, await oauth.generateKeyPair('ES256'));
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const parameters = {
    redirect_uri: callback,
    response_type: 'code',
    scope,
    audience,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  const signed = await oauth.issueRequestObject(as, own, parameters, { key: key.privateKey, kid: 'mine' });
  const request = await encrypt(signed, 'RSA', 'RSA-OAEP-256');
  const options = { ...http, DPoP };
  const pushed = await oauth.pushedAuthorizationRequest(as, own, auth, { request }, options);
  const { request_uri, expires_in } = await oauth.processPushedAuthorizationResponse(as, own, pushed);
  assert.equal(expires_in, 30);
  const url = new URL(String(as.authorization_endpoint));
  url.search = new URLSearchParams({ client_id: own.client_id, request_uri }).toString();
  const answer = oauth.validateAuthResponse(as, own, await hana.visit(url), state);
  const response = await oauth.authorizationCodeGrantRequest(as, own, auth, answer, callback, verifier, options);
  const tokens = await oauth.processAuthorizationCodeResponse(as, own, response, { requireIdToken: true });
  assert.equal(tokens.token_type, 'dpop');
});
