// Owns the shape of applications, in Auth0's spelling, and where Auth0 has none in that of RFC 7591 and its relatives.
import type { SigningAlgorithm } from './signing-algorithm.ts';

export type TokenEndpointAuthMethod =
  | 'none'
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth';

/** What a refresh token may be exchanged for beside what it was issued for: another API, with these scopes. */
export interface RefreshTokenPolicy {
  readonly audience: string;
  readonly scope: readonly string[];
}

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
  /** Auth0's multi-resource refresh tokens. */
  policies?: readonly RefreshTokenPolicy[];
}

/** Something that an application proves itself by, other than a secret: a public key or a certificate. */
export interface ClientCredential {
  readonly id: string;
  readonly name?: string;
  readonly credential_type: 'public_key' | 'cert_subject_dn' | 'x509_cert';
  /** RFC 7638 thumbprint for keys, unless the application named it itself. */
  readonly kid?: string;
  readonly alg?: string;
  /** PEM of the public key or of the certificate. */
  readonly pem?: string;
  readonly subject_dn?: string;
  /** Epoch milliseconds. */
  readonly expires_at?: number;
  readonly created_at?: number;
  readonly updated_at?: number;
}

interface CredentialReferences {
  readonly credentials?: readonly { readonly id: string }[];
}

/** Auth0's way to say by which method the application proves itself, and which of its credentials are for that. */
export type ClientAuthenticationMethods = {
  readonly [method in 'private_key_jwt' | 'tls_client_auth' | 'self_signed_tls_client_auth']?: CredentialReferences;
};

/** A JWK set that the application publishes (RFC 7591 §2): by value, or at an address. */
export interface ClientKeys {
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly jwks_uri?: string;
}

/** How answers to the application are protected beyond TLS. Undefined: as usual. */
export interface ClientResponseProtection {
  readonly id_token_encrypted_response_alg?: string;
  readonly id_token_encrypted_response_enc?: string;
  readonly userinfo_signed_response_alg?: SigningAlgorithm;
  readonly userinfo_encrypted_response_alg?: string;
  readonly userinfo_encrypted_response_enc?: string;
  readonly authorization_signed_response_alg?: SigningAlgorithm;
  readonly authorization_encrypted_response_alg?: string;
  readonly authorization_encrypted_response_enc?: string;
  readonly introspection_signed_response_alg?: SigningAlgorithm;
  readonly introspection_encrypted_response_alg?: string;
  readonly introspection_encrypted_response_enc?: string;
}

/** What the application's requests must look like. */
export interface ClientRequestRules {
  readonly require_pushed_authorization_requests?: boolean;
  /** Auth0's setting for JAR (RFC 9101). */
  readonly signed_request_object?: { readonly required?: boolean } & CredentialReferences;
  readonly request_object_signing_alg?: string;
  /** CIBA Core §4: what it signs its requests with, which it does then. */
  readonly backchannel_authentication_request_signing_alg?: string;
  readonly request_object_encryption_alg?: string;
  readonly request_object_encryption_enc?: string;
  readonly request_uris?: readonly string[];
  readonly default_max_age?: number;
  readonly require_auth_time?: boolean;
  readonly default_acr_values?: readonly string[];
}

/** How the application's tokens are bound to it. */
export interface ClientTokenBinding {
  /** Auth0's: DPoP or a certificate must be used. */
  readonly require_proof_of_possession?: boolean;
  readonly dpop_bound_access_tokens?: boolean;
  /** Whether proofs need a nonce of ours (RFC 9449 §8); unless said otherwise, those of public applications do. */
  readonly require_dpop_nonce?: boolean;
  readonly tls_client_certificate_bound_access_tokens?: boolean;
}

/** What the application is told when a session ends. */
export interface ClientLogout {
  readonly oidc_logout?: {
    readonly backchannel_logout_urls?: readonly string[];
    readonly backchannel_logout_initiators?: {
      readonly mode: 'all' | 'custom';
      readonly selected_initiators?: readonly string[];
    };
    readonly backchannel_logout_session_metadata?: { readonly include: boolean };
  };
  /** Whether logout tokens must name the session, which they do in any case. */
  readonly backchannel_logout_session_required?: boolean;
  readonly frontchannel_logout_uri?: string;
  readonly frontchannel_logout_session_required?: boolean;
}

/** What a certificate must say for the application to be recognised by it; one of them (RFC 8705 §2.1.2). */
export interface ClientCertificateNames {
  /** RFC 4514. */
  readonly tls_client_auth_subject_dn?: string;
  readonly tls_client_auth_san_dns?: string;
  readonly tls_client_auth_san_uri?: string;
  readonly tls_client_auth_san_ip?: string;
  readonly tls_client_auth_san_email?: string;
}

/** Of an application that registered itself (RFC 7591). */
export interface ClientRegistration {
  /** Of its registration access token: only the one of this version is good. */
  readonly token_version: number;
  /** Epoch milliseconds. */
  readonly registered_at: number;
}

/** How long ID tokens live unless said otherwise; seconds. */
export const idTokenLifetimeSec = 36_000;

/** An application. */
export interface Client
  extends ClientKeys,
    ClientResponseProtection,
    ClientRequestRules,
    ClientTokenBinding,
    ClientCertificateNames,
    ClientLogout {
  readonly client_id: string;
  readonly name: string;
  readonly app_type?: 'native' | 'spa' | 'regular_web' | 'non_interactive' | 'resource_server';
  /** The API that this application is the face of: it may introspect the API's tokens, and exchange them. */
  readonly resource_server_identifier?: string;
  /** Sealed; see `#domain/clients`. */
  readonly client_secret?: string;
  /** The secret before the last rotation, sealed, and the epoch milliseconds at which it ceases to work. */
  readonly previous_client_secret?: { readonly secret: string; readonly expires_at: number };
  readonly is_first_party: boolean;
  readonly callbacks: readonly string[];
  readonly allowed_logout_urls: readonly string[];
  readonly web_origins: readonly string[];
  readonly allowed_origins: readonly string[];
  readonly grant_types: readonly string[];
  /** Those it asks for; undefined: every one that its grants allow. */
  readonly response_types?: readonly string[];
  readonly token_endpoint_auth_method: TokenEndpointAuthMethod;
  readonly token_endpoint_auth_signing_alg?: string;
  /** Auth0's names for a profile that is kept to the letter, such as fapi2_sp_pkj_mtls. */
  readonly compliance_level?: string;
  /** What assertions and certificates are checked with; several, so that they can be rotated. */
  readonly credentials?: readonly ClientCredential[];
  /** Undefined: every credential is for whatever the application does with it. */
  readonly client_authentication_methods?: ClientAuthenticationMethods;
  /** The settings of pages that no application was named for; it is no application. */
  readonly global?: boolean;
  /** `lifetime_in_seconds` is of ID tokens. */
  readonly jwt_configuration: { readonly alg: SigningAlgorithm; readonly lifetime_in_seconds: number };
  readonly refresh_token: RefreshTokenSettings;
  /** OpenID Connect Core §8. */
  readonly subject_type?: 'public' | 'pairwise';
  readonly sector_identifier_uri?: string;
  readonly logo_uri?: string;
  readonly client_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  /** Whether people sign in to it for organizations. */
  readonly organization_usage?: 'deny' | 'allow' | 'require';
  readonly initiate_login_uri?: string;
  readonly contacts?: readonly string[];
  /** Undefined: somebody of the tenant made it. */
  readonly registration?: ClientRegistration;
}

/** Whether the FAPI 2.0 Security Profile is kept to the letter for this application. */
export function isFapi2({ compliance_level = 'none' }: Pick<Client, 'compliance_level'>): boolean {
  return compliance_level.startsWith('fapi2');
}

/** Whether any FAPI profile is. */
export function isFapi({ compliance_level = 'none' }: Pick<Client, 'compliance_level'>): boolean {
  return compliance_level.startsWith('fapi');
}

/** Whether the application's access tokens are of no use without a key or a certificate. */
export function bindsTokens(client: ClientTokenBinding): boolean {
  return Boolean(
    client.require_proof_of_possession ||
      client.dpop_bound_access_tokens ||
      client.tls_client_certificate_bound_access_tokens,
  );
}

/** A client that cannot keep a secret: it proves itself by PKCE alone (RFC 6749 §2.1). */
export function isPublic(client: Pick<Client, 'token_endpoint_auth_method'>): boolean {
  return client.token_endpoint_auth_method === 'none';
}

/** The credentials by which an application may prove itself. */
export function authenticationCredentials(client: Client): readonly ClientCredential[] {
  const { credentials = [], client_authentication_methods: methods } = client;
  if (!methods) return credentials;
  const named = Object.values(methods).flatMap((method) => method?.credentials ?? []);
  return credentials.filter((credential) => named.some(({ id }) => id === credential.id));
}

/** The credentials that an application may sign its requests with (RFC 9101). */
export function requestCredentials(client: Client): readonly ClientCredential[] {
  const { credentials = [], signed_request_object } = client;
  const named = signed_request_object?.credentials;
  return named ? credentials.filter((credential) => named.some(({ id }) => id === credential.id)) : credentials;
}
