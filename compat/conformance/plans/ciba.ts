// Owns the plan of sign-ins behind the scenes, in FAPI's profile: signed requests, and tokens that a certificate binds.
import { acrValues } from '../../../server/src/protocol/acr.ts';
import type { KnownClient, Plan } from '../plan.ts';

const client: KnownClient = {
  keyAlg: 'PS256',
  told: { scope: 'openid profile offline_access', hint_type: 'login_hint' },
  settings: {
    app_type: 'regular_web',
    token_endpoint_auth_method: 'private_key_jwt',
    compliance_level: 'fapi1_adv_pkj_par',
    grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'],
    jwt_configuration: { alg: 'PS256', lifetime_in_seconds: 3600 },
    tls_client_certificate_bound_access_tokens: true,
  },
};

export const cibaPlans: readonly Plan[] = [
  {
    name: 'ciba',
    plan: 'fapi-ciba-id1-test-plan',
    variant: {
      client_auth_type: 'private_key_jwt',
      ciba_mode: 'poll',
      fapi_ciba_profile: 'plain_fapi',
      client_registration: 'static_client',
    },
    clients: () => ({ client, client2: { ...client, told: { ...client.told, acr_value: acrValues[0] } } }),
    certificates: true,
    // Nobody is asked as often as all modules together ask.
    people: true,
    told: ({ certificates }) => ({ resource: { resourceUrl: `${certificates}userinfo` } }),
  },
];
