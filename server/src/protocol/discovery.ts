// Owns the server's metadata (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3).
import { assertionAlgorithms } from './client-assertion.ts';
import { clientAuths } from './client-auths.ts';
import { prompts } from './prompt.ts';
import { responseModeNames } from './response-modes.ts';
import { oidcScopes } from './scope.ts';
import { signingAlgorithms } from './signing-algorithm.ts';

/** The paths of the endpoints that are told to applications. */
const endpoints = {
  authorization_endpoint: 'authorize',
  token_endpoint: 'oauth/token',
  revocation_endpoint: 'oauth/revoke',
  introspection_endpoint: 'oauth/introspect',
  userinfo_endpoint: 'userinfo',
  jwks_uri: '.well-known/jwks.json',
  end_session_endpoint: 'oidc/logout',
  device_authorization_endpoint: 'oauth/device/code',
  backchannel_authentication_endpoint: 'bc-authorize',
} as const;

export interface DiscoveryFacts {
  readonly issuer: string;
  readonly grantTypes: readonly string[];
  readonly locales: readonly string[];
  /** How answers can be encrypted. */
  readonly jweAlgorithms: readonly string[];
  readonly jweEncryptions: readonly string[];
  /** Whether applications may watch the session from a frame. */
  readonly sessionManagement: boolean;
}

const assertionAlgs = Object.values(assertionAlgorithms).flat();
const authMethods = clientAuths.map((method) => method.name);

export function discoveryDocument(facts: DiscoveryFacts): Record<string, unknown> {
  const { issuer, grantTypes, locales } = facts;
  return {
    issuer,
    ...Object.fromEntries(Object.entries(endpoints).map(([name, path]) => [name, `${issuer}${path}`])),
    scopes_supported: oidcScopes,
    response_types_supported: ['code'],
    response_modes_supported: responseModeNames,
    grant_types_supported: grantTypes,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    revocation_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    introspection_endpoint_auth_methods_supported: authMethods.filter((name) => name !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    introspection_signing_alg_values_supported: signingAlgorithms,
    introspection_encryption_alg_values_supported: facts.jweAlgorithms,
    introspection_encryption_enc_values_supported: facts.jweEncryptions,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: [
      ...['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'sid'],
      ...['name', 'given_name', 'family_name', 'nickname', 'picture', 'updated_at'],
      ...['email', 'email_verified', 'phone_number', 'phone_number_verified'],
    ],
    backchannel_token_delivery_modes_supported: ['poll'],
    backchannel_user_code_parameter_supported: false,
    prompt_values_supported: prompts,
    ui_locales_supported: locales,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    claims_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    // OpenID Connect Session Management §3.3.
    ...(facts.sessionManagement ? { check_session_iframe: `${issuer}session/check` } : {}),
  };
}
