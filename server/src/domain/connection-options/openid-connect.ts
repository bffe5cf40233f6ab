// Owns the options of OpenID Connect providers that administrators bring, Okta's among them.
import { isJsonObject } from '#protocol/merge-patch';
import type { Completion, Options, StrategyOptions } from '../connection-option.ts';

const derived = ['oidc_metadata', 'schema_version', 'attribute_map', 'type'];

/** What a provider that says nothing about it doesn't do (OpenID Connect Discovery §3). */
const unsupported = {
  claims_parameter_supported: false,
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
  require_request_uri_registration: false,
};

/** What a provider publishes of itself fills what was left open. */
function fromMetadata(options: Options): Options {
  const { oidc_metadata: metadata } = options;
  if (!isJsonObject(metadata)) return {};
  const names = ['userinfo_endpoint', 'token_endpoint', 'authorization_endpoint', 'jwks_uri', 'issuer'];
  const open = names.filter((name) => options[name] == null && metadata[name] !== undefined);
  return {
    ...Object.fromEntries(open.map((name) => [name, metadata[name]])),
    oidc_metadata: { ...unsupported, ...metadata },
  };
}

/** What Okta publishes at a domain is the same for every one. */
function oktaMetadata(domain: unknown): Options {
  if (typeof domain !== 'string' || domain === '') return {};
  const base = `https://${domain}`;
  return {
    oidc_metadata: {
      issuer: base,
      authorization_endpoint: `${base}/oauth2/v1/authorize`,
      token_endpoint: `${base}/oauth2/v1/token`,
      userinfo_endpoint: `${base}/oauth2/v1/userinfo`,
      jwks_uri: `${base}/oauth2/v1/keys`,
      end_session_endpoint: `${base}/oauth2/v1/logout`,
      registration_endpoint: `${base}/oauth2/v1/clients`,
    },
  };
}

interface Defaults {
  readonly mapping_mode: string;
  readonly type: string;
}

function complete({ mapping_mode, type }: Defaults, sent: Options, { isNew }: Completion): Options {
  const { schema_version = 'oidc-V4', attribute_map, connection_settings } = sent;
  return {
    ...sent,
    ...fromMetadata(sent),
    type: sent['type'] ?? type,
    schema_version,
    attribute_map: { mapping_mode, ...(attribute_map as object) },
    // As at Auth0, a change that says nothing of PKCE turns it off.
    connection_settings: { pkce: isNew ? 'auto' : 'disabled', ...(connection_settings as object) },
  };
}

export const openidConnect: readonly StrategyOptions[] = [
  {
    strategies: ['oidc', 'auth0-oidc'],
    isEnterprise: true,
    hasDisplayName: true,
    kept: derived,
    complete: (sent, about) => complete({ mapping_mode: 'bind_all', type: 'front_channel' }, sent, about),
  },
  {
    strategies: ['okta'],
    isEnterprise: true,
    hasDisplayName: true,
    kept: derived,
    complete: (sent, about) =>
      complete(
        { mapping_mode: 'basic_profile', type: 'back_channel' },
        { ...oktaMetadata(sent['domain']), ...sent },
        about,
      ),
  },
];
