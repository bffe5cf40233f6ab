// Owns the options of companies' own sources: directories, Google Workspace, Microsoft Entra, SAML.
import { describeCertificate } from '#crypto/certificate-text';
import type { Options, StrategyOptions } from '../connection-option.ts';

const longNames: Readonly<Record<string, string>> = {
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
  CN: 'commonName',
  emailAddress: 'emailAddress',
};

/** What a certificate says, in the places where Auth0 tells it. */
function certificateOptions(text: unknown): Options {
  if (typeof text !== 'string') return {};
  const decoded = text.includes('-----') ? text : Buffer.from(text, 'base64').toString('latin1');
  const certificate = describeCertificate(decoded.includes('-----BEGIN') ? decoded : text);
  if (!certificate) return {};
  const subject = certificate.subject.flatMap((part) => {
    const [name = '', ...value] = part.split('=');
    return Object.hasOwn(longNames, name) ? [[longNames[name], value.join('=')]] : [];
  });
  return {
    expires: new Date(certificate.notAfter).toISOString(),
    subject: Object.fromEntries(subject),
    thumbprints: [certificate.sha1],
    cert: certificate.pem.replaceAll('\r\n', '\n').trimEnd(),
  };
}

const certified = [
  'cert',
  'expires',
  'subject',
  'thumbprints',
  'signingCert',
  'signInEndpoint',
  'signOutEndpoint',
  'bindingMethod',
];

function withoutCertificate({ signingCert, ...options }: Options): Options {
  return options;
}

export const enterprise: readonly StrategyOptions[] = [
  {
    strategies: ['google-apps'],
    isEnterprise: true,
    kept: ['map_user_id_to_id', 'handle_login_from_social'],
    complete: (sent) => ({
      map_user_id_to_id: false,
      ...sent,
      email: sent['email'] ?? true,
      profile: sent['profile'] ?? true,
      scope: ['email', 'profile'],
      handle_login_from_social: sent['handle_login_from_social'] ?? true,
    }),
  },
  {
    strategies: ['waad'],
    isEnterprise: true,
    hasDisplayName: true,
    complete: (sent) => ({
      identity_api: 'microsoft-identity-platform-v2.0',
      useCommonEndpoint: false,
      should_trust_email_verified_connection: 'never_set_emails_as_verified',
      waad_common_endpoint: false,
      use_wsfed: false,
      waad_protocol: 'openid-connect',
      app_domain: '',
      thumbprints: [],
      ...sent,
    }),
  },
  {
    strategies: ['adfs'],
    isEnterprise: true,
    kept: ['thumbprints', 'signInEndpoint'],
    complete: (sent) => ({
      thumbprints: [],
      should_trust_email_verified_connection: 'always_set_emails_as_verified',
      ...sent,
    }),
  },
  {
    strategies: ['ad', 'auth0-adldap'],
    isEnterprise: true,
    complete: (sent) => ({ ips: null, brute_force_protection: true, ...sent }),
  },
  {
    strategies: ['pingfederate'],
    isEnterprise: true,
    kept: certified,
    complete: (sent) => ({
      ...withoutCertificate(sent),
      ...(sent['pingFederateBaseUrl'] === undefined
        ? {}
        : { signInEndpoint: sent['signInEndpoint'] ?? sent['pingFederateBaseUrl'] }),
      ...certificateOptions(sent['signingCert']),
    }),
  },
  {
    strategies: ['samlp'],
    isEnterprise: true,
    hasDisplayName: true,
    kept: certified,
    complete: (sent) => ({
      assertion_decryption_settings: { algorithm_profile: 'v2026-1', algorithm_exceptions: [] },
      bindingMethod: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
      ...sent,
      ...certificateOptions(sent['signingCert']),
    }),
  },
  { strategies: ['email', 'sms'], complete: (sent) => ({ brute_force_protection: true, ...sent }) },
];
