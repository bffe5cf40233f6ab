// Owns what ends with a person's access: every session, every refresh token, every access token that came of them.
import type { Queries } from '#storage/database';
import * as refreshTokens from '#storage/tables/refresh-tokens';
import * as sessions from '#storage/tables/sessions';
import type { Context } from './context.ts';
import { type Ending, logoutListeners } from './logout-outbox.ts';
import { revokeFamily } from './revocations.ts';
import { endSession } from './sessions.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'now'>;

/** How and for whom access ends; read before a transaction begins. */
export async function endingBy(ctx: Needed, initiator: Ending['initiator']): Promise<Ending> {
  return { initiator, listeners: await logoutListeners(ctx) };
}

/** Ends every refresh token of a person, and the access tokens that came of it; only those of one application if told so. */
export async function endTokensIn(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  userId: string,
  clientId?: string,
): Promise<void> {
  const families = await refreshTokens.listLiveOfUser(queries, userId, ctx.now());
  for (const { family_id, client_id } of families) {
    if (clientId === undefined || client_id === clientId) await revokeFamily(ctx, queries, family_id);
  }
}

/** Ends all that a person is signed in by, in the transaction that takes them the reason for it. */
export async function endAccessIn(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  userId: string,
  ending: Ending,
): Promise<void> {
  for (const sid of await sessions.listOfUser(queries, userId)) await endSession(ctx, queries, sid, ending);
  await endTokensIn(ctx, queries, userId);
}

/** Ends every refresh token of a person. */
export async function endUserTokens(ctx: Needed, userId: string, clientId?: string): Promise<void> {
  await ctx.database.transaction((queries) => endTokensIn(ctx, queries, userId, clientId));
}

/** Ends all that a person is signed in by, at whatever application. */
export async function endUserAccess(ctx: Needed, userId: string, initiator: Ending['initiator']): Promise<void> {
  const ending = await endingBy(ctx, initiator);
  await ctx.database.transaction((queries) => endAccessIn(ctx, queries, userId, ending));
}
