// Owns what a JWT access token says, in each of Auth0's dialects (RFC 9068 §2.2 is one of them).
import type { Actor } from './actor.ts';
import type { AuthorizationDetail } from './authorization-details.ts';
import type { Claims } from './claims.ts';
import type { Confirmation } from './confirmation.ts';
import type { TokenDialect } from './resource-server.ts';

/** How the person came to be signed in, as far as that is known (RFC 9068 §2.2.1). */
export interface AuthenticationFacts {
  /** Epoch milliseconds; undefined when that isn't known here. */
  readonly authenticated_at: number | undefined;
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
}

export interface AccessTokenFacts {
  readonly issuer: string;
  readonly client_id: string;
  readonly sub: string;
  /** The person's id, where `sub` isn't it: for the server alone. */
  readonly sealed_sub?: string | undefined;
  readonly audience: string;
  readonly scope: readonly string[];
  /** Identifies the token for revocation: see `revocation.ts`. */
  readonly jti: string;
  readonly sid: string | undefined;
  /** The grant type, told where no person took part or no page was shown. */
  readonly gty?: string | undefined;
  /** Undefined where no person took part. */
  readonly authentication?: AuthenticationFacts | undefined;
  /** What the subject may do at the API; undefined when the API doesn't want to be told. */
  readonly permissions?: readonly string[] | undefined;
  readonly confirmation?: Confirmation | undefined;
  readonly act?: Actor | undefined;
  readonly authorization_details?: readonly AuthorizationDetail[] | undefined;
  /** Claims of the deployment's own, which have passed their rules. */
  readonly custom_claims?: Claims | undefined;
  /** Where the token's status is told (Token Status List §6.1). */
  readonly status_list?: { readonly idx: number; readonly uri: string } | undefined;
  /** The claims about the person that userinfo tells beside those of the scopes. */
  readonly userinfo_claims?: readonly string[] | undefined;
  readonly nowSec: number;
  readonly lifetimeSec: number;
}

/** The audience that every user's token with the scope openid is also for. */
export function userinfoAudience(issuer: string): string {
  return `${issuer}userinfo`;
}

/** The Management API's audience, as Auth0 has it. */
export function managementAudience(issuer: string): string {
  return `${issuer}api/v2/`;
}

/** The media type of a dialect's tokens (RFC 9068 §2.1), which tells them from ID tokens. */
export function accessTokenType(dialect: TokenDialect = 'access_token'): 'JWT' | 'at+jwt' {
  return dialect.startsWith('rfc9068_profile') ? 'at+jwt' : 'JWT';
}

/** What only one of the two profiles says: Auth0's names the grant, RFC 9068 how the person proved who they are. */
function profileClaims(facts: AccessTokenFacts, dialect: TokenDialect): Claims {
  if (accessTokenType(dialect) === 'JWT') return { gty: facts.gty, azp: facts.client_id };
  const { authenticated_at, acr, amr } = facts.authentication ?? {};
  const auth_time = authenticated_at === undefined ? undefined : Math.floor(authenticated_at / 1000);
  return { client_id: facts.client_id, auth_time, acr, amr };
}

/** The claims, as JSON has them: what is undefined is left out there. */
export function accessTokenClaims(facts: AccessTokenFacts, dialect: TokenDialect = 'access_token'): Claims {
  const userinfo = facts.scope.includes('openid') ? [userinfoAudience(facts.issuer)] : [];
  return {
    // First, so that nothing of ours could be replaced.
    ...facts.custom_claims,
    iss: facts.issuer,
    sub: facts.sub,
    sealed_sub: facts.sealed_sub,
    aud: userinfo.length === 0 ? facts.audience : [facts.audience, ...userinfo],
    iat: facts.nowSec,
    exp: facts.nowSec + facts.lifetimeSec,
    scope: facts.scope.length === 0 ? undefined : facts.scope.join(' '),
    ...profileClaims(facts, dialect),
    jti: facts.jti,
    sid: facts.sid,
    status: facts.status_list && { status_list: facts.status_list },
    permissions: facts.permissions,
    cnf: facts.confirmation,
    act: facts.act,
    authorization_details: facts.authorization_details,
    userinfo_claims: facts.userinfo_claims,
  };
}
