// Owns applications that register themselves: what they are given, and their own later changes (RFC 7591, RFC 7592).
import { randomAlphanumeric } from '#crypto/random';
import type { Client } from '#protocol/client';
import { type Metadata, withoutRegistered } from '#protocol/client-metadata';
import type { Supported } from '#protocol/client-metadata-shapes';
import { invalidMetadata, type Registrable, readRegistration } from '#protocol/client-registration';
import { addressesInSector, sectorOf } from '#protocol/client-sector';
import { complianceFault } from '#protocol/compliance';
import { OAuthError } from '#protocol/oauth-error';
import { OutboundFailed } from '#protocol/outbound';
import * as grants from '#storage/tables/grants';
import { clientSecret, createClient, findClient, removeClient, rewriteClient, withNeededSecret } from './clients.ts';
import type { Context } from './context.ts';
import { type InitialAccess, spendInitialAccess } from './initial-access-tokens.ts';
import { tenantSettings } from './tenant-settings.ts';

/** An application with what is handed to it alone. */
export interface RegisteredClient {
  readonly client: Client;
  readonly client_secret: string | undefined;
  readonly registration_access_token: string;
}

/** Whether the tenant lets applications register themselves. */
export async function takesRegistrations(ctx: Pick<Context, 'documents'>): Promise<boolean> {
  return (await tenantSettings(ctx)).flags?.enable_dynamic_client_registration === true;
}

/** Names the application and the version of its token: nothing of it is stored but that. */
function sealToken(ctx: Pick<Context, 'vault'>, { client_id, registration }: Client): string {
  return ctx.vault.seal('registration-token', JSON.stringify([client_id, registration?.token_version]));
}

function handOver(ctx: Pick<Context, 'vault'>, client: Client): RegisteredClient {
  return { client, client_secret: clientSecret(ctx, client), registration_access_token: sealToken(ctx, client) };
}

const refusedToken = () =>
  new OAuthError('invalid_token', 'The registration access token is not valid for this application, or was replaced.');

/** Whether the token is of this application, and of the version that is good. */
function isCurrent({ client_id, registration }: Client, [id, version]: readonly unknown[]): boolean {
  return registration !== undefined && id === client_id && version === registration.token_version;
}

/** The claims of a token; undefined when it isn't one. */
function openToken(ctx: Pick<Context, 'vault'>, token: string): readonly unknown[] {
  const text = ctx.vault.unseal('registration-token', token);
  if (text === undefined) throw refusedToken();
  return JSON.parse(text) as unknown[];
}

/** The application that a token was handed to. Throws invalid_token, whatever is wrong: nobody learns which ids there are. */
async function proveRegistrant(ctx: Context, clientId: string, token: string): Promise<Client> {
  const claims = openToken(ctx, token);
  const client = await findClient(ctx, clientId);
  if (!client || !isCurrent(client, claims)) throw refusedToken();
  return client;
}

/** The list at a sector's address; undefined when there is none to be had. */
async function fetchSector(ctx: Pick<Context, 'outbound'>, url: string): Promise<readonly unknown[] | undefined> {
  try {
    const { status, body } = await ctx.outbound({ url, headers: { accept: 'application/json' } });
    const list: unknown = status === 200 ? JSON.parse(body) : undefined;
    return Array.isArray(list) ? list : undefined;
  } catch (error) {
    if (error instanceof OutboundFailed || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** OpenID Connect Core §8.1: nobody joins a sector that doesn't know them. Throws invalid_client_metadata. */
async function checkSector(ctx: Pick<Context, 'outbound'>, settings: Registrable): Promise<void> {
  const { sector_identifier_uri: uri } = settings;
  if (uri === undefined) return;
  const known = await fetchSector(ctx, uri);
  if (!known) throw invalidMetadata('The member sector_identifier_uri leads to no JSON list of addresses.');
  const missing = addressesInSector(settings).find((address) => !known.includes(address));
  if (missing === undefined) return;
  throw invalidMetadata(`The list at sector_identifier_uri lacks the address ${JSON.stringify(missing)}.`);
}

/**
 * Registers an application: a third-party one, which people are asked about and which nobody vouches for. The leave to do
 * so, where one is needed, is used up last, so that who made a mistake may try again. Throws invalid_redirect_uri,
 * invalid_client_metadata, unapproved_software_statement and invalid_token.
 */
export async function registerClient(
  ctx: Context,
  { metadata, leave }: { readonly metadata: Metadata; readonly leave?: InitialAccess | undefined },
  supported: Supported,
): Promise<RegisteredClient> {
  const settings = readRegistration(metadata, supported);
  await checkSector(ctx, settings);
  if (leave) await spendInitialAccess(ctx, leave);
  const { client } = await createClient(ctx, {
    ...settings,
    client_id: `tpc_${randomAlphanumeric(22)}`,
    is_first_party: false,
    // It came by a specification's way, and expects what the specifications say.
    compliance_level: 'oidc',
    registration: { token_version: 1, registered_at: ctx.now() },
  });
  return handOver(ctx, client);
}

/** What is registered (RFC 7592 §2.1). Throws invalid_token. */
export async function readRegisteredClient(ctx: Context, clientId: string, token: string): Promise<RegisteredClient> {
  return { ...handOver(ctx, await proveRegistrant(ctx, clientId, token)), registration_access_token: token };
}

/** What the server decides stands in an answer, and is repeated in no request (RFC 7592 §2.2). */
const decidedHere = [
  ...['registration_access_token', 'registration_client_uri'],
  ...['client_secret_expires_at', 'client_id_issued_at'],
];

function checkRepeated(ctx: Context, client: Client, metadata: Metadata): void {
  const { client_id, client_secret } = metadata;
  if (client_id !== client.client_id) throw invalidMetadata('The member client_id must be that of the application.');
  if (client_secret !== undefined && client_secret !== clientSecret(ctx, client)) {
    throw invalidMetadata('The member client_secret must be the one that the application has, or be left out.');
  }
  const extra = decidedHere.find((name) => metadata[name] !== undefined);
  if (extra !== undefined) throw invalidMetadata(`The member ${extra} is the server's to decide. Leave it out.`);
}

/**
 * Tokens that people allowed outlive a change, and would tell from then on whom another sector knows by which name. Throws
 * invalid_client_metadata.
 */
function checkSameSector(before: Client, next: Client): void {
  if (next.subject_type !== 'pairwise') return;
  if (before.subject_type === 'pairwise' && sectorOf(before) === sectorOf(next)) return;
  const because = 'people would be known to it by other names';
  throw invalidMetadata(
    `The member subject_type can't become pairwise, nor the sector another: ${because}. Register anew.`,
  );
}

/**
 * Puts what is sent in the place of all that was registered, and gives out a new token, with which the old one ends
 * (RFC 7592 §2.2). Of several at once one succeeds. Throws what `registerClient` throws, and invalid_token.
 */
export async function replaceRegisteredClient(
  ctx: Context,
  { clientId, token, metadata }: { readonly clientId: string; readonly token: string; readonly metadata: Metadata },
  supported: Supported,
): Promise<RegisteredClient> {
  checkRepeated(ctx, await proveRegistrant(ctx, clientId, token), metadata);
  const settings = readRegistration(metadata, supported);
  await checkSector(ctx, settings);
  const claims = openToken(ctx, token);
  const client = await rewriteClient(ctx, clientId, (current) => {
    if (!current.registration || !isCurrent(current, claims)) throw refusedToken();
    const { token_version, registered_at } = current.registration;
    const registration = { token_version: token_version + 1, registered_at };
    const next = withNeededSecret(ctx, { ...withoutRegistered(current), ...settings, registration } as Client);
    checkSameSector(current, next);
    // The tenant may have put the application under a profile meanwhile.
    const fault = complianceFault(next);
    if (fault !== undefined) throw invalidMetadata(`The profile that the application is held to ${fault}.`);
    return next;
  });
  if (!client) throw refusedToken();
  return handOver(ctx, client);
}

/**
 * Removes an application with all that people allowed it (RFC 7592 §2.3). Its tokens end with it, because whatever takes
 * one asks for the application. Throws invalid_token.
 */
export async function removeRegisteredClient(ctx: Context, clientId: string, token: string): Promise<void> {
  await proveRegistrant(ctx, clientId, token);
  await removeClient(ctx, clientId);
  await grants.removeOfClient(ctx.database.queries, clientId);
}
