// Owns the plans of logging out: by the application, and how it is told of it.
import type { NewClient } from '../../../server/src/domain/clients.ts';
import type { Plan } from '../plan.ts';
import { knownClients } from './core.ts';

const overrides: NonNullable<Plan['overrides']> = (browser) => {
  const refused = [browser.signIn(), browser.logOutStops('accept this request|Log out')];
  const ended = [browser.signIn(), browser.logOutShows('logged out')];
  return {
    'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri': refused,
    'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri': refused,
    'oidcc-rp-initiated-logout-modified-id-token-hint': refused,
    'oidcc-rp-initiated-logout-bad-id-token-hint': refused,
    'oidcc-rp-initiated-logout-no-id-token-hint': refused,
    'oidcc-rp-initiated-logout-no-params': ended,
    'oidcc-rp-initiated-logout-no-post-logout-redirect-uri': ended,
    'oidcc-rp-initiated-logout-only-state': ended,
  };
};

/** `told`: how the application is told of a logout. It is not, unless its plan is about that. */
function logout(kind: string, told: (at: string) => Partial<NewClient> = () => ({})): readonly Plan[] {
  const name = `${kind}-logout`;
  const plan: Omit<Plan, 'name' | 'variant'> = {
    plan: `oidcc-${name}-certification-test-plan`,
    browser: (browser) => [browser.signIn(), browser.logOut()],
    overrides,
  };
  const variant = { response_type: 'code' };
  const clients: Plan['clients'] = (at) => ({
    client: { settings: { ...knownClients(at).client.settings, ...told(at) } },
  });
  return [
    { ...plan, name, variant: { ...variant, client_registration: 'static_client' }, clients },
    { ...plan, name: `${name}-dynamic`, variant: { ...variant, client_registration: 'dynamic_client' } },
  ];
}

export const logoutPlans: readonly Plan[] = [
  ...logout('rp-initiated'),
  ...logout('backchannel-rp-initiated', (at) => ({
    oidc_logout: { backchannel_logout_urls: [`${at}backchannel_logout`] },
  })),
  ...logout('frontchannel-rp-initiated', (at) => ({
    frontchannel_logout_uri: `${at}frontchannel_logout`,
    frontchannel_logout_session_required: true,
  })),
];
