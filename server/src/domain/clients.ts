// Owns applications: how one is made, found, and recognised by its secret.
import { equalSecrets, sha256 } from '#crypto/digest';
import { randomAlphanumeric, randomSecret } from '#crypto/random';
import { type Client, idTokenLifetimeSec, type RefreshTokenSettings } from '#protocol/client';
import { logoutAddressFault } from '#protocol/client-logout';
import { complianceFault } from '#protocol/compliance';
import { redirectUriFault } from '#protocol/redirect-uri';
import { longestTokenLifetimeSec } from '#protocol/resource-server';
import type { SigningAlgorithm } from '#protocol/signing-algorithm';
import { type Document, documentKind } from '#storage/documents';
import type { Context } from './context.ts';
import { publishEncryptionKey } from './encryption-keys.ts';
import type { Records } from './records.ts';
import { InvalidSetting, Taken } from './refusals.ts';
import { publishKeys } from './signing-keys.ts';

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

/** Everything else signs people in. An API asks about tokens, and needs none of its own until it is given a grant. */
const grantTypes: Partial<Record<NonNullable<Client['app_type']>, readonly string[]>> = {
  non_interactive: ['client_credentials'],
  resource_server: [],
};

function defaults(appType: Client['app_type']): Omit<Client, 'client_id' | 'name'> {
  const isPublic = appType === 'spa' || appType === 'native';
  return {
    is_first_party: true,
    callbacks: [],
    allowed_logout_urls: [],
    web_origins: [],
    allowed_origins: [],
    grant_types: grantTypes[appType ?? 'regular_web'] ?? ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_post',
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: idTokenLifetimeSec },
    refresh_token: defaultRefreshToken,
  };
}

/**
 * How an application's refresh tokens are exchanged unless it says so. FAPI 2.0 (Security Profile §5.3.2.1) has no rotation:
 * its tokens are bound to their holder, and a lost answer would strand the person.
 */
function refreshTokenDefaults({ compliance_level = 'none' }: Partial<Client>): RefreshTokenSettings {
  return compliance_level.startsWith('fapi2')
    ? { ...defaultRefreshToken, rotation_type: 'non-rotating' }
    : defaultRefreshToken;
}

/** Throws when an address could not be sent to safely (RFC 9700 §4.1.3). */
function checkUris(client: Client): void {
  for (const uri of [...client.callbacks, ...client.allowed_logout_urls]) {
    // A wildcard is no address yet: the star is judged as the label it stands for.
    const fault = redirectUriFault(uri.replace('://*.', '://label.'));
    if (fault !== undefined) throw new InvalidSetting(`The address ${JSON.stringify(uri)} ${fault}.`);
  }
  const logout = logoutAddressFault(client);
  if (logout) throw new InvalidSetting(`The address ${JSON.stringify(logout.uri)} ${logout.fault}.`);
}

/** A key is forgotten when no token that it signed can live any more (see `key-rotation.ts`). */
function checkLifetime({ jwt_configuration: { lifetime_in_seconds: seconds } }: Client): void {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= longestTokenLifetimeSec) return;
  throw new InvalidSetting(
    `jwt_configuration.lifetime_in_seconds is a number of seconds, 1 to ${longestTokenLifetimeSec}.`,
  );
}

function check(client: Client): void {
  checkUris(client);
  checkLifetime(client);
  const fault = complianceFault(client);
  if (fault !== undefined) throw new InvalidSetting(`The compliance_level ${client.compliance_level} ${fault}.`);
}

/** What an application's answers are signed with, those that are signed. */
function algorithmsOf(client: Client): (SigningAlgorithm | undefined)[] {
  return [
    client.jwt_configuration.alg,
    client.userinfo_signed_response_alg,
    client.authorization_signed_response_alg,
    client.introspection_signed_response_alg,
  ];
}

/** Checks an application, and makes the keys that its answers need. */
async function prepare(ctx: Pick<Context, 'documents' | 'vault' | 'keys'>, client: Client): Promise<void> {
  check(client);
  await publishKeys(ctx, algorithmsOf(client));
  await publishEncryptionKey(ctx, client.request_object_encryption_alg);
}

/** What stands for the server itself where a journey wants an application. It is stored nowhere and may do nothing. */
export const ownClientId = 'WarifuOwnPages000000000000000001';

/** The server's own pages as an application, under the tenant's name. */
export function ownClient(name: string): Client {
  return { ...defaults('regular_web'), client_id: ownClientId, name, grant_types: [] };
}

const newSecret = () => randomSecret() + randomSecret();

/** A new secret for an application, sealed. */
export function sealedClientSecret(ctx: Pick<Context, 'vault'>, secret = newSecret()): string {
  return ctx.vault.seal('client-secret', secret);
}

/** Whether who proves itself so has a secret of its own in any case. */
function keepsSecret(method: Client['token_endpoint_auth_method']): boolean {
  return method.startsWith('client_secret_');
}

/** An application with a secret if the way it proves itself needs one, made where it had none, and without one otherwise. */
export function withNeededSecret(ctx: Pick<Context, 'vault'>, client: Client): Client {
  const { client_secret, previous_client_secret, ...rest } = client;
  if (!keepsSecret(client.token_endpoint_auth_method)) return rest;
  return client_secret === undefined
    ? { ...rest, client_secret: ctx.vault.seal('client-secret', newSecret()) }
    : client;
}

export interface CreatedClient {
  readonly client: Client;
  /** Shown this once; stored sealed. Undefined for an application that keeps no secret. */
  readonly client_secret: string | undefined;
}

/** Makes an application. Throws RangeError for an address that is no callback or a lifetime that is none, and Taken. */
export async function createClient(
  ctx: Pick<Context, 'documents' | 'vault' | 'keys'>,
  fresh: NewClient,
): Promise<CreatedClient> {
  const { client_secret: given, ...settings } = fresh;
  const refresh_token = refreshTokenDefaults(settings);
  const unsealed = { client_id: randomAlphanumeric(32), ...defaults(fresh.app_type), refresh_token, ...settings };
  const method = unsealed.token_endpoint_auth_method;
  // Who proves itself by a key or a certificate has a secret only where it was given one, to sign or encrypt with.
  const made = keepsSecret(method) ? newSecret() : undefined;
  const secret = method === 'none' ? undefined : (given ?? made);
  const client: Client =
    secret === undefined ? unsealed : { ...unsealed, client_secret: ctx.vault.seal('client-secret', secret) };
  await prepare(ctx, client);
  const created = await ctx.documents.create(kind, client.client_id, client);
  if (created === 'taken') throw new Taken(`An application with the client_id ${client.client_id} exists already.`);
  return { client: created.body, client_secret: secret };
}

/** Changes an application's settings; false when there is none. Throws RangeError as createClient does. */
export async function changeClient(
  ctx: Pick<Context, 'documents' | 'vault' | 'keys'>,
  clientId: string,
  change: Partial<Omit<Client, 'client_id' | 'client_secret'>>,
): Promise<boolean> {
  return (await rewriteClient(ctx, clientId, (client) => ({ ...client, ...change }))) !== undefined;
}

/**
 * Writes an application anew, read and written in one transaction; undefined when there is none. `rewrite` is called
 * before as well, to learn which keys must be there. Throws what it throws, and RangeError as createClient does.
 */
export async function rewriteClient(
  ctx: Pick<Context, 'documents' | 'vault' | 'keys'>,
  clientId: string,
  rewrite: (client: Client) => Client,
): Promise<Client | undefined> {
  const known = await findClient(ctx, clientId);
  if (!known) return undefined;
  const rewritten = await clientRecords.change(ctx, clientId, rewrite);
  return rewritten === undefined || rewritten === 'taken' ? undefined : rewritten.body;
}

/**
 * Applications as records, with their rules. Secrets in what is written are sealed already. Throws InvalidSetting as
 * createClient does.
 */
export const clientRecords: Records<Client, Pick<Context, 'documents' | 'vault' | 'keys'>> = {
  list: ({ documents }) => documents.list(kind),
  find: ({ documents }, id) => documents.get(kind, id),
  findByName: async () => undefined,
  create: async (ctx, id, client) => {
    await prepare(ctx, client);
    return ctx.documents.create(kind, id, client);
  },
  change: async (ctx, id, rewrite) => {
    const known = await ctx.documents.get(kind, id);
    if (!known) return undefined;
    await prepare(ctx, rewrite(known.body));
    return ctx.documents.update(kind, id, (before) => {
      const after = rewrite(before);
      check(after);
      return after;
    });
  },
  remove: ({ documents }, id) => documents.remove(kind, id),
};

/** Deletes an application; false when there is none. */
export async function removeClient(ctx: Pick<Context, 'documents'>, clientId: string): Promise<boolean> {
  return ctx.documents.remove(kind, clientId);
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

function openSecret(ctx: Pick<Context, 'vault'>, sealed: string): string {
  const secret = ctx.vault.unseal('client-secret', sealed);
  if (secret === undefined) throw new Error('A client secret cannot be opened: was the master key replaced?');
  return secret;
}

/** An application's secret in the clear, for what must be computed with it; undefined when it keeps none. */
export function clientSecret(ctx: Pick<Context, 'vault'>, client: Client): string | undefined {
  return client.client_secret === undefined ? undefined : openSecret(ctx, client.client_secret);
}

/** The secrets by which an application may prove itself now: its own, and until its end the one before the rotation. */
export function acceptedSecrets(ctx: Pick<Context, 'vault' | 'now'>, client: Client): readonly string[] {
  const { previous_client_secret: previous } = client;
  const sealed = [client.client_secret, previous && previous.expires_at > ctx.now() ? previous.secret : undefined];
  return sealed.flatMap((secret) => (secret === undefined ? [] : [openSecret(ctx, secret)]));
}

interface SecretDigest {
  readonly digest: string;
  readonly expires_at: number;
}

/** By the application as it is now: opening a sealed secret costs more than all else that is done to compare one. */
const knownDigests = new WeakMap<Client, readonly SecretDigest[]>();

function secretDigests(ctx: Pick<Context, 'vault'>, client: Client): readonly SecretDigest[] {
  const known = knownDigests.get(client);
  if (known) return known;
  const { client_secret, previous_client_secret: previous } = client;
  const sealed = [
    ...(client_secret === undefined ? [] : [{ secret: client_secret, expires_at: Infinity }]),
    ...(previous === undefined ? [] : [previous]),
  ];
  const digests = sealed.map(({ secret, expires_at }) => ({ digest: sha256(openSecret(ctx, secret)), expires_at }));
  knownDigests.set(client, digests);
  return digests;
}

/** Compares in constant time, and with every secret, whichever it is. */
export function secretMatches(ctx: Pick<Context, 'vault' | 'now'>, client: Client, secret: string): boolean {
  const given = sha256(secret);
  const accepted = secretDigests(ctx, client).filter(({ expires_at }) => expires_at > ctx.now());
  return accepted.filter(({ digest }) => equalSecrets(digest, given)).length > 0;
}

const longestOverlapSec = 30 * day;

/**
 * Gives an application a new secret, which is shown this once. The one it had works for `overlapSeconds` more (0 to 30
 * days), so that every copy of the application can be given the new one meanwhile; one that was rotated away earlier
 * ends at once. Throws RangeError for an application without a secret, or for another overlap.
 */
export async function rotateClientSecret(
  ctx: Pick<Context, 'documents' | 'vault' | 'now'>,
  clientId: string,
  { overlapSeconds }: { readonly overlapSeconds: number },
): Promise<string> {
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > longestOverlapSec) {
    throw new InvalidSetting(`The overlap must be from 0 to ${longestOverlapSec} seconds, not ${overlapSeconds}.`);
  }
  const secret = newSecret();
  const expires_at = ctx.now() + overlapSeconds * 1000;
  const changed = await ctx.documents.update(kind, clientId, ({ previous_client_secret, ...client }) => {
    if (client.client_secret === undefined) throw new InvalidSetting(`The application ${clientId} keeps no secret.`);
    const previous =
      overlapSeconds === 0 ? {} : { previous_client_secret: { secret: client.client_secret, expires_at } };
    return { ...client, ...previous, client_secret: ctx.vault.seal('client-secret', secret) };
  });
  if (changed === undefined || changed === 'taken') throw new InvalidSetting(`There is no application ${clientId}.`);
  return secret;
}

/** Gives an application the secret, unless it has it already. */
export async function changeClientSecret(
  ctx: Pick<Context, 'documents' | 'vault'>,
  clientId: string,
  secret: string,
): Promise<void> {
  const client = await findClient(ctx, clientId);
  if (!client || equalSecrets(clientSecret(ctx, client) ?? '', secret)) return;
  const client_secret = ctx.vault.seal('client-secret', secret);
  await ctx.documents.update(kind, clientId, ({ previous_client_secret, ...current }) => ({
    ...current,
    client_secret,
  }));
}
