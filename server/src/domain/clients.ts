// Owns applications: how one is made, found, and recognised by its secret.
import { equalSecrets } from '#crypto/digest';
import { randomAlphanumeric, randomSecret } from '#crypto/random';
import type { Client, RefreshTokenSettings } from '#protocol/client';
import { redirectUriFault } from '#protocol/redirect-uri';
import { type Document, documentKind } from '#storage/documents';
import type { Context } from './context.ts';
import { Taken } from './taken.ts';

const kind = documentKind<Client>('clients');

const day = 86_400;
const defaultRefreshToken: RefreshTokenSettings = {
  rotation_type: 'rotating',
  expiration_type: 'expiring',
  leeway: 0,
  token_lifetime: 30 * day,
  idle_token_lifetime: 15 * day,
  infinite_token_lifetime: false,
  infinite_idle_token_lifetime: false,
};

/** What must be said of a new application; the rest has defaults by its kind. */
export type NewClient = Pick<Client, 'name'> & Partial<Omit<Client, 'client_secret'>> & { client_secret?: string };

function defaults(appType: Client['app_type']): Omit<Client, 'client_id' | 'name'> {
  const isPublic = appType === 'spa' || appType === 'native';
  return {
    is_first_party: true,
    callbacks: [],
    allowed_logout_urls: [],
    web_origins: [],
    allowed_origins: [],
    grant_types: appType === 'non_interactive' ? ['client_credentials'] : ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_post',
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
    refresh_token: defaultRefreshToken,
  };
}

/** Throws when an address could not be sent to safely (RFC 9700 §4.1.3). */
function checkUris(client: Client): void {
  for (const uri of [...client.callbacks, ...client.allowed_logout_urls]) {
    // A wildcard is no address yet: the star is judged as the label it stands for.
    const fault = redirectUriFault(uri.replace('://*.', '://label.'));
    if (fault !== undefined) throw new RangeError(`The address ${JSON.stringify(uri)} ${fault}.`);
  }
}

/** What stands for the server itself where a journey wants an application. It is stored nowhere and may do nothing. */
export const ownClientId = 'WarifuOwnPages000000000000000001';

/** The server's own pages as an application, under the tenant's name. */
export function ownClient(name: string): Client {
  return { ...defaults('regular_web'), client_id: ownClientId, name, grant_types: [] };
}

export interface CreatedClient {
  readonly client: Client;
  /** Shown this once; stored sealed. Undefined for an application that keeps no secret. */
  readonly client_secret: string | undefined;
}

/** Makes an application. Throws RangeError for an address that is no callback, and Taken. */
export async function createClient(
  ctx: Pick<Context, 'documents' | 'vault'>,
  fresh: NewClient,
): Promise<CreatedClient> {
  const { client_secret: given, ...settings } = fresh;
  const unsealed = { client_id: randomAlphanumeric(32), ...defaults(fresh.app_type), ...settings };
  const secret =
    unsealed.token_endpoint_auth_method === 'none' ? undefined : (given ?? randomSecret() + randomSecret());
  const client: Client =
    secret === undefined ? unsealed : { ...unsealed, client_secret: ctx.vault.seal('client-secret', secret) };
  checkUris(client);
  const created = await ctx.documents.create(kind, client.client_id, client);
  if (created === 'taken') throw new Taken(`An application with the client_id ${client.client_id} exists already.`);
  return { client: created.body, client_secret: secret };
}

/** Changes an application's settings; false when there is none. */
export async function changeClient(
  ctx: Pick<Context, 'documents'>,
  clientId: string,
  change: Partial<Omit<Client, 'client_id' | 'client_secret'>>,
): Promise<boolean> {
  const changed = await ctx.documents.update(kind, clientId, (client) => {
    const next = { ...client, ...change };
    checkUris(next);
    return next;
  });
  return changed !== undefined && changed !== 'taken';
}

export async function findClient(ctx: Pick<Context, 'documents'>, clientId: string): Promise<Client | undefined> {
  return (await ctx.documents.get(kind, clientId))?.body;
}

const lists = new WeakMap<readonly Document<Client>[], readonly Client[]>();

/** Every application; the same list until one of them changes. */
export async function listClients(ctx: Pick<Context, 'documents'>): Promise<readonly Client[]> {
  const documents = await ctx.documents.list(kind);
  const known = lists.get(documents);
  if (known) return known;
  const clients = documents.map((document) => document.body);
  lists.set(documents, clients);
  return clients;
}

/** An application's secret in the clear, for what must be computed with it; undefined when it keeps none. */
export function clientSecret(ctx: Pick<Context, 'vault'>, client: Client): string | undefined {
  if (client.client_secret === undefined) return undefined;
  const secret = ctx.vault.unseal('client-secret', client.client_secret);
  if (secret === undefined) throw new Error('A client secret cannot be opened: was the master key replaced?');
  return secret;
}

/** Compares in constant time. */
export function secretMatches(ctx: Pick<Context, 'vault'>, client: Client, secret: string): boolean {
  const expected = clientSecret(ctx, client);
  return expected !== undefined && equalSecrets(expected, secret);
}

/** Gives an application the secret, unless it has it already. */
export async function changeClientSecret(
  ctx: Pick<Context, 'documents' | 'vault'>,
  clientId: string,
  secret: string,
): Promise<void> {
  const client = await findClient(ctx, clientId);
  if (!client || secretMatches(ctx, client, secret)) return;
  const client_secret = ctx.vault.seal('client-secret', secret);
  await ctx.documents.update(kind, clientId, (current) => ({ ...current, client_secret }));
}
