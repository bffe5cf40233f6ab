// Owns which claims an application asks for one by one (OpenID Connect Core §5.5).

/** How one claim is wanted; null is "as a voluntary claim". */
export interface WantedClaim {
  readonly essential?: boolean;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
}

export type WantedClaims = Readonly<Record<string, WantedClaim | null>>;

/** The `claims` parameter. */
export interface ClaimsRequest {
  readonly userinfo?: WantedClaims;
  readonly id_token?: WantedClaims;
}
