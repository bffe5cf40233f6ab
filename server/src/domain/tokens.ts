// Owns the issuing of tokens: from an authorization to the token set that the application gets.
import { signJwt, verifyJwt } from '#crypto/jwt';
import { randomId } from '#crypto/random';
import { accessTokenClaims, userinfoAudience } from '#protocol/access-token';
import type { Client, ResourceServer } from '#protocol/client';
import { idTokenClaims } from '#protocol/id-token';
import type { Context } from './context.ts';
import { isRevoked } from './revocations.ts';
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

/** What an opaque access token says, sealed: for userinfo, and for nobody else to read. */
interface OpaqueClaims {
  readonly sub: string;
  readonly scope: string;
  readonly client_id: string;
  readonly jti: string;
  readonly sid: string | undefined;
  readonly exp: number;
}

function lifetimeOf(authorization: Authorization): number {
  const { api, client } = authorization;
  if (!api) return opaqueLifetimeSec;
  return client.app_type === 'spa' ? api.token_lifetime_for_web : api.token_lifetime;
}

async function accessToken(
  ctx: Context,
  authorization: Authorization,
  nowSec: number,
  lifetimeSec: number,
): Promise<string> {
  const { client, user, scope, api, family_id, sid } = authorization;
  const jti = `${family_id}.${randomId()}`;
  if (!api) {
    const claims: OpaqueClaims = {
      sub: user.user_id,
      scope: scope.join(' '),
      client_id: client.client_id,
      jti,
      sid,
      exp: nowSec + lifetimeSec,
    };
    return ctx.vault.seal('opaque-access-token', JSON.stringify(claims));
  }
  const facts = { issuer: ctx.issuer, client_id: client.client_id, sub: user.user_id, audience: api.identifier };
  return signJwt(accessTokenClaims({ ...facts, scope, jti, sid, nowSec, lifetimeSec }), ctx.keys.current);
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
  const [access_token, id_token] = await Promise.all([
    accessToken(ctx, authorization, nowSec, lifetimeSec),
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

/** A presented access token that is whole, of ours, unexpired and not revoked. */
export interface PresentedToken {
  readonly sub: string;
  readonly scope: readonly string[];
  readonly client_id: string;
}

export type AccessTokenFault = 'malformed' | 'expired' | 'wrong-audience' | 'id-token' | 'revoked';

/** Why an access token was refused. */
export class AccessTokenRefused extends Error {
  override name = 'AccessTokenRefused';
  readonly fault: AccessTokenFault;
  constructor(fault: AccessTokenFault) {
    super(fault);
    this.fault = fault;
  }
}

function readOpaque(ctx: Context, token: string): OpaqueClaims | undefined {
  const text = ctx.vault.unseal('opaque-access-token', token);
  return text === undefined ? undefined : (JSON.parse(text) as OpaqueClaims);
}

function readJwt(ctx: Context, token: string, audience: string): OpaqueClaims {
  const claims = verifyJwt(token, ctx.keys.verifiers);
  if (claims?.['iss'] !== ctx.issuer || typeof claims['exp'] !== 'number') throw new AccessTokenRefused('malformed');
  const audiences = [claims['aud']].flat();
  if (!audiences.includes(audience)) {
    // Only ID tokens have no azp: their audience is the application itself.
    throw new AccessTokenRefused(claims['azp'] === undefined ? 'id-token' : 'wrong-audience');
  }
  const { sub, scope = '', azp, jti, sid, exp } = claims as Record<string, string> & { exp: number };
  if (sub === undefined || azp === undefined || jti === undefined) throw new AccessTokenRefused('malformed');
  return { sub, scope, client_id: azp, jti, sid, exp };
}

/** Verifies an access token for an audience. Throws AccessTokenRefused. */
export async function verifyAccessToken(ctx: Context, token: string, audience: string): Promise<PresentedToken> {
  const opaque = audience === userinfoAudience(ctx.issuer) ? readOpaque(ctx, token) : undefined;
  const claims = opaque ?? readJwt(ctx, token, audience);
  if (claims.exp * 1000 <= ctx.now()) throw new AccessTokenRefused('expired');
  if (await isRevoked(ctx, claims)) throw new AccessTokenRefused('revoked');
  return { sub: claims.sub, scope: claims.scope.split(' '), client_id: claims.client_id };
}
