// Tries the ways for applications to prove who they are, and to bind their tokens, with openid-client and oauth4webapi.
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { grantClient } from '../server/src/domain/client-grants.ts';
import type { NewClient } from '../server/src/domain/clients.ts';
import type { ClientCredential } from '../server/src/protocol/client.ts';
import { makeCertificate, type TestCertificate } from '../server/src/testing/certificates.ts';
import { audience, callback, Deployment, type Registered } from './deployment.ts';
import type { Person } from './person.ts';

const scope = 'openid email offline_access read:things';

async function freePort(): Promise<number> {
  const socket = createServer().listen(0, 'localhost');
  await once(socket, 'listening');
  const address = socket.address();
  socket.close();
  await once(socket, 'close');
  return typeof address === 'object' && address ? address.port : assert.fail('no port');
}

const pairs = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
type Algorithm = keyof typeof pairs;
const algorithms = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
};

const signingKey = (alg: Algorithm) => pairs[alg].privateKey.toCryptoKey(algorithms[alg], false, ['sign']) as CryptoKey;
const spki = (key: KeyObject) => String(key.export({ type: 'spki', format: 'pem' }));

let server: Deployment;
let authority: TestCertificate;
let certificate: TestCertificate;
let ca: string;
let hana: Person;
const registered = new Map<string, Registered>();

async function register(name: string, settings: Partial<NewClient>): Promise<void> {
  const grant_types = ['authorization_code', 'refresh_token', 'client_credentials'];
  const made = await server.register({ grant_types, ...settings });
  const grant = { client_id: made.client_id, audience, scope: ['read:things'] };
  await server.furnish((ctx) => grantClient(ctx, grant));
  registered.set(name, made);
}

const find = (name: string): Registered => registered.get(name) ?? assert.fail(name);

before(async () => {
  const now = Date.now();
  authority = await makeCertificate({ subject: 'CN=Authority', isAuthority: true, now });
  certificate = await makeCertificate({ subject: 'C=JP, CN=app', issuer: authority, usage: 'client', now });
  server = new Deployment({ WARIFU_TLS: 'self-signed', WARIFU_MTLS_PORT: String(await freePort()) });
  const bundle = join(server.data, 'authorities.pem');
  writeFileSync(bundle, authority.cert);
  server.set('WARIFU_MTLS_CA', bundle);
  await server.createApi();
  await register('secret', { token_endpoint_auth_method: 'client_secret_jwt' });
  const credentials: ClientCredential[] = Object.entries(pairs).map(([alg, { publicKey }]) => {
    return { id: alg, kid: alg, alg, credential_type: 'public_key', pem: spki(publicKey) };
  });
  await register('key', { token_endpoint_auth_method: 'private_key_jwt', credentials });
  const bound = { tls_client_certificate_bound_access_tokens: true };
  await register('named', {
    ...bound,
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_subject_dn: 'CN=app,C=JP',
  });
  await register('itself', {
    ...bound,
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    credentials: [{ id: 'own', credential_type: 'x509_cert', pem: certificate.cert }],
  });
  await register('spa', { app_type: 'spa', grant_types: ['authorization_code', 'refresh_token'] });
  hana = await server.person('hana@example.com');
  await server.start();
  ca = readFileSync(join(server.data, 'tls', 'ca.pem'), 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), ca]);
});
after(() => server.stop());

/** What fetch does, with a client certificate in the connection. */
async function fetchWithCertificate(url: string, options: client.CustomFetchOptions): Promise<Response> {
  const { cert, key } = certificate;
  const sent = request(url, { method: options.method, headers: options.headers, ca, cert, key, agent: false });
  const { body } = options;
  sent.end(body instanceof URLSearchParams ? body.toString() : (body ?? undefined));
  const [answer] = await once(sent, 'response');
  const headers = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Response(await buffer(answer), { status: answer.statusCode, headers });
}

async function signIn(config: client.Configuration, options?: client.DPoPOptions) {
  const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), idTokenExpected: true };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    audience,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  return client.authorizationCodeGrant(config, await hana.visit(url), checks, undefined, options);
}

async function assertUseful(config: client.Configuration, options?: client.DPoPOptions): Promise<void> {
  const tokens = await signIn(config, options);
  const sub = String(tokens.claims()?.sub);
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub, options)).email, hana.email);
  const refreshed = await client.refreshTokenGrant(config, String(tokens.refresh_token), undefined, options);
  assert.equal(refreshed.token_type, options ? 'dpop' : 'bearer');
  await client.tokenRevocation(config, String(refreshed.refresh_token));
}

describe('openid-client', () => {
  const configure = (name: string, auth: client.ClientAuth, metadata: Partial<client.ClientMetadata> = {}) =>
    client.discovery(server.issuer, find(name).client_id, metadata, auth);

  test('client_secret_jwt', async () => {
    await assertUseful(await configure('secret', client.ClientSecretJwt(find('secret').client_secret)));
  });

  for (const alg of Object.keys(pairs) as Algorithm[]) {
    test(`private_key_jwt with ${alg}`, async () => {
      await assertUseful(await configure('key', client.PrivateKeyJwt({ key: signingKey(alg), kid: alg })));
    });
  }

  for (const name of ['named', 'itself']) {
    test(`TLS: ${name === 'named' ? 'tls_client_auth' : 'self_signed_tls_client_auth'}, and tokens bound to it`, async () => {
      const config = await client.discovery(
        server.issuer,
        find(name).client_id,
        { use_mtls_endpoint_aliases: true },
        client.TlsClientAuth(),
        { [client.customFetch]: fetchWithCertificate },
      );
      await assertUseful(config);
      const { access_token } = await client.clientCredentialsGrant(config, { audience });
      const [, claims = ''] = access_token.split('.');
      assert.ok(JSON.parse(Buffer.from(claims, 'base64url').toString()).cnf['x5t#S256']);
    });
  }

  test('DPoP: a public application, with the nonce that the server asks for', async () => {
    const config = await configure('spa', client.None());
    await assertUseful(config, { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair()) });
  });

  test('DPoP and private_key_jwt, as FAPI 2.0 has it', async () => {
    const config = await configure('key', client.PrivateKeyJwt({ key: signingKey('ES256'), kid: 'ES256' }));
    await assertUseful(config, { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('Ed25519')) });
  });
});

describe('oauth4webapi', () => {
  let as: oauth.AuthorizationServer;
  before(async () => {
    as = await oauth.processDiscoveryResponse(server.issuer, await oauth.discoveryRequest(server.issuer));
  });

  const credentialsOf = async (name: string, auth: oauth.ClientAuth, options?: oauth.TokenEndpointRequestOptions) => {
    const self: oauth.Client = { client_id: find(name).client_id };
    const response = await oauth.clientCredentialsGrantRequest(as, self, auth, { audience }, options);
    return oauth.processClientCredentialsResponse(as, self, response);
  };

  test('private_key_jwt and client_secret_jwt', async () => {
    for (const alg of Object.keys(pairs) as Algorithm[]) {
      const { token_type } = await credentialsOf('key', oauth.PrivateKeyJwt({ key: signingKey(alg), kid: alg }));
      assert.equal(token_type, 'bearer');
    }
    await credentialsOf('secret', oauth.ClientSecretJwt(String(find('secret').client_secret)));
    const wrong = oauth.PrivateKeyJwt({ key: signingKey('RS256'), kid: 'PS256' });
    await assert.rejects(credentialsOf('key', wrong), { error: 'invalid_client' });
  });

  test('DPoP: the nonce is learned from the refusal, and the proof is right the second time', async () => {
    const self: oauth.Client = { client_id: find('spa').client_id };
    const handle = oauth.DPoP(self, await oauth.generateKeyPair('ES256'));
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(String(as.authorization_endpoint));
    const code_challenge = await oauth.calculatePKCECodeChallenge(verifier);
    const request = { client_id: self.client_id, redirect_uri: callback, response_type: 'code', scope: 'openid email' };
    url.search = new URLSearchParams({ ...request, code_challenge, code_challenge_method: 'S256' }).toString();
    const parameters = oauth.validateAuthResponse(as, self, await hana.visit(url));
    const redeem = async () => {
      const options = { DPoP: handle };
      const args = [as, self, oauth.None(), parameters, callback, verifier, options] as const;
      return oauth.processAuthorizationCodeResponse(as, self, await oauth.authorizationCodeGrantRequest(...args));
    };
    await assert.rejects(redeem(), (error) => oauth.isDPoPNonceError(error));
    const { access_token, token_type } = await redeem();
    assert.equal(token_type, 'dpop');
    const info = await oauth.userInfoRequest(as, self, access_token, { DPoP: handle });
    assert.equal((await oauth.processUserInfoResponse(as, self, oauth.skipSubjectCheck, info)).email, hana.email);
    const bearer = await oauth.userInfoRequest(as, self, access_token);
    await assert.rejects(oauth.processUserInfoResponse(as, self, oauth.skipSubjectCheck, bearer));
  });
});
