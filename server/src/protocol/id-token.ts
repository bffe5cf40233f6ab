// Owns what an ID token says (OpenID Connect Core §2), in Auth0's order.

import { type Claims, type ClaimsStyle, type Profile, profileClaims } from './claims.ts';
import type { WantedClaims } from './claims-request.ts';

export interface IdTokenFacts {
  readonly issuer: string;
  readonly client_id: string;
  readonly profile: Profile;
  /** What the application knows the person by. */
  readonly sub: string;
  /** The person's id, where `sub` isn't it: for the server alone. */
  readonly sealed_sub?: string | undefined;
  readonly scope: readonly string[];
  readonly sid: string | undefined;
  readonly nonce: string | undefined;
  /** Epoch milliseconds; told when the request asked how fresh the sign-in is. */
  readonly authenticatedAt: number | undefined;
  /** Claims about the person that were asked for by name. */
  readonly wanted?: WantedClaims | undefined;
  readonly style?: ClaimsStyle;
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  /** What came with it by way of the browser, by hash (OpenID Connect Core §3.3.2.11). */
  readonly hashes?: { readonly at_hash?: string; readonly c_hash?: string; readonly s_hash?: string };
  readonly nowSec: number;
  readonly lifetimeSec: number;
}

export function idTokenClaims(facts: IdTokenFacts): Claims {
  return {
    ...profileClaims(facts.profile, facts.scope, facts.wanted, facts.style),
    iss: facts.issuer,
    aud: facts.client_id,
    sub: facts.sub,
    ...(facts.sealed_sub === undefined ? {} : { sealed_sub: facts.sealed_sub }),
    iat: facts.nowSec,
    exp: facts.nowSec + facts.lifetimeSec,
    ...(facts.sid === undefined ? {} : { sid: facts.sid }),
    ...(facts.nonce === undefined ? {} : { nonce: facts.nonce }),
    ...(facts.authenticatedAt === undefined ? {} : { auth_time: Math.floor(facts.authenticatedAt / 1000) }),
    ...(facts.acr === undefined ? {} : { acr: facts.acr }),
    ...(facts.amr === undefined ? {} : { amr: facts.amr }),
    ...facts.hashes,
  };
}
