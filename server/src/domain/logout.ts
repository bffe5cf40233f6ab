// Owns logging out: what ends, and which addresses a person may be sent to then.
import type { Client } from '#protocol/client';
import { invalidRequest } from '#protocol/oauth-error';
import { isRegisteredUri } from '#protocol/redirect-uri';
import type { Caller, Context } from './context.ts';
import { endSession } from './sessions.ts';
import { tenantSettings } from './tenant-settings.ts';

/** Ends a session, with every token that was issued in it. */
export async function logOut(
  ctx: Context,
  session: { readonly sid: string; readonly user_id?: string },
  clientId: string | undefined,
  caller: Caller,
): Promise<void> {
  await ctx.database.transaction((queries) => endSession(ctx, queries, session.sid));
  ctx.emit({ type: 'slo', user_id: session.user_id, client_id: clientId, ip: caller.ip, user_agent: caller.userAgent });
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
