// Owns presented access tokens: whether one is ours and alive, what it says, and its end.
import { openJwt } from '#crypto/jwt';
import { userinfoAudience } from '#protocol/access-token';
import type { Actor } from '#protocol/actor';
import type { AuthorizationDetail } from '#protocol/authorization-details';
import type { Claims } from '#protocol/claims';
import type { Client } from '#protocol/client';
import type { Confirmation } from '#protocol/confirmation';
import { statusEntryOf } from '#protocol/status-list';
import { openWithSecret } from './api-secrets.ts';
import { findClient } from './clients.ts';
import type { Context } from './context.ts';
import { isKnownRevoked, isRevoked, revokeToken } from './revocations.ts';
import { subjectOfToken } from './subjects.ts';

/** A presented access token that is whole, of ours, unexpired and not revoked. */
export interface PresentedToken {
  /** Whose it is, by our own id: what it tells its reader is in `claims`, and may be a pairwise subject. */
  readonly sub: string;
  readonly scope: readonly string[];
  readonly client_id: string;
  readonly jti: string;
  readonly sid: string | undefined;
  /** Seconds. */
  readonly iat: number;
  readonly exp: number;
  /** The identifiers of what it is for: an API and perhaps userinfo, or userinfo alone. */
  readonly audience: readonly string[];
  readonly confirmation: Confirmation | undefined;
  readonly act: Actor | undefined;
  readonly authorization_details: readonly AuthorizationDetail[] | undefined;
  /** All that it says, as it says it. */
  readonly claims: Claims;
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

/** The claims that may be missing, whose types are known because nobody else could have signed them. */
interface OwnClaims {
  readonly scope?: string;
  readonly sid?: string;
  readonly iat?: number;
  readonly cnf?: Confirmation;
  readonly act?: Actor;
  readonly authorization_details?: readonly AuthorizationDetail[];
}

function present(ctx: Context, claims: Claims, client_id: unknown, audience: readonly unknown[]): PresentedToken {
  const { jti, exp } = claims;
  const sub = subjectOfToken(ctx, claims);
  const identifiers = audience.filter((identifier) => typeof identifier === 'string');
  if (
    identifiers.length === 0 ||
    sub === undefined ||
    typeof jti !== 'string' ||
    typeof client_id !== 'string' ||
    typeof exp !== 'number'
  ) {
    throw new AccessTokenRefused('malformed');
  }
  const { scope, sid, iat = 0, cnf, act, authorization_details } = claims as OwnClaims;
  return {
    sub,
    scope: scope === undefined ? [] : scope.split(' '),
    client_id,
    jti,
    sid,
    iat,
    exp,
    audience: identifiers,
    confirmation: cnf,
    act,
    authorization_details,
    claims,
  };
}

function readOpaque(ctx: Context, token: string): PresentedToken | undefined {
  const text = ctx.vault.unseal('opaque-access-token', token);
  if (text === undefined) return undefined;
  const claims = JSON.parse(text) as Claims;
  return present(ctx, claims, claims['azp'], [userinfoAudience(ctx.issuer)]);
}

const types = ['JWT', 'at+jwt'];

/** What a JWT of ours says. Throws AccessTokenRefused for anything but an access token of this issuer. */
async function readJwt(ctx: Context, token: string): Promise<PresentedToken> {
  const opened = openJwt(token, ctx.keys.verifiers, types) ?? (await openWithSecret(ctx, token, types));
  if (opened?.claims['iss'] !== ctx.issuer) throw new AccessTokenRefused('malformed');
  const { typ, claims } = opened;
  const { azp, client_id, aud } = claims;
  // An ID token has neither: its audience is the application itself.
  if (azp === undefined && typ === 'JWT') throw new AccessTokenRefused('id-token');
  return present(ctx, claims, typ === 'JWT' ? azp : client_id, [aud].flat());
}

async function refuseEnded(ctx: Context, presented: PresentedToken): Promise<PresentedToken> {
  if (presented.exp * 1000 <= ctx.now()) throw new AccessTokenRefused('expired');
  // With an application its tokens end.
  if (!(await findClient(ctx, presented.client_id))) throw new AccessTokenRefused('revoked');
  if (await isRevoked(ctx, presented)) throw new AccessTokenRefused('revoked');
  return presented;
}

/** A live access token of ours, whatever it is for: the caller judges the audience. Undefined for everything else. */
export async function findAccessToken(ctx: Context, token: string): Promise<PresentedToken | undefined> {
  try {
    return await refuseEnded(ctx, readOpaque(ctx, token) ?? (await readJwt(ctx, token)));
  } catch (error) {
    if (error instanceof AccessTokenRefused) return undefined;
    throw error;
  }
}

/** Verifies an access token for an audience. Throws AccessTokenRefused. */
export async function verifyAccessToken(ctx: Context, token: string, audience: string): Promise<PresentedToken> {
  const opaque = audience === userinfoAudience(ctx.issuer) ? readOpaque(ctx, token) : undefined;
  const presented = opaque ?? (await readJwt(ctx, token));
  if (!presented.audience.includes(audience)) throw new AccessTokenRefused('wrong-audience');
  return refuseEnded(ctx, presented);
}

/**
 * Verifies an access token for an audience without asking the database: for gateways, which ask for every request. Throws
 * AccessTokenRefused.
 */
export async function verifyAccessTokenHere(ctx: Context, token: string, audience: string): Promise<PresentedToken> {
  const presented = await readJwt(ctx, token);
  if (!presented.audience.includes(audience)) throw new AccessTokenRefused('wrong-audience');
  if (presented.exp * 1000 <= ctx.now()) throw new AccessTokenRefused('expired');
  if (isKnownRevoked(ctx, presented)) throw new AccessTokenRefused('revoked');
  return presented;
}

/** Ends an access token that was issued to the client; false when it is none. */
export async function revokeAccessToken(
  ctx: Context,
  client: Pick<Client, 'client_id'>,
  token: string,
): Promise<boolean> {
  try {
    const presented = readOpaque(ctx, token) ?? (await readJwt(ctx, token));
    if (presented.client_id !== client.client_id) return false;
    await revokeToken(ctx, { ...presented, status: statusEntryOf(ctx.issuer, presented.claims) });
    return true;
  } catch (error) {
    if (error instanceof AccessTokenRefused) return false;
    throw error;
  }
}
