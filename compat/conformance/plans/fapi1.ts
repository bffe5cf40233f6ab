// Owns the plans of FAPI 1.0 Advanced, where requests are pushed and responses have an ID token, or are signed.
import type { NewClient } from '../../../server/src/domain/clients.ts';
import type { KnownClient, Plan } from '../plan.ts';
import { fapiOverrides } from './fapi2.ts';

function client(callback: string, settings: Partial<NewClient>): KnownClient {
  return {
    keyAlg: 'PS256',
    told: { scope: 'openid profile offline_access' },
    settings: {
      // People are asked, so that they can refuse.
      is_first_party: false,
      callbacks: [callback],
      grant_types: ['authorization_code', 'refresh_token', 'implicit'],
      token_endpoint_auth_method: 'private_key_jwt',
      compliance_level: 'fapi1_adv_pkj_par',
      jwt_configuration: { alg: 'PS256', lifetime_in_seconds: 3600 },
      ...settings,
    },
  };
}

const advanced = (name: string, fapi_response_mode: string, settings: Partial<NewClient> = {}): Plan => ({
  name,
  plan: 'fapi1-advanced-final-test-plan',
  variant: {
    client_auth_type: 'private_key_jwt',
    fapi_auth_request_method: 'pushed',
    fapi_profile: 'plain_fapi',
    fapi_response_mode,
  },
  clients: (at) => ({
    client: client(`${at}callback`, settings),
    client2: client(`${at}callback?dummy1=lorem&dummy2=ipsum`, settings),
  }),
  certificates: true,
  browser: (browser) => [browser.signInUnlessRefused('accept this request')],
  overrides: fapiOverrides('fapi1-advanced-final'),
  told: ({ certificates }) => ({ resource: { resourceUrl: `${certificates}userinfo`, resourceMethod: 'GET' } }),
});

export const fapi1Plans: readonly Plan[] = [
  advanced('fapi1-advanced', 'plain_response'),
  advanced('fapi1-advanced-signed-responses', 'jarm', { authorization_signed_response_alg: 'PS256' }),
];
