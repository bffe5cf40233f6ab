// Owns the list of the examples, in the order of the table in docs/flows.md.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { temporaryDirectory } from '../../e2e/server.ts';
import { grantClient } from '../../server/src/domain/client-grants.ts';
import { createClient, type NewClient } from '../../server/src/domain/clients.ts';
import type { Context } from '../../server/src/domain/context.ts';
import { createResourceServer } from '../../server/src/domain/resource-servers.ts';
import { changeTenantSettings } from '../../server/src/domain/tenant-settings.ts';
import { createTrustedIssuer } from '../../server/src/domain/trusted-issuers.ts';
import { audience, callback, type Flow, type Told } from './flow.ts';

const grant = (name: string) => `urn:ietf:params:oauth:grant-type:${name}`;
const passwordRealm = 'http://auth0.com/oauth/grant-type/password-realm';
const downstream = 'https://orders.example.com/';
const partner = 'https://partner.example.com/';
const connection = 'Username-Password-Authentication';

async function application(ctx: Context, settings: Partial<NewClient>): Promise<Told> {
  const { client, client_secret } = await createClient(ctx, { name: 'Example', callbacks: [callback], ...settings });
  return { CLIENT_ID: client.client_id, ...(client_secret === undefined ? {} : { CLIENT_SECRET: client_secret }) };
}

/** An application that acts for itself at the API of the examples. */
async function machine(ctx: Context, settings: Partial<NewClient> = {}): Promise<Told> {
  const told = await application(ctx, { app_type: 'non_interactive', ...settings });
  await grantClient(ctx, { client_id: String(told['CLIENT_ID']), audience, scope: ['read:things'] });
  return told;
}

/** A key of an application: its public half for the server, and the file with the private one for the example. */
function keyOfApplication() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const file = join(temporaryDirectory(), 'private-key.pem');
  writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }));
  return { file, jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'ES256' }] } };
}

/** A person's token for the API, which somebody calls the API with. */
async function callersToken({ ISSUER, CALLER_ID = '', CALLER_SECRET = '', USER_EMAIL, USER_PASSWORD }: Told) {
  const credentials = { client_id: CALLER_ID, client_secret: CALLER_SECRET };
  const person = { username: String(USER_EMAIL), password: String(USER_PASSWORD) };
  const body = new URLSearchParams({ ...credentials, ...person, grant_type: 'password', audience });
  const response = await fetch(new URL('oauth/token', ISSUER), { method: 'POST', body });
  return { SUBJECT_TOKEN: ((await response.json()) as { access_token: string }).access_token };
}

async function furnishExchange(ctx: Context): Promise<Told> {
  const face = { app_type: 'resource_server', resource_server_identifier: audience } as const;
  const told = await application(ctx, { ...face, grant_types: [grant('token-exchange')] });
  const token_exchange = { clients: [{ client_id: String(told['CLIENT_ID']), scope: ['read:orders'] }] };
  const scopes = [{ value: 'read:orders' }];
  await createResourceServer(ctx, { name: 'Orders', identifier: downstream, scopes, token_exchange });
  const caller = await application(ctx, { app_type: 'regular_web', grant_types: ['password'] });
  const { CLIENT_ID: CALLER_ID = '', CLIENT_SECRET: CALLER_SECRET = '' } = caller;
  return { ...told, DOWNSTREAM: downstream, CALLER_ID, CALLER_SECRET };
}

const partnerKey = generateKeyPairSync('ed25519');

async function furnishBearer(ctx: Context): Promise<Told> {
  const told = await application(ctx, { app_type: 'regular_web', grant_types: [grant('jwt-bearer')] });
  await createTrustedIssuer(ctx, {
    name: 'Partner',
    issuer: partner,
    jwks: { keys: [{ ...partnerKey.publicKey.export({ format: 'jwk' }) }] },
    clients: [String(told['CLIENT_ID'])],
    apis: [{ audience, scope: ['read:things'] }],
    subject: { connection, match: 'email' },
  });
  return told;
}

/** The partner's word for the person. */
async function partnersAssertion({ ISSUER = '', USER_EMAIL }: Told): Promise<Told> {
  const assertion = new SignJWT({ email: USER_EMAIL, email_verified: true })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(partner)
    .setSubject('hana-at-the-partner')
    .setAudience(ISSUER)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('2m');
  return { ASSERTION: await assertion.sign(partnerKey.privateKey) };
}

export const flows: readonly Flow[] = [
  {
    name: 'authorization-code',
    shows: /^Tokens: .*id_token.*\nRefreshed: true$/m,
    furnish: (ctx) => application(ctx, { app_type: 'regular_web' }),
  },
  {
    name: 'client-credentials',
    shows: /^Access token: eyJ.*\nScope: read:things · seconds: 86400$/m,
    furnish: (ctx) => machine(ctx),
  },
  {
    name: 'private-key-jwt',
    shows: /^Answer: access_token/m,
    furnish: async (ctx) => {
      const { file, jwks } = keyOfApplication();
      return { ...(await machine(ctx, { token_endpoint_auth_method: 'private_key_jwt', jwks })), PRIVATE_KEY: file };
    },
  },
  {
    name: 'pushed-request',
    shows: /^Tokens: .*id_token/m,
    furnish: async (ctx) => {
      const { file, jwks } = keyOfApplication();
      const signed_request_object = { required: true };
      const rules = { require_pushed_authorization_requests: true, signed_request_object, jwks };
      return { ...(await application(ctx, { app_type: 'regular_web', ...rules })), PRIVATE_KEY: file };
    },
  },
  {
    name: 'dpop',
    shows: /^Type: DPoP · bound to: [\w-]{43}$/m,
    furnish: (ctx) => machine(ctx, { require_dpop_nonce: true }),
  },
  {
    name: 'device-code',
    shows: /^Tokens: .*access_token/m,
    furnish: (ctx) => application(ctx, { app_type: 'native', grant_types: [grant('device_code'), 'refresh_token'] }),
  },
  {
    name: 'ciba',
    shows: /^Tokens: .*id_token/m,
    furnish: (ctx) => application(ctx, { app_type: 'regular_web', grant_types: ['urn:openid:params:grant-type:ciba'] }),
  },
  {
    name: 'token-exchange',
    shows: /^For: auth0\|.* · at: https:\/\/orders.* · acting: \w+$/m,
    furnish: furnishExchange,
    prepare: callersToken,
  },
  { name: 'jwt-bearer', shows: /^Answer: access_token/m, furnish: furnishBearer, prepare: partnersAssertion },
  {
    name: 'password',
    shows: /^Answer: access_token id_token/m,
    furnish: (ctx) => application(ctx, { app_type: 'regular_web', grant_types: [passwordRealm] }),
  },
  {
    name: 'hybrid',
    shows: /^Signed in: hana@example.com\nTokens: .*access_token/m,
    furnish: (ctx) => application(ctx, { app_type: 'regular_web', grant_types: ['authorization_code', 'implicit'] }),
  },
  {
    name: 'introspection-and-revocation',
    shows: /^Active: true\nActive after it was revoked: false$/m,
    furnish: (ctx) => machine(ctx),
  },
  {
    name: 'registration',
    shows: /^Registered: tpc_\w+\nName: Registered by itself\nGone: true$/m,
    furnish: async (ctx) => {
      await changeTenantSettings(ctx, { flags: { enable_dynamic_client_registration: true } });
      return {};
    },
  },
];
