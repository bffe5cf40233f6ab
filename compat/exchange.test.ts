// Tries introspection, revocation and the grants without a page with openid-client and oauth4webapi.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { decodeJwt, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { createResourceServer } from '../server/src/domain/resource-servers.ts';
import { createTrustedIssuer } from '../server/src/domain/trusted-issuers.ts';
import { audience, callback, Deployment, type Registered } from './deployment.ts';
import { type Person, password } from './person.ts';

const http = { [oauth.allowInsecureRequests]: true };
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const bearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const realmGrant = 'http://auth0.com/oauth/grant-type/password-realm';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const downstream = 'https://orders.example.com/';
const partner = 'https://partner.example/';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const server = new Deployment();
let web: Registered;
let api: Registered;
let as: oauth.AuthorizationServer;
let hana: Person;

before(async () => {
  await server.createApi();
  web = await server.register({
    grant_types: ['authorization_code', 'refresh_token', 'password', realmGrant, bearerGrant],
  });
  const face = {
    app_type: 'resource_server',
    resource_server_identifier: audience,
    grant_types: [exchangeGrant],
  } as const;
  api = await server.register({ ...face, token_endpoint_auth_method: 'client_secret_basic' });
  hana = await server.person('hana@example.com');
  await server.furnish(async (ctx) => {
    const token_exchange = { clients: [{ client_id: api.client_id, scope: ['read:orders'] }] };
    const scopes = [{ value: 'read:orders' }];
    await createResourceServer(ctx, { name: 'Orders', identifier: downstream, scopes, token_exchange });
    await createTrustedIssuer(ctx, {
      name: 'Partner',
      issuer: partner,
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }) }] },
      clients: [web.client_id],
      apis: [{ audience, scope: ['read:things'] }],
      subject: { connection: 'Username-Password-Authentication', match: 'email' },
    });
  });
  await server.start();
  as = await oauth.processDiscoveryResponse(server.issuer, await oauth.discoveryRequest(server.issuer, http));
});
after(() => server.stop());

const discover = ({ client_id, client_secret }: Registered, authentication = client.ClientSecretPost) =>
  client.discovery(server.issuer, client_id, undefined, authentication(client_secret), {
    execute: [client.allowInsecureRequests],
  });
const asWeb = () => discover(web);
const asApi = () => discover(api, client.ClientSecretBasic);

async function signIn(): Promise<client.TokenEndpointResponse> {
  const config = await asWeb();
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid offline_access read:things',
    audience,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  return client.authorizationCodeGrant(config, await hana.visit(url), { pkceCodeVerifier });
}

test('an API asks about the token that it was called with, until the application gives it back', async () => {
  const { access_token, refresh_token } = await signIn();
  const config = await asApi();
  const told = await client.tokenIntrospection(config, access_token);
  assert.deepEqual(
    [told.active, told.scope, told.client_id, told.token_type],
    [true, 'openid offline_access read:things', web.client_id, 'Bearer'],
  );
  assert.equal((await client.tokenIntrospection(config, String(refresh_token))).active, false);
  await client.tokenRevocation(await asWeb(), String(refresh_token));
  assert.deepEqual(await client.tokenIntrospection(config, access_token), { active: false });
});

test('the answer as a JWT is one that the library verifies', async () => {
  const { access_token } = await signIn();
  const self: oauth.Client = { client_id: api.client_id, introspection_signed_response_alg: 'RS256' };
  const credentials = oauth.ClientSecretBasic(String(api.client_secret));
  const options = { ...http, requestJwtResponse: true };
  const response = await oauth.introspectionRequest(as, self, credentials, access_token, options);
  const told = await oauth.processIntrospectionResponse(as, self, response);
  await oauth.validateApplicationLevelSignature(as, response, http);
  assert.deepEqual([told.active, told.client_id], [true, web.client_id]);
});

test('an API exchanges the token for one of another API, which says who acts', async () => {
  const { access_token } = await signIn();
  const parameters = { subject_token: access_token, subject_token_type: accessTokenType, audience: downstream };
  const config = await asApi();
  const exchanged = await client.genericGrantRequest(config, exchangeGrant, parameters);
  assert.deepEqual([exchanged.scope, exchanged['issued_token_type']], ['read:orders', accessTokenType]);
  const { sub, aud, act } = decodeJwt(exchanged.access_token);
  assert.deepEqual(
    { sub, aud, act },
    { sub: decodeJwt(access_token).sub, aud: downstream, act: { sub: api.client_id } },
  );
  const more = client.genericGrantRequest(config, exchangeGrant, { ...parameters, scope: 'write:orders' });
  await assert.rejects(more, { error: 'invalid_scope' });
});

test("another issuer's assertion gets a token, once", async () => {
  const assertion = await new SignJWT({ email: hana.email, email_verified: true, jti: randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(partner)
    .setSubject('partner-user-1')
    .setAudience(server.issuer.href)
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(privateKey);
  const config = await asWeb();
  const parameters = { assertion, audience };
  const tokens = await client.genericGrantRequest(config, bearerGrant, parameters);
  assert.equal((await client.tokenIntrospection(config, tokens.access_token)).scope, 'read:things');
  await assert.rejects(client.genericGrantRequest(config, bearerGrant, parameters), { error: 'invalid_grant' });
});

test('an application that was given the grants hands over a password', async () => {
  const config = await asWeb();
  const credentials = { username: hana.email, password, scope: 'openid email', audience };
  const tokens = await client.genericGrantRequest(config, 'password', credentials);
  assert.equal(tokens.claims()?.['email'], hana.email);
  const realm = 'Username-Password-Authentication';
  assert.ok((await client.genericGrantRequest(config, realmGrant, { ...credentials, realm })).access_token);
  const wrong = client.genericGrantRequest(config, 'password', { ...credentials, password: 'wrong' });
  await assert.rejects(wrong, { error: 'invalid_grant', error_description: 'Wrong email or password.' });
});
