// Owns what the examples need in which an API is called for a person: who calls it, the API itself, and what it calls.
import { generateKeyPairSync } from 'node:crypto';
import { createClient } from '../../server/src/domain/clients.ts';
import type { Context } from '../../server/src/domain/context.ts';
import { createResourceServer } from '../../server/src/domain/resource-servers.ts';
import { createTrustedIssuer } from '../../server/src/domain/trusted-issuers.ts';
import { audience, type Told } from './flow.ts';

const ordersAudience = 'https://orders.example.com/';
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** An application that signs people in, and the API that it calls for them, which may call another one. */
export async function frontAndApi(ctx: Context): Promise<Told> {
  const front = await createClient(ctx, { name: 'Front', app_type: 'regular_web', grant_types: ['password'] });
  const api = await createClient(ctx, {
    name: 'Things',
    app_type: 'resource_server',
    resource_server_identifier: audience,
    grant_types: [exchange],
  });
  await createResourceServer(ctx, {
    name: 'Orders',
    identifier: ordersAudience,
    scopes: [{ value: 'read:orders' }],
    token_exchange: { clients: [{ client_id: api.client.client_id, scope: ['read:orders'] }] },
  });
  return {
    CLIENT_ID: api.client.client_id,
    CLIENT_SECRET: String(api.client_secret),
    FRONT_CLIENT_ID: front.client.client_id,
    FRONT_CLIENT_SECRET: String(front.client_secret),
    ORDERS_AUDIENCE: ordersAudience,
  };
}

/** The token with which the application calls the API. */
export async function personalToken(told: Told): Promise<Told> {
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: String(told['FRONT_CLIENT_ID']),
    client_secret: String(told['FRONT_CLIENT_SECRET']),
    username: String(told['USER_EMAIL']),
    password: String(told['USER_PASSWORD']),
    audience,
    scope: 'read:things',
  });
  const response = await fetch(new URL('oauth/token', told['ISSUER']), { method: 'POST', body });
  const { access_token } = (await response.json()) as { access_token: string };
  return { SUBJECT_TOKEN: access_token };
}

/** Another issuer whose word about people is taken, from this application. */
export async function trustPartner(ctx: Context, told: Told): Promise<Told> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const issuer = 'https://partner.example/';
  await createTrustedIssuer(ctx, {
    name: 'Partner',
    issuer,
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }) }] },
    clients: [String(told['CLIENT_ID'])],
    apis: [{ audience, scope: ['read:things'] }],
    subject: { connection: 'Username-Password-Authentication', match: 'email' },
  });
  return { ...told, PARTNER: issuer, PARTNER_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
