// Owns the plans of FAPI 2.0: the security profile, and message signing.
import type { NewClient } from '../../../server/src/domain/clients.ts';
import type { ClientName, KnownClient, Plan } from '../plan.ts';

const variant = {
  client_auth_type: 'private_key_jwt',
  sender_constrain: 'dpop',
  authorization_request_type: 'simple',
  openid: 'openid_connect',
  fapi_profile: 'plain_fapi',
};

const clients =
  (settings: Partial<NewClient>): NonNullable<Plan['clients']> =>
  (at) => {
    const client = (callback: string): KnownClient => ({
      keyAlg: 'PS256',
      told: { scope: 'openid profile offline_access', dpop_signing_alg: 'ES256' },
      settings: {
        // People are asked, so that they can refuse.
        is_first_party: false,
        callbacks: [callback],
        token_endpoint_auth_method: 'private_key_jwt',
        compliance_level: 'fapi2_sp_pkj_dpop',
        jwt_configuration: { alg: 'PS256', lifetime_in_seconds: 3600 },
        ...settings,
      },
    });
    const both: Partial<Record<ClientName, KnownClient>> = {
      client: client(`${at}callback`),
      client2: client(`${at}callback?dummy1=lorem&dummy2=ipsum`),
    };
    return both;
  };

const plan: Pick<Plan, 'browser' | 'overrides' | 'told' | 'expected'> = {
  browser: (browser) => [browser.signInUnlessRefused('accept this request')],
  overrides: (browser) => ({
    'fapi2-security-profile-final-user-rejects-authentication': [browser.deny()],
    'fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds':
      browser.signInAtSecondSight(),
  }),
  expected: {
    'fapi2-security-profile-final-test-claims-parameter-identity-claims':
      'sid is a claim of OpenID Connect Front-Channel Logout §3, which the module does not know',
  },
  told: ({ issuer }) => ({ resource: { resourceUrl: `${issuer}userinfo`, resourceMethod: 'GET' } }),
};

export const fapi2Plans: readonly Plan[] = [
  {
    ...plan,
    name: 'fapi2-security-profile',
    plan: 'fapi2-security-profile-final-test-plan',
    variant,
    clients: clients({}),
  },
  {
    ...plan,
    name: 'fapi2-signed-requests',
    plan: 'fapi2-message-signing-final-test-plan',
    variant: { ...variant, fapi_request_method: 'signed_non_repudiation', fapi_response_mode: 'plain_response' },
    clients: clients({ signed_request_object: { required: true } }),
  },
  {
    ...plan,
    name: 'fapi2-signed-responses',
    plan: 'fapi2-message-signing-final-test-plan',
    variant: { ...variant, fapi_request_method: 'unsigned', fapi_response_mode: 'jarm' },
    clients: clients({ authorization_signed_response_alg: 'PS256' }),
  },
];
