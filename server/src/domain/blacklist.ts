// Owns the blacklist of tokens: what is on it is accepted no more, wherever this server is asked.

import { longestTokenLifetimeSec } from '#protocol/resource-server';
import * as rows from '#storage/tables/blacklisted-tokens';
import type { Context } from './context.ts';
import { revokeToken } from './revocations.ts';

type Needed = Pick<Context, 'database' | 'revocations' | 'now'>;

/** Ends the token of an id that was issued for an audience. */
export async function blacklistToken(
  ctx: Needed,
  token: { readonly aud: string; readonly jti: string },
): Promise<void> {
  const now = ctx.now();
  await rows.insert(ctx.database.queries, { ...token, created_at: now });
  await revokeToken(ctx, { jti: token.jti });
}

export async function listBlacklist(
  ctx: Needed,
  aud: string | undefined,
  window: { readonly start: number; readonly limit: number },
): Promise<readonly { readonly aud: string; readonly jti: string }[]> {
  const found = await rows.list(ctx.database.queries, aud, window);
  return found.map(({ aud, jti }) => ({ aud, jti }));
}

/** Forgets what has expired by itself since. */
export async function clearBlacklist(ctx: Needed): Promise<number> {
  return rows.purge(ctx.database.queries, ctx.now() - longestTokenLifetimeSec * 1000);
}
