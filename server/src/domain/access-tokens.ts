// Owns access tokens: JWTs for an API, sealed texts for userinfo alone; how they are made and how they are verified.
import { type JwtSigner, signJwt, verifyJwt } from '#crypto/jwt';
import { randomId } from '#crypto/random';
import { accessTokenClaims, userinfoAudience } from '#protocol/access-token';
import type { Actor } from '#protocol/actor';
import type { Client } from '#protocol/client';
import type { ResourceServer } from '#protocol/resource-server';
import type { Context } from './context.ts';
import { isRevoked, revokeToken } from './revocations.ts';

/** What an access token is for. */
export interface AccessTokenSubject {
  readonly sub: string;
  readonly client_id: string;
  readonly scope: readonly string[];
  /** Undefined when the token is for userinfo alone. */
  readonly api: ResourceServer | undefined;
  readonly family_id: string;
  readonly sid: string | undefined;
  /** Told where no person took part or no page was shown. */
  readonly gty?: string | undefined;
  /** Who acts for the subject. */
  readonly act?: Actor | undefined;
}

/** What an opaque access token says, sealed: for userinfo, and for nobody else to read. */
interface OpaqueClaims {
  readonly sub: string;
  readonly scope: string;
  readonly client_id: string;
  readonly jti: string;
  readonly sid: string | undefined;
  /** Seconds. */
  readonly iat?: number;
  readonly exp: number;
}

/** The key that an API's tokens are signed with. */
function apiSigner(ctx: Context, { signing_alg }: ResourceServer): Promise<JwtSigner> {
  if (signing_alg === 'HS256') throw new Error('An API with HS256 has a secret, not a key.');
  return ctx.keys.signer(signing_alg);
}

/** Makes an access token: a JWT for an API, else an opaque one, which costs no write either. */
export async function createAccessToken(
  ctx: Context,
  subject: AccessTokenSubject,
  nowSec: number,
  lifetimeSec: number,
): Promise<string> {
  const { sub, client_id, scope, api, family_id, sid, ...how } = subject;
  const jti = `${family_id}.${randomId()}`;
  if (api) {
    const facts = { issuer: ctx.issuer, client_id, sub, audience: api.identifier, scope, jti, sid, ...how };
    return signJwt(accessTokenClaims({ ...facts, nowSec, lifetimeSec }), await apiSigner(ctx, api));
  }
  const claims: OpaqueClaims = {
    sub,
    scope: scope.join(' '),
    client_id,
    jti,
    sid,
    iat: nowSec,
    exp: nowSec + lifetimeSec,
  };
  return ctx.vault.seal('opaque-access-token', JSON.stringify(claims));
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

/** What an access token says, whichever form it has. Times are in seconds. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly scope: string;
  readonly client_id: string;
  readonly jti: string;
  readonly sid?: string | undefined;
  readonly iat?: number | undefined;
  readonly exp: number;
  readonly [claim: string]: unknown;
}

/** What a JWT of ours says. Throws AccessTokenRefused for anything but an access token of this issuer. */
function readJwt(ctx: Context, token: string): AccessTokenClaims {
  const claims = verifyJwt(token, ctx.keys.verifiers);
  if (claims?.['iss'] !== ctx.issuer || typeof claims['exp'] !== 'number') throw new AccessTokenRefused('malformed');
  const { azp, ...said } = claims;
  // Only ID tokens have no azp: their audience is the application itself.
  if (azp === undefined) throw new AccessTokenRefused('id-token');
  if (said['sub'] === undefined || said['jti'] === undefined) throw new AccessTokenRefused('malformed');
  return { scope: '', ...said, client_id: azp } as AccessTokenClaims;
}

function readAny(ctx: Context, token: string): AccessTokenClaims {
  const opaque = readOpaque(ctx, token);
  return opaque ? { iss: ctx.issuer, aud: userinfoAudience(ctx.issuer), ...opaque } : readJwt(ctx, token);
}

/** All that an access token of ours says which is unexpired and not revoked, whoever it is for; else undefined. */
export async function findAccessToken(ctx: Context, token: string): Promise<AccessTokenClaims | undefined> {
  try {
    const claims = readAny(ctx, token);
    const ended = claims.exp * 1000 <= ctx.now() || (await isRevoked(ctx, { jti: claims.jti, sid: claims.sid }));
    return ended ? undefined : claims;
  } catch (error) {
    if (error instanceof AccessTokenRefused) return undefined;
    throw error;
  }
}

function readFor(ctx: Context, token: string, audience: string): AccessTokenClaims {
  const claims = audience === userinfoAudience(ctx.issuer) ? readAny(ctx, token) : readJwt(ctx, token);
  if (![claims.aud].flat().includes(audience)) throw new AccessTokenRefused('wrong-audience');
  return claims;
}

/** Verifies an access token for an audience. Throws AccessTokenRefused. */
export async function verifyAccessToken(ctx: Context, token: string, audience: string): Promise<PresentedToken> {
  const claims = readFor(ctx, token, audience);
  if (claims.exp * 1000 <= ctx.now()) throw new AccessTokenRefused('expired');
  if (await isRevoked(ctx, { jti: claims.jti, sid: claims.sid })) throw new AccessTokenRefused('revoked');
  return { sub: claims.sub, scope: claims.scope.split(' '), client_id: claims.client_id };
}

/** Ends an access token that was issued to the client; false when it is none. */
export async function revokeAccessToken(
  ctx: Context,
  client: Pick<Client, 'client_id'>,
  token: string,
): Promise<boolean> {
  try {
    const claims = readAny(ctx, token);
    if (claims.client_id !== client.client_id) return false;
    await revokeToken(ctx, claims);
    return true;
  } catch (error) {
    if (error instanceof AccessTokenRefused) return false;
    throw error;
  }
}
