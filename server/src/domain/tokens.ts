// Owns the issuing of tokens: from an authorization to the token set that the application gets.
import { signJwt } from '#crypto/jwt';
import type { Client, ResourceServer } from '#protocol/client';
import { idTokenClaims } from '#protocol/id-token';
import { createAccessToken } from './access-tokens.ts';
import type { Context } from './context.ts';
import type { User } from './users.ts';

/** What a grant decided: for whom, for what, and how it came about. Never holds tokens. */
export interface Authorization {
  readonly client: Client;
  readonly user: User;
  readonly scope: readonly string[];
  /** Undefined when the access token is for userinfo alone. */
  readonly api: ResourceServer | undefined;
  readonly family_id: string;
  readonly sid: string | undefined;
  readonly nonce: string | undefined;
  readonly authenticated_at: number;
  readonly refresh_token: string | undefined;
}

/** RFC 6749 §5.1. */
export interface TokenSet {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly scope?: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly token_type: 'Bearer';
}

const opaqueLifetimeSec = 86_400;

function lifetimeOf(authorization: Authorization): number {
  const { api, client } = authorization;
  if (!api) return opaqueLifetimeSec;
  return client.app_type === 'spa' ? api.token_lifetime_for_web : api.token_lifetime;
}

async function idToken(ctx: Context, authorization: Authorization, nowSec: number): Promise<string | undefined> {
  const { client, user, scope, sid, nonce, authenticated_at } = authorization;
  if (!scope.includes('openid')) return undefined;
  const claims = idTokenClaims({
    issuer: ctx.issuer,
    client_id: client.client_id,
    profile: user,
    scope,
    sid,
    nonce,
    authenticatedAt: authenticated_at,
    nowSec,
    lifetimeSec: client.jwt_configuration.lifetime_in_seconds,
  });
  return signJwt(claims, ctx.keys.current);
}

/** Issues the tokens of an authorization. Both signatures are made at once. */
export async function issueTokens(ctx: Context, authorization: Authorization): Promise<TokenSet> {
  const nowSec = Math.floor(ctx.now() / 1000);
  const lifetimeSec = lifetimeOf(authorization);
  const identity = { sub: authorization.user.user_id, client_id: authorization.client.client_id };
  const [access_token, id_token] = await Promise.all([
    createAccessToken(ctx, { ...authorization, ...identity }, nowSec, lifetimeSec),
    idToken(ctx, authorization, nowSec),
  ]);
  return {
    access_token,
    ...(authorization.refresh_token === undefined ? {} : { refresh_token: authorization.refresh_token }),
    ...(id_token === undefined ? {} : { id_token }),
    ...(authorization.scope.length === 0 ? {} : { scope: authorization.scope.join(' ') }),
    expires_in: lifetimeSec,
    token_type: 'Bearer',
  };
}
