// Owns the server's metadata (OpenID Connect Discovery §3, RFC 8414 §2, RFC 9207 §3).
import { acrValues } from './acr.ts';
import { profileClaimNames } from './claims.ts';
import { assertionAlgorithms } from './client-assertion.ts';
import { authMethodNames } from './client-auths.ts';
import { dpopAlgorithms } from './dpop.ts';
import { prompts } from './prompt.ts';
import { requestObjectAlgorithms, requestObjectSecretAlgorithms } from './request-object.ts';
import { responseModeNames } from './response-modes.ts';
import { responseTypes } from './response-type.ts';
import { oidcScopes } from './scope.ts';
import { signingAlgorithms } from './signing-algorithm.ts';

/** The paths of the endpoints that are told to applications. */
const endpoints = {
  authorization_endpoint: 'authorize',
  token_endpoint: 'oauth/token',
  pushed_authorization_request_endpoint: 'oauth/par',
  revocation_endpoint: 'oauth/revoke',
  introspection_endpoint: 'oauth/introspect',
  userinfo_endpoint: 'userinfo',
  jwks_uri: '.well-known/jwks.json',
  end_session_endpoint: 'oidc/logout',
  device_authorization_endpoint: 'oauth/device/code',
  backchannel_authentication_endpoint: 'bc-authorize',
  revocation_feed_endpoint: 'revocations',
  revocation_stream_endpoint: 'revocations/stream',
  status_list_aggregation_endpoint: 'status-lists',
} as const;

/** Where a certificate is of no use: people go there, or everybody may. */
const withoutAlias: readonly string[] = [
  'authorization_endpoint',
  'end_session_endpoint',
  'jwks_uri',
  'revocation_feed_endpoint',
  'revocation_stream_endpoint',
  'status_list_aggregation_endpoint',
];

export interface DiscoveryFacts {
  readonly issuer: string;
  /** Where clients with certificates go, with the trailing slash. */
  readonly mtlsUrl: string | undefined;
  readonly grantTypes: readonly string[];
  readonly locales: readonly string[];
  /** How answers can be encrypted. */
  readonly jweAlgorithms: readonly string[];
  readonly jweEncryptions: readonly string[];
  /** The types of authorization details that some API has defined (RFC 9396 §10). */
  readonly detailTypes: readonly string[];
  /** Whether applications may register themselves. */
  readonly registration: boolean;
  /** Whether applications may watch the session from a frame. */
  readonly sessionManagement: boolean;
}

const assertionAlgs = Object.values(assertionAlgorithms).flat();

const addresses = (base: string, names: readonly [string, string][]) =>
  Object.fromEntries(names.map(([name, path]) => [name, `${base}${path}`]));

/** RFC 8705 §3.3, §5. */
function certificateMetadata(mtlsUrl: string | undefined): Record<string, unknown> {
  if (mtlsUrl === undefined) return {};
  const aliased = Object.entries(endpoints).filter(([name]) => !withoutAlias.includes(name));
  return {
    tls_client_certificate_bound_access_tokens: true,
    mtls_endpoint_aliases: addresses(mtlsUrl, aliased),
  };
}

export function discoveryDocument(facts: DiscoveryFacts): Record<string, unknown> {
  const { issuer, mtlsUrl, grantTypes, locales } = facts;
  const authMethods = authMethodNames({ certificates: mtlsUrl !== undefined });
  return {
    issuer,
    ...addresses(issuer, Object.entries(endpoints)),
    ...certificateMetadata(mtlsUrl),
    scopes_supported: oidcScopes,
    response_types_supported: responseTypes,
    response_modes_supported: responseModeNames,
    // The implicit one has no request at the token endpoint, and is registered all the same (OpenID Connect Discovery §3).
    grant_types_supported: [...grantTypes, 'implicit'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    dpop_signing_alg_values_supported: dpopAlgorithms,
    revocation_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    introspection_endpoint_auth_methods_supported: authMethods.filter((name) => name !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: assertionAlgs,
    introspection_signing_alg_values_supported: signingAlgorithms,
    introspection_encryption_alg_values_supported: facts.jweAlgorithms,
    introspection_encryption_enc_values_supported: facts.jweEncryptions,
    subject_types_supported: ['public', 'pairwise'],
    id_token_signing_alg_values_supported: signingAlgorithms,
    id_token_encryption_alg_values_supported: facts.jweAlgorithms,
    id_token_encryption_enc_values_supported: facts.jweEncryptions,
    userinfo_signing_alg_values_supported: signingAlgorithms,
    userinfo_encryption_alg_values_supported: facts.jweAlgorithms,
    userinfo_encryption_enc_values_supported: facts.jweEncryptions,
    claims_supported: [
      ...['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'sid', 'acr', 'amr'],
      ...profileClaimNames,
    ],
    acr_values_supported: acrValues,
    display_values_supported: ['page', 'popup', 'touch', 'wap'],
    authorization_signing_alg_values_supported: signingAlgorithms,
    authorization_encryption_alg_values_supported: facts.jweAlgorithms,
    authorization_encryption_enc_values_supported: facts.jweEncryptions,
    backchannel_token_delivery_modes_supported: ['poll'],
    backchannel_authentication_request_signing_alg_values_supported: requestObjectAlgorithms,
    backchannel_user_code_parameter_supported: false,
    prompt_values_supported: prompts,
    ui_locales_supported: locales,
    require_pushed_authorization_requests: false,
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    request_object_signing_alg_values_supported: [...requestObjectAlgorithms, ...requestObjectSecretAlgorithms],
    request_object_encryption_alg_values_supported: facts.jweAlgorithms,
    request_object_encryption_enc_values_supported: facts.jweEncryptions,
    claims_parameter_supported: true,
    authorization_details_types_supported: facts.detailTypes,
    authorization_response_iss_parameter_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    ...(facts.registration ? { registration_endpoint: `${issuer}oidc/register` } : {}),
    // OpenID Connect Session Management §3.3.
    ...(facts.sessionManagement ? { check_session_iframe: `${issuer}session/check` } : {}),
  };
}
