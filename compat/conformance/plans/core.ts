// Owns the plans of OpenID Connect Core: basic, implicit and hybrid, with either way of answering.
import type { ClientName, KnownClient, Plan } from '../plan.ts';

const grant_types = ['authorization_code', 'refresh_token', 'implicit'];

/** Applications that are registered beforehand. */
export function knownClients(at: string): Record<ClientName, KnownClient> {
  const settings = {
    callbacks: [`${at}callback`],
    allowed_logout_urls: [`${at}post_logout_redirect`],
    grant_types,
    compliance_level: 'oidc',
    token_endpoint_auth_method: 'client_secret_basic',
  } as const;
  return {
    client: { settings },
    client2: { settings },
    client_secret_post: { settings: { ...settings, token_endpoint_auth_method: 'client_secret_post' } },
  };
}

export const coreOverrides: NonNullable<Plan['overrides']> = (browser) => ({
  'oidcc-prompt-login': [browser.signInAgain()],
  'oidcc-max-age-1': [browser.signInAgain()],
  'oidcc-ensure-registered-redirect-uri': [browser.authorizeShows('accept this request')],
  'oidcc-ensure-request-object-with-redirect-uri': [browser.signInUnlessRefused('accept this request')],
});

/** The plan with applications that are known beforehand, and the one where the suite registers them. */
function core(name: string): readonly Plan[] {
  const plan: Omit<Plan, 'name' | 'variant'> = {
    plan: `oidcc-${name}-certification-test-plan`,
    browser: (browser) => [browser.signIn()],
    overrides: coreOverrides,
  };
  const variant = { server_metadata: 'discovery' };
  return [
    { ...plan, name, variant: { ...variant, client_registration: 'static_client' }, clients: knownClients },
    { ...plan, name: `${name}-dynamic`, variant: { ...variant, client_registration: 'dynamic_client' } },
  ];
}

export const corePlans: readonly Plan[] = [
  ...core('basic'),
  ...core('formpost-basic'),
  ...core('implicit'),
  ...core('formpost-implicit'),
  ...core('hybrid'),
  ...core('formpost-hybrid'),
];
