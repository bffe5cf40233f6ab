// Owns the shape of APIs, in Auth0's spelling.
import type { SigningAlgorithm } from './signing-algorithm.ts';

/** How far one application may exchange people's tokens for one of an API. */
export interface TokenExchangePolicy {
  readonly client_id: string;
  /** What it may get whatever the token says that it gives in return. Undefined: the scopes of that token, no more. */
  readonly scope?: readonly string[];
  /** Whether the new token may hide who got it. Undefined and false: it says who acts for the person. */
  readonly impersonation?: boolean;
}

/** What an access token's claims look like; `_authz` adds permissions. */
export const tokenDialects = [
  'access_token',
  'access_token_authz',
  'rfc9068_profile',
  'rfc9068_profile_authz',
] as const;

export type TokenDialect = (typeof tokenDialects)[number];

/** Auth0's limit for tokens of every kind, 30 days. */
export const longestTokenLifetimeSec = 2_592_000;

/** An API. Lifetimes are in seconds. */
export interface ResourceServer {
  readonly id: string;
  readonly name: string;
  readonly identifier: string;
  readonly scopes: readonly { readonly value: string; readonly description?: string }[];
  readonly signing_alg: SigningAlgorithm;
  /** For HS256 alone: shared with the API; sealed. */
  readonly signing_secret?: string;
  readonly token_lifetime: number;
  readonly token_lifetime_for_web: number;
  readonly token_dialect?: TokenDialect;
  /** Role-based access control: a token's scopes are those of the person's permissions. */
  readonly enforce_policies?: boolean;
  /** Access tokens are encrypted for the API. */
  readonly token_encryption?: {
    readonly format: 'compact-nested-jwe';
    readonly encryption_key: {
      readonly name?: string;
      readonly alg: string;
      readonly kid?: string;
      readonly pem: string;
    };
  } | null;
  /** Whether tokens must be bound to a key of their holder. */
  readonly proof_of_possession?: {
    readonly mechanism: 'mtls' | 'dpop';
    readonly required: boolean;
    readonly required_for?: 'public_clients' | 'all_clients';
  } | null;
  /** The types that rich authorization requests for this API may have (RFC 9396 §2.1). */
  readonly authorization_details?: readonly { readonly type: string }[] | null;
  /** Who may get tokens: on behalf of people, and applications for themselves. */
  readonly subject_type_authorization?: {
    readonly user?: { readonly policy: 'allow_all' | 'deny_all' | 'require_client_grant' };
    readonly client?: { readonly policy: 'deny_all' | 'require_client_grant' };
  };
  /** Who may exchange people's tokens for one of this API (RFC 8693); nobody who isn't named. */
  readonly token_exchange?: { readonly clients: readonly TokenExchangePolicy[] } | null;
  readonly allow_offline_access: boolean;
  readonly allow_online_access?: boolean;
  readonly skip_consent_for_verifiable_first_party_clients: boolean;
  readonly is_system?: boolean;
}
