// Owns whom a pairwise subject is shared with: the sector of an application (OpenID Connect Core §8.1).
import type { Client } from './client.ts';

type Addresses = Pick<Client, 'sector_identifier_uri' | 'callbacks'>;

/** The hosts of the callbacks; empty texts for addresses without a host. */
function callbackHosts({ callbacks }: Addresses): ReadonlySet<string> {
  return new Set(callbacks.map((uri) => URL.parse(uri)?.hostname ?? ''));
}

/** Whether it can be said who the sector is: callbacks on several hosts need an address that tells (§8.1). */
export function hasOneSector(client: Addresses): boolean {
  return client.sector_identifier_uri !== undefined || callbackHosts(client).size <= 1;
}

/** The host of the sector; an application that has no one host is a sector of its own. */
export function sectorOf(client: Addresses & Pick<Client, 'client_id'>): string {
  const { sector_identifier_uri: uri, client_id } = client;
  const [host = '', ...others] = uri === undefined ? callbackHosts(client) : [URL.parse(uri)?.hostname ?? ''];
  // No host has a space.
  return host === '' || others.length > 0 ? `client ${client_id}` : host;
}
