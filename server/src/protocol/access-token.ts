// Owns what a JWT access token says, in Auth0's shape (its `access_token` dialect).
import type { Actor } from './actor.ts';
import type { Claims } from './claims.ts';

export interface AccessTokenFacts {
  readonly issuer: string;
  readonly client_id: string;
  readonly sub: string;
  readonly audience: string;
  readonly scope: readonly string[];
  /** Identifies the token for revocation: `<family>.<random>`. */
  readonly jti: string;
  readonly sid: string | undefined;
  /** The grant type, told where no person took part or no page was shown. */
  readonly gty?: string | undefined;
  /** Who acts for the subject (RFC 8693 §4.1). */
  readonly act?: Actor | undefined;
  readonly nowSec: number;
  readonly lifetimeSec: number;
}

/** The audience that every user's token with the scope openid is also for. */
export function userinfoAudience(issuer: string): string {
  return `${issuer}userinfo`;
}

export function accessTokenClaims(facts: AccessTokenFacts): Claims {
  const userinfo = facts.scope.includes('openid') ? [userinfoAudience(facts.issuer)] : [];
  return {
    iss: facts.issuer,
    sub: facts.sub,
    aud: userinfo.length === 0 ? facts.audience : [facts.audience, ...userinfo],
    iat: facts.nowSec,
    exp: facts.nowSec + facts.lifetimeSec,
    ...(facts.scope.length === 0 ? {} : { scope: facts.scope.join(' ') }),
    ...(facts.gty === undefined ? {} : { gty: facts.gty }),
    azp: facts.client_id,
    jti: facts.jti,
    ...(facts.sid === undefined ? {} : { sid: facts.sid }),
    ...(facts.act === undefined ? {} : { act: facts.act }),
  };
}

/** The token family that a `jti` belongs to. */
export function familyOf(jti: string): string {
  return jti.split('.', 1)[0] as string;
}
