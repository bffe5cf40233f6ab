// Owns what applications registered about the ends of sessions: who is told of which, and where.
import type { Client, ClientLogout } from './client.ts';
import { isOnLoopback, redirectUriFault } from './redirect-uri.ts';

/** Why a session ended, in Auth0's words. */
export type LogoutInitiator =
  /** A person logged out, at an application or here. */
  | 'rp-logout'
  /** This server ended it: another person signed in in the same browser. */
  | 'idp-logout'
  | 'password-changed'
  | 'session-expired'
  | 'session-revoked'
  | 'account-deleted'
  | 'account-deactivated'
  | 'email-identifier-changed'
  | 'mfa-phone-unenrolled';

/** Auth0's, where an application says nothing of it. */
const usualInitiators: readonly string[] = ['rp-logout', 'idp-logout'] satisfies LogoutInitiator[];

/** Where an application is told, server to server, of a session that ended in this way (Back-Channel Logout §2.2). */
export function backchannelUrls({ oidc_logout }: ClientLogout, initiator: LogoutInitiator): readonly string[] {
  const { backchannel_logout_urls: urls = [], backchannel_logout_initiators: initiators } = oidc_logout ?? {};
  if (initiators?.mode === 'all') return urls;
  return (initiators?.selected_initiators ?? usualInitiators).includes(initiator) ? urls : [];
}

/** The address that a page frames to log the browser out at the application (Front-Channel Logout §2). */
export function frontchannelAddress(
  { frontchannel_logout_uri: uri, frontchannel_logout_session_required }: ClientLogout,
  { issuer, sid }: { readonly issuer: string; readonly sid: string },
): string | undefined {
  if (uri === undefined || !frontchannel_logout_session_required) return uri;
  // The registered address is extended as text: parsing and printing it again could change it.
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ iss: issuer, sid })}`;
}

function addressFault(uri: string): string | undefined {
  const fault = redirectUriFault(uri);
  if (fault !== undefined) return fault;
  if (isOnLoopback(uri)) return undefined;
  if (!uri.startsWith('https://')) return 'is neither https nor http on this machine (localhost)';
  return new URL(uri).hostname.includes('*') ? 'has a star for a host' : undefined;
}

/** Every address at which an application is told of log-outs. */
export function logoutAddresses({ oidc_logout, frontchannel_logout_uri: frame }: ClientLogout): readonly string[] {
  return [...(oidc_logout?.backchannel_logout_urls ?? []), ...(frame === undefined ? [] : [frame])];
}

/** What is wrong with an address for log-outs, and which it is; undefined when nothing is. */
export function logoutAddressFault(
  client: ClientLogout & Pick<Client, 'callbacks'>,
): { readonly uri: string; readonly fault: string } | undefined {
  const { frontchannel_logout_uri: frame, callbacks } = client;
  for (const uri of logoutAddresses(client)) {
    const fault = addressFault(uri);
    if (fault !== undefined) return { uri, fault };
  }
  // Front-Channel Logout §2: nobody else's pages are framed.
  if (frame === undefined) return undefined;
  const { origin } = new URL(frame);
  const isOwn = callbacks.some((callback) => URL.canParse(callback) && new URL(callback).origin === origin);
  return isOwn ? undefined : { uri: frame, fault: 'is of another origin than every callback of the application' };
}
