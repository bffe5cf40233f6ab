// Owns the plans of discovery, of registration, and of sign-ins that begin elsewhere.
import type { Plan } from '../plan.ts';
import { coreOverrides } from './core.ts';

/** The suite asks for one response type at a time; each has its own modules. */
const responseTypes = ['code', 'id_token', 'code id_token'] as const;

const dynamic = (response_type: string): Plan => ({
  name: `dynamic-${response_type.replaceAll(' ', '-')}`,
  plan: 'oidcc-dynamic-certification-test-plan',
  variant: { response_type },
  browser: (browser) => [browser.signIn()],
  overrides: (browser) => {
    const refused = [browser.authorizeShows('accept this request')];
    return {
      ...coreOverrides(browser),
      'oidcc-ensure-redirect-uri-in-authorization-request': refused,
      'oidcc-redirect-uri-query-added': refused,
      'oidcc-redirect-uri-query-mismatch': refused,
      'oidcc-registration-logo-uri': [browser.permissionShows("//span[@class='tile']//img")],
      'oidcc-registration-policy-uri': [browser.permissionShows("//a[contains(@href, '/login.html')]")],
      'oidcc-registration-tos-uri': [browser.permissionShows("//a[starts-with(@href, 'https://openid.net')]")],
    };
  },
});

export const configurationPlans: readonly Plan[] = [
  { name: 'config', plan: 'oidcc-config-certification-test-plan', variant: {} },
  ...responseTypes.map(dynamic),
  {
    name: 'third-party-login',
    plan: 'oidcc-3rdparty-init-login-certification-test-plan',
    variant: { response_type: 'code' },
  },
];
