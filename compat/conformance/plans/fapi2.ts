// Owns the plans of FAPI 2.0: the security profile with every pair of proofs, and message signing.
import type { NewClient } from '../../../server/src/domain/clients.ts';
import type { KnownClient, Plan } from '../plan.ts';

/** How the application proves who it is, and what its tokens are bound to: in our words and in the suite's. */
const proofs = {
  pkj: { method: 'private_key_jwt', suite: 'private_key_jwt' },
  mtls: { method: 'self_signed_tls_client_auth', suite: 'mtls' },
} as const;
type Proof = keyof typeof proofs;
type Binding = 'dpop' | 'mtls';

function client(callback: string, settings: Partial<NewClient>): KnownClient {
  return {
    keyAlg: 'PS256',
    told: { scope: 'openid profile offline_access', dpop_signing_alg: 'ES256' },
    settings: {
      // People are asked, so that they can refuse.
      is_first_party: false,
      callbacks: [callback],
      jwt_configuration: { alg: 'PS256', lifetime_in_seconds: 3600 },
      ...settings,
    },
  };
}

/** `family`: what the names of the suite's modules begin with. */
export const fapiOverrides =
  (family: string): NonNullable<Plan['overrides']> =>
  (browser) => ({
    [`${family}-user-rejects-authentication`]: [browser.deny()],
    [`${family}-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds`]: browser.signInAtSecondSight(),
  });

/** `settings`: what the applications have beside the proofs. */
function profile(
  { name, plan, extra = {} }: { name: string; plan: string; extra?: Readonly<Record<string, string>> },
  [proof, binding]: readonly [Proof, Binding],
  settings: Partial<NewClient> = {},
): Plan {
  const { method, suite } = proofs[proof];
  const compliance_level = `fapi2_sp_${proof}_${binding}`;
  const own = { ...settings, token_endpoint_auth_method: method, compliance_level };
  const showsCertificates = proof === 'mtls' || binding === 'mtls';
  return {
    name,
    plan,
    variant: {
      client_auth_type: suite,
      sender_constrain: binding,
      authorization_request_type: 'simple',
      openid: 'openid_connect',
      fapi_profile: 'plain_fapi',
      ...extra,
    },
    clients: (at) => ({
      client: client(`${at}callback`, own),
      client2: client(`${at}callback?dummy1=lorem&dummy2=ipsum`, own),
    }),
    ...(showsCertificates ? { certificates: true } : {}),
    browser: (browser) => [browser.signInUnlessRefused('accept this request')],
    overrides: fapiOverrides('fapi2-security-profile-final'),
    expected: {
      'fapi2-security-profile-final-test-claims-parameter-identity-claims':
        'sid is a claim of OpenID Connect Front-Channel Logout §3, which the module does not know',
    },
    told: ({ issuer, certificates }) => ({
      resource: { resourceUrl: `${binding === 'mtls' ? certificates : issuer}userinfo`, resourceMethod: 'GET' },
    }),
  };
}

const security = 'fapi2-security-profile-final-test-plan';
const signing = 'fapi2-message-signing-final-test-plan';
const requests = { fapi_request_method: 'signed_non_repudiation', fapi_response_mode: 'plain_response' };
const responses = { fapi_request_method: 'unsigned', fapi_response_mode: 'jarm' };

export const fapi2Plans: readonly Plan[] = [
  profile({ name: 'fapi2-security-profile', plan: security }, ['pkj', 'dpop']),
  profile({ name: 'fapi2-security-profile-pkj-mtls', plan: security }, ['pkj', 'mtls']),
  profile({ name: 'fapi2-security-profile-mtls-dpop', plan: security }, ['mtls', 'dpop']),
  profile({ name: 'fapi2-security-profile-mtls-mtls', plan: security }, ['mtls', 'mtls']),
  profile({ name: 'fapi2-signed-requests', plan: signing, extra: requests }, ['pkj', 'dpop'], {
    signed_request_object: { required: true },
  }),
  profile({ name: 'fapi2-signed-responses', plan: signing, extra: responses }, ['pkj', 'dpop'], {
    authorization_signed_response_alg: 'PS256',
  }),
];
