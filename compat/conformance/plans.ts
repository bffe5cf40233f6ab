// Owns the plans that the server is examined by: each with its variants, its applications, and its browser.
import type { NewClient } from '../../server/src/domain/clients.ts';
import type { Browser, Visit } from './browser.ts';
import type { Variant } from './suite.ts';

/** The names under which the suite's configuration has applications. */
export type ClientName = 'client' | 'client2' | 'client_secret_post';

export interface Plan {
  /** How it is asked for on the command line. */
  readonly name: string;
  /** The suite's name. */
  readonly plan: string;
  readonly variant: Variant;
  /** Applications that are known beforehand. `at`: where the suite takes answers, with the trailing slash. */
  readonly clients: (at: string) => Partial<Record<ClientName, Partial<NewClient>>>;
  readonly browser: (browser: Browser) => readonly Visit[];
  /** For modules that see something else. */
  readonly overrides: (browser: Browser) => Readonly<Record<string, readonly Visit[]>>;
}

const grant_types = ['authorization_code', 'refresh_token', 'implicit'];

/** Applications that are registered beforehand, for the suites' tests of OpenID Connect. */
const staticClients: Plan['clients'] = (at) => {
  const settings = {
    callbacks: [`${at}callback`],
    allowed_logout_urls: [`${at}post_logout_redirect`],
    grant_types,
    compliance_level: 'oidc',
    token_endpoint_auth_method: 'client_secret_basic',
  } as const;
  return {
    client: settings,
    client2: settings,
    client_secret_post: { ...settings, token_endpoint_auth_method: 'client_secret_post' },
  };
};

const signIn: Plan['browser'] = (browser) => [browser.signIn()];

const coreOverrides: Plan['overrides'] = (browser) => ({
  'oidcc-prompt-login': [browser.signInAgain()],
  'oidcc-max-age-1': [browser.signInAgain()],
  'oidcc-ensure-registered-redirect-uri': [browser.authorizeShows('accept this request')],
});

const logoutOverrides: Plan['overrides'] = (browser) => {
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

const discovered = { server_metadata: 'discovery', client_registration: 'static_client' } as const;

const config: Plan = {
  name: 'config',
  plan: 'oidcc-config-certification-test-plan',
  variant: {},
  clients: () => ({}),
  browser: () => [],
  overrides: () => ({}),
};

const core = (name: string): Plan => ({
  name,
  plan: `oidcc-${name}-certification-test-plan`,
  variant: discovered,
  clients: staticClients,
  browser: signIn,
  overrides: coreOverrides,
});

/** What an application is told of a logout is nothing unless its plan is about that. */
const toldClients =
  (told: (at: string) => Partial<NewClient>): Plan['clients'] =>
  (at) => ({ client: { ...staticClients(at).client, ...told(at) } });

const logout = (name: string, told: (at: string) => Partial<NewClient> = () => ({})): Plan => ({
  name: `${name}-logout`,
  plan: `oidcc-${name}-logout-certification-test-plan`,
  variant: { response_type: 'code', client_registration: 'static_client' },
  clients: toldClients(told),
  browser: (browser) => [browser.signIn(), browser.logOut()],
  overrides: logoutOverrides,
});

export const plans: readonly Plan[] = [
  config,
  core('basic'),
  core('formpost-basic'),
  logout('rp-initiated'),
  logout('backchannel-rp-initiated', (at) => ({
    oidc_logout: { backchannel_logout_urls: [`${at}backchannel_logout`] },
  })),
  logout('frontchannel-rp-initiated', (at) => ({ frontchannel_logout_uri: `${at}frontchannel_logout` })),
  core('implicit'),
  core('formpost-implicit'),
  core('hybrid'),
  core('formpost-hybrid'),
];
