// Owns what ends with a person's access: every session, every refresh token, every access token that came of them.
import type { Queries } from '#storage/database';
import * as refreshTokens from '#storage/tables/refresh-tokens';
import * as sessions from '#storage/tables/sessions';
import type { Context } from './context.ts';
import { type Ending, logoutListeners } from './logout-outbox.ts';
import { revoke, revokeFamily } from './revocations.ts';
import { endSession } from './sessions.ts';
import { pairwiseSectors, subjectKeysOf } from './subjects.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'revocations' | 'now'>;

/** How and for whom all of a person's access ends. */
export interface AccessEnding extends Ending {
  /** In which a person has a name of their own (`pairwiseSectors`). */
  readonly sectors: readonly string[];
}

/** Read before a transaction begins. */
export async function endingBy(ctx: Pick<Context, 'documents'>, initiator: Ending['initiator']): Promise<AccessEnding> {
  return { initiator, listeners: await logoutListeners(ctx), sectors: await pairwiseSectors(ctx) };
}

/** Ends every refresh token of a person, and the access tokens that came of it; only those of one application if told so. */
async function endTokensIn(
  ctx: Pick<Context, 'revocations' | 'now'>,
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
  ctx: Pick<Context, 'revocations' | 'vault' | 'now'>,
  queries: Queries,
  userId: string,
  ending: AccessEnding,
): Promise<void> {
  for (const sid of await sessions.listOfUser(queries, userId)) await endSession(ctx, queries, sid, ending);
  await refreshTokens.revokeOfUser(queries, userId, ctx.now());
  await revoke(ctx, queries, 'person-ended', { subjects: subjectKeysOf(ctx, userId, ending.sectors) });
}

/** Ends every refresh token of a person. */
export async function endUserTokens(ctx: Needed, userId: string, clientId?: string): Promise<void> {
  await ctx.database.transaction((queries) => endTokensIn(ctx, queries, userId, clientId));
}
