// Owns what ends with a person's access: every session, every refresh token, every access token.
import * as refreshTokens from '#storage/tables/refresh-tokens';
import type { Context } from './context.ts';
import { revokeFamily } from './revocations.ts';
import { endUserSessions } from './sessions.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'now'>;

/** Ends every refresh token of a person, and the access tokens that came of it. */
export async function endUserTokens(ctx: Needed, userId: string): Promise<void> {
  await ctx.database.transaction(async (queries) => {
    for (const { family_id } of await refreshTokens.listLiveOfUser(queries, userId, ctx.now())) {
      await revokeFamily(ctx, queries, family_id);
    }
  });
}

/** Ends all that a person is signed in by, at whatever application. */
export async function endUserAccess(
  ctx: Needed,
  userId: string,
  initiator: Parameters<typeof endUserSessions>[2],
): Promise<void> {
  await endUserSessions(ctx, userId, initiator);
  await endUserTokens(ctx, userId);
}
