// Owns the address at which an application begins a sign-in by itself (OpenID Connect Core §4).
import type { Client } from './client.ts';

/** The application's address, which is told who sends the person there; undefined when it registered none. */
export function initiateLoginAddress(
  { initiate_login_uri: uri }: Pick<Client, 'initiate_login_uri'>,
  issuer: string,
): string | undefined {
  if (uri === undefined) return undefined;
  // The registered address is extended as text: parsing and printing it again could change it.
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ iss: issuer })}`;
}
