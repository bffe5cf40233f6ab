// Owns the plans of sign-ins behind the scenes, in FAPI's profile: signed requests, and tokens that a certificate binds.
import { acrValues } from '../../../server/src/protocol/acr.ts';
import type { KnownClient, Plan } from '../plan.ts';

/** How the application proves who it is: in our words and in the suite's. */
const proofs = {
  pkj: { method: 'private_key_jwt', suite: 'private_key_jwt' },
  mtls: { method: 'self_signed_tls_client_auth', suite: 'mtls' },
} as const;
type Proof = keyof typeof proofs;

const client = (proof: Proof): KnownClient => ({
  keyAlg: 'PS256',
  told: { scope: 'openid profile offline_access', hint_type: 'login_hint' },
  settings: {
    app_type: 'regular_web',
    token_endpoint_auth_method: proofs[proof].method,
    compliance_level: `fapi1_adv_${proof}_par`,
    grant_types: ['urn:openid:params:grant-type:ciba', 'refresh_token'],
    jwt_configuration: { alg: 'PS256', lifetime_in_seconds: 3600 },
    tls_client_certificate_bound_access_tokens: true,
  },
});

const ciba = (name: string, proof: Proof): Plan => ({
  name,
  plan: 'fapi-ciba-id1-test-plan',
  variant: {
    client_auth_type: proofs[proof].suite,
    ciba_mode: 'poll',
    fapi_ciba_profile: 'plain_fapi',
    client_registration: 'static_client',
  },
  clients: () => {
    const first = client(proof);
    return { client: first, client2: { ...first, told: { ...first.told, acr_value: acrValues[0] } } };
  },
  certificates: true,
  // Nobody is asked as often as all modules together ask.
  people: true,
  told: ({ certificates }) => ({ resource: { resourceUrl: `${certificates}userinfo` } }),
});

export const cibaPlans: readonly Plan[] = [ciba('ciba', 'pkj'), ciba('ciba-mtls', 'mtls')];
