// Owns the clearing away of what has expired.
import * as attempts from '#storage/tables/attempts';
import * as decoupledRequests from '#storage/tables/decoupled-requests';
import * as jobs from '#storage/tables/jobs';
import * as loginTransactions from '#storage/tables/login-transactions';
import * as invitations from '#storage/tables/organization-invitations';
import * as refreshTokens from '#storage/tables/refresh-tokens';
import * as replays from '#storage/tables/replays';
import * as revocations from '#storage/tables/revocations';
import * as securityEvents from '#storage/tables/security-event-outbox';
import * as singleUseTokens from '#storage/tables/single-use-tokens';
import * as statusLists from '#storage/tables/status-lists';
import { clearBlacklist } from './blacklist.ts';
import type { Context } from './context.ts';
import { keptEventsMs } from './security-event-deliveries.ts';
import { clearExpiredSessions } from './sessions.ts';
import { replayWindowMs } from './single-use.ts';

const day = 24 * 60 * 60 * 1000;

/** Deletes what nobody can use or ask about any more. Returns how many rows. */
export async function clearExpired(
  ctx: Pick<Context, 'database' | 'documents' | 'revocations' | 'now'>,
): Promise<number> {
  const { queries } = ctx.database;
  const now = ctx.now();
  return (
    // Who comes back to one that has expired is led to where they can begin again.
    (await loginTransactions.purge(queries, now - day)) +
    (await clearExpiredSessions(ctx)) +
    (await decoupledRequests.purge(queries, now - replayWindowMs)) +
    // Auth0's, too, can be asked for one day.
    (await jobs.purge(queries, now - day)) +
    (await attempts.purge(queries, now)) +
    (await singleUseTokens.purge(queries, now - replayWindowMs)) +
    (await refreshTokens.purge(queries, now - day)) +
    (await invitations.purge(queries, now - day)) +
    (await replays.purge(queries, now)) +
    (await clearBlacklist(ctx)) +
    (await revocations.purge(queries, now)) +
    (await securityEvents.purge(queries, now - keptEventsMs)) +
    (await statusLists.purge(queries, now, now - day))
  );
}
