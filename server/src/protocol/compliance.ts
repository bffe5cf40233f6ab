// Owns the profiles that an application can be held to, by Auth0's names: FAPI 1.0 Advanced and FAPI 2.0.
import type { Client, TokenEndpointAuthMethod } from './client.ts';
import type { ResponseType } from './response-type.ts';

export interface Profile {
  /** How the application proves who it is. */
  readonly methods: readonly TokenEndpointAuthMethod[];
  /** What its tokens are bound to. */
  readonly binding: 'certificate' | 'dpop';
  /** Whether its requests must be signed, and its responses either signed or with an ID token (FAPI 1.0 Advanced §5.2.2). */
  readonly isSigned: boolean;
  readonly responseTypes: readonly ResponseType[];
}

const pkj = ['private_key_jwt'] as const;
const mtls = ['tls_client_auth', 'self_signed_tls_client_auth'] as const;
const fapi1 = { binding: 'certificate', isSigned: true, responseTypes: ['code', 'code id_token'] } as const;
const fapi2 = { isSigned: false, responseTypes: ['code'] } as const;

/** The last two are ours: Auth0 has no profile with DPoP. */
const profiles: ReadonlyMap<string, Profile> = new Map<string, Profile>([
  ['fapi1_adv_pkj_par', { ...fapi1, methods: pkj }],
  ['fapi1_adv_mtls_par', { ...fapi1, methods: mtls }],
  ['fapi2_sp_pkj_mtls', { ...fapi2, methods: pkj, binding: 'certificate' }],
  ['fapi2_sp_mtls_mtls', { ...fapi2, methods: mtls, binding: 'certificate' }],
  ['fapi2_sp_pkj_dpop', { ...fapi2, methods: pkj, binding: 'dpop' }],
  ['fapi2_sp_mtls_dpop', { ...fapi2, methods: mtls, binding: 'dpop' }],
]);

/** The values of compliance_level; `oidc` is ours. */
export const complianceLevels: readonly string[] = ['none', 'oidc', ...profiles.keys()];

/**
 * Whether the application is answered as OAuth 2.0 and OpenID Connect say where Auth0 answers otherwise: refusals of the
 * token endpoint have status 400 (RFC 6749 §5.2), times are numbers (OpenID Connect Core §5.1), and what scopes ask for is
 * told by userinfo, not by an ID token that comes with an access token (§5.4).
 */
export function isStandard({ compliance_level = 'none' }: Pick<Client, 'compliance_level'>): boolean {
  return compliance_level !== 'none';
}

/** The profile that the application is held to, if it is. */
export function profileOf({ compliance_level = 'none' }: Pick<Client, 'compliance_level'>): Profile | undefined {
  return profiles.get(compliance_level);
}

const secureCallback = /^(?:https:\/\/(?!\*)|http:\/\/(?:127\.0\.0\.1|\[::1\])[:/])/;

/** What of an application's settings the profile that it chose doesn't allow; undefined when nothing. */
export function complianceFault(client: Client): string | undefined {
  const { compliance_level = 'none' } = client;
  if (!complianceLevels.includes(compliance_level)) return `is none of ${complianceLevels.join(', ')}`;
  const profile = profileOf(client);
  if (!profile) return undefined;
  const { methods } = profile;
  if (!methods.includes(client.token_endpoint_auth_method))
    return `needs a token_endpoint_auth_method of ${methods.join(' or ')}`;
  const callback = client.callbacks.find((uri) => !secureCallback.test(uri));
  if (callback !== undefined) return `allows only https callbacks without a wildcard, not ${JSON.stringify(callback)}`;
  // FAPI 2.0 Security Profile §5.3.2.1.
  const password = client.grant_types.find((name) => name.includes('password'));
  return password === undefined ? undefined : `allows no grant of the kind ${password}`;
}
