// Owns what ends tokens before their time, and the question whether one has been ended.
import { familyOf } from '#protocol/access-token';
import { longestTokenLifetimeSec } from '#protocol/resource-server';
import type { Queries } from '#storage/database';
import * as refreshTokens from '#storage/tables/refresh-tokens';
import * as revocations from '#storage/tables/revocations';
import type { Context } from './context.ts';

/** No access token lives longer: then the fact may be forgotten. */
const longestTokenLifetimeMs = longestTokenLifetimeSec * 1000;

async function record(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  kind: revocations.RevocationKind,
  id: string,
): Promise<void> {
  const now = ctx.now();
  await revocations.put(queries, { kind, id, revoked_at: now, expires_at: now + longestTokenLifetimeMs });
}

/** Ends every token that came of one authorization: its refresh token and its access tokens. */
export async function revokeFamily(ctx: Pick<Context, 'now'>, queries: Queries, familyId: string): Promise<void> {
  await refreshTokens.revoke(queries, familyId, ctx.now());
  await record(ctx, queries, 'family', familyId);
}

/** Ends every token that was issued in one session, at whatever application. */
export async function revokeSessionTokens(ctx: Pick<Context, 'now'>, queries: Queries, sid: string): Promise<void> {
  await refreshTokens.revokeSession(queries, sid, ctx.now());
  await record(ctx, queries, 'session', sid);
}

/** Ends one access token; the fact may be forgotten when the token has expired. */
export async function revokeToken(
  ctx: Pick<Context, 'database' | 'now'>,
  token: { readonly jti: string; readonly exp: number },
): Promise<void> {
  const row = { kind: 'token' as const, id: token.jti, revoked_at: ctx.now(), expires_at: token.exp * 1000 };
  await revocations.put(ctx.database.queries, row);
}

/** Whether an access token of ours was ended before its time. */
export async function isRevoked(
  ctx: Pick<Context, 'database'>,
  { jti, sid = '' }: { readonly jti: string; readonly sid: string | undefined },
): Promise<boolean> {
  return revocations.isEnded(ctx.database.queries, { token: jti, family: familyOf(jti), session: sid });
}
