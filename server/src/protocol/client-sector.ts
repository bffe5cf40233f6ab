// Owns whom a pairwise subject is shared with: the sector of an application (OpenID Connect Core §8.1), and who may join one.
import type { Client } from './client.ts';

type Addresses = Pick<Client, 'sector_identifier_uri' | 'callbacks'>;

// Everybody has these, so they say nothing of who an application is.
const loopbackHost = /^(?:127(?:\.\d+){3}|\[::1\]|(?:.*\.)?localhost)$/;

/** The host that an address is at; an empty text where it belongs to nobody: a loopback interface, or a scheme of an app. */
function hostOf(uri: string): string {
  const url = URL.parse(uri);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return '';
  return loopbackHost.test(url.hostname) ? '' : url.hostname;
}

function callbackHosts({ callbacks }: Addresses): ReadonlySet<string> {
  return new Set(callbacks.map(hostOf));
}

/** Whether it can be said who the sector is: callbacks on several hosts need an address that tells (§8.1). */
export function hasOneSector(client: Addresses): boolean {
  return client.sector_identifier_uri !== undefined || callbackHosts(client).size <= 1;
}

/** The host that stands for the sector; undefined for an application that has no one host. */
function sectorHost(client: Addresses): string | undefined {
  const { sector_identifier_uri: uri } = client;
  const [host = '', ...others] = uri === undefined ? callbackHosts(client) : [hostOf(uri)];
  return host === '' || others.length > 0 ? undefined : host;
}

/** The host of the sector; an application that has no one host is a sector of its own. */
export function sectorOf(client: Addresses & Pick<Client, 'client_id'>): string {
  // No host has a space.
  return sectorHost(client) ?? `client ${client.client_id}`;
}

type Joining = Addresses & Pick<Client, 'subject_type' | 'grant_types' | 'token_endpoint_auth_method' | 'jwks_uri'>;

/** Their tokens go to whoever asks, and not to a callback, which only its owner could read them at. */
const withoutCallback = ['urn:ietf:params:oauth:grant-type:device_code', 'urn:openid:params:grant-type:ciba'];
const byPublishedKeys = ['private_key_jwt', 'self_signed_tls_client_auth'];

/** Whether an application could have tokens with the names of a sector without having any of its addresses. */
function couldIntrude(client: Joining): boolean {
  const isDecoupled = client.grant_types.some((grant) => withoutCallback.includes(grant));
  return client.subject_type === 'pairwise' && isDecoupled && sectorHost(client) !== undefined;
}

/**
 * Why an application can't be believed to belong to its sector; undefined when it can. Where no callback proves it, keys
 * do that the sector publishes (CIBA Core §4).
 */
export function joiningFault(client: Joining): string | undefined {
  if (!couldIntrude(client)) return undefined;
  const { token_endpoint_auth_method: method, jwks_uri, sector_identifier_uri } = client;
  if (jwks_uri === undefined || !byPublishedKeys.includes(method)) {
    return `needs jwks_uri and a token_endpoint_auth_method of ${byPublishedKeys.join(' or ')}`;
  }
  const isAtHost = sector_identifier_uri !== undefined || hostOf(jwks_uri) === sectorHost(client);
  return isAtHost ? undefined : 'needs a jwks_uri on the host of the redirect_uris';
}

/** What must stand in the list at `sector_identifier_uri`. */
export function addressesInSector(client: Joining): readonly string[] {
  const { callbacks, jwks_uri } = client;
  return couldIntrude(client) && jwks_uri !== undefined ? [...callbacks, jwks_uri] : callbacks;
}
