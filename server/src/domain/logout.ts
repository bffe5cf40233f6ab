// Owns logging out: what ends, and which addresses a person may be sent to then.
import type { Client } from '#protocol/client';
import { invalidRequest } from '#protocol/oauth-error';
import { isRegisteredUri } from '#protocol/redirect-uri';
import { findClient } from './clients.ts';
import type { Caller, Context } from './context.ts';
import { loggedOutPath } from './journey-paths.ts';
import { beginTransaction } from './login-transactions.ts';
import { logoutListeners } from './logout-outbox.ts';
import { type EndedSession, endSession } from './sessions.ts';
import { tenantSettings } from './tenant-settings.ts';

/** Ends a session, with every token that was issued in it. The applications that want to know are told soon. */
export async function logOut(
  ctx: Context,
  session: { readonly sid: string; readonly user_id?: string },
  clientId: string | undefined,
  caller: Caller,
): Promise<EndedSession> {
  const ending = { initiator: 'rp-logout', listeners: await logoutListeners(ctx) } as const;
  const ended = await ctx.database.transaction((queries) => endSession(ctx, queries, session.sid, ending));
  ctx.emit({ type: 'slo', user_id: session.user_id, client_id: clientId, ip: caller.ip, user_agent: caller.userAgent });
  return ended;
}

/** The applications of a session that are told in the browser. */
async function framedClients(ctx: Pick<Context, 'documents'>, { clients }: EndedSession): Promise<string[]> {
  const found = await Promise.all(clients.map((clientId) => findClient(ctx, clientId)));
  return found.flatMap((client) => (client?.frontchannel_logout_uri === undefined ? [] : [client.client_id]));
}

export interface Farewell {
  /** Undefined when nobody was signed in. */
  readonly ended: EndedSession | undefined;
  /** A registered address. */
  readonly returnTo: string | undefined;
  /** Language tags, best first, space-separated. */
  readonly ui_locales: string | undefined;
  /** The id of this browser, which may be given one by the call. */
  readonly browser: () => string;
}

/**
 * Where a person goes who was logged out: back at once, or to a page of ours, which first logs the browser out at the
 * applications that want it so (OpenID Connect Front-Channel Logout §3).
 */
export async function farewellAddress(
  ctx: Pick<Context, 'database' | 'documents' | 'now'>,
  { ended, returnTo, ui_locales, browser }: Farewell,
): Promise<string> {
  const framed = ended ? await framedClients(ctx, ended) : [];
  if (framed.length === 0 && returnTo !== undefined) return returnTo;
  const query = new URLSearchParams();
  if (ended && framed.length > 0) {
    const journey = { journey: 'logged-out', sid: ended.sid, clients: framed } as const;
    const destination = returnTo === undefined ? {} : { return_to: returnTo };
    query.set('state', await beginTransaction(ctx, browser(), { ...journey, ...destination }));
  }
  if (ui_locales !== undefined) query.set('ui_locales', ui_locales);
  return query.size === 0 ? loggedOutPath : `${loggedOutPath}?${query}`;
}

/** The address if it is registered for log-out with the application or the tenant. Throws invalid_request. */
export async function verifyLogoutUri(
  ctx: Pick<Context, 'documents'>,
  requested: string,
  parameter: 'returnTo' | 'post_logout_redirect_uri',
  client: Client | undefined,
): Promise<string> {
  const { allowed_logout_urls } = await tenantSettings(ctx);
  if (!isRegisteredUri(requested, [...(client?.allowed_logout_urls ?? []), ...allowed_logout_urls])) {
    throw invalidRequest(`The "${parameter}" is not in the list of allowed logout URLs of this application.`);
  }
  return requested;
}
