// Owns the way from an issuer to its keys (OpenID Connect Discovery §4, RFC 8414 §3).

import { misused } from '../refused.ts';
import { printable } from '../terminal.ts';
import { fetchObject, trustedUrl } from './fetched.ts';
import type { Session } from './session.ts';

const withoutSlash = (text: string) => text.replace(/\/$/, '');

/** OpenID Connect puts the well-known part behind the issuer's path, and RFC 8414 before it. */
function documentsOf(issuer: URL): URL[] {
  const path = withoutSlash(issuer.pathname);
  return [
    new URL(`${path}/.well-known/openid-configuration`, issuer),
    new URL(`/.well-known/oauth-authorization-server${path}`, issuer),
  ];
}

export interface Discovered {
  /** As the issuer spells itself, which is how tokens must spell it. */
  readonly issuer: string;
  readonly jwksUrl: string;
}

/** Finds where an issuer publishes its keys. A missing last slash in what the user typed is forgiven. */
export async function discover(issuer: string, session: Session): Promise<Discovered> {
  const { keys } = session.texts;
  for (const url of documentsOf(trustedUrl(issuer, session))) {
    const document = await fetchObject(url, session);
    if (!document) continue;
    const named = String(document['issuer']);
    if (withoutSlash(named) !== withoutSlash(issuer)) throw misused(keys.otherIssuer(url.href, printable(named)));
    if (typeof document['jwks_uri'] !== 'string') throw misused(keys.noJwksUri(url.href));
    return { issuer: named, jwksUrl: document['jwks_uri'] };
  }
  throw misused(keys.noDiscovery(printable(issuer)));
}
