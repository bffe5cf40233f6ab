// Owns the plans of the telling of security events: Shared Signals 1.0, and the interoperability profile of CAEP.
import type { Plan } from '../plan.ts';

const transmitter = (delivery: 'push' | 'poll', profile: 'default' | 'caep_interop'): Plan => ({
  name: profile === 'default' ? `ssf-${delivery}` : `ssf-caep-${delivery}`,
  plan: profile === 'default' ? 'openid-ssf-transmitter-test-plan' : 'openid-ssf-transmitter-caep-test-plan',
  variant: {
    ssf_server_metadata: 'discovery',
    ssf_delivery_mode: delivery,
    ssf_auth_mode: 'dynamic',
    ...(profile === 'default' ? { ssf_profile: profile } : {}),
    server_metadata: 'discovery',
    client_registration: 'static_client',
    client_auth_type: 'client_secret_basic',
  },
  clients: () => ({
    client: {
      settings: { app_type: 'non_interactive', token_endpoint_auth_method: 'client_secret_basic' },
      told: { scope: 'ssf.manage ssf.read' },
    },
  }),
  signals: true,
  told: ({ issuer }) => ({
    ssf: { transmitter: { issuer }, subjects: { valid: { format: 'email', email: 'alice@example.com' } } },
  }),
});

export const sharedSignalsPlans: readonly Plan[] = [
  transmitter('push', 'default'),
  transmitter('poll', 'default'),
  transmitter('push', 'caep_interop'),
  transmitter('poll', 'caep_interop'),
];
