// Owns the shape of what the protocol deals with: applications and APIs, in Auth0's spelling.

export type TokenEndpointAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post';

/** Lifetimes are in seconds. */
export interface RefreshTokenSettings {
  rotation_type: 'rotating' | 'non-rotating';
  expiration_type: 'expiring' | 'non-expiring';
  /** How long after a rotation the previous token still gets the same successor. */
  leeway: number;
  token_lifetime: number;
  idle_token_lifetime: number;
  infinite_token_lifetime: boolean;
  infinite_idle_token_lifetime: boolean;
}

/** An application. */
export interface Client {
  readonly client_id: string;
  readonly name: string;
  readonly app_type?: 'native' | 'spa' | 'regular_web' | 'non_interactive';
  /** Sealed; see `#domain/clients`. */
  readonly client_secret?: string;
  readonly is_first_party: boolean;
  readonly callbacks: readonly string[];
  readonly allowed_logout_urls: readonly string[];
  readonly web_origins: readonly string[];
  readonly allowed_origins: readonly string[];
  readonly grant_types: readonly string[];
  readonly token_endpoint_auth_method: TokenEndpointAuthMethod;
  /** `lifetime_in_seconds` is of ID tokens. */
  readonly jwt_configuration: { readonly alg: 'RS256'; readonly lifetime_in_seconds: number };
  readonly refresh_token: RefreshTokenSettings;
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  readonly initiate_login_uri?: string;
}

/** An API. Lifetimes are in seconds. */
export interface ResourceServer {
  readonly id: string;
  readonly name: string;
  readonly identifier: string;
  readonly scopes: readonly { readonly value: string; readonly description?: string }[];
  readonly signing_alg: 'RS256';
  readonly token_lifetime: number;
  readonly token_lifetime_for_web: number;
  readonly allow_offline_access: boolean;
  readonly skip_consent_for_verifiable_first_party_clients: boolean;
  readonly is_system?: boolean;
}

/** A client that cannot keep a secret: it proves itself by PKCE alone (RFC 6749 §2.1). */
export function isPublic(client: Pick<Client, 'token_endpoint_auth_method'>): boolean {
  return client.token_endpoint_auth_method === 'none';
}
