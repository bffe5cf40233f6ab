// Owns the options of OpenID Connect providers that administrators bring, Okta's among them.
import { isJsonObject } from '#protocol/merge-patch';
import type { Options, StrategyOptions } from '../connection-option.ts';

const derived = ['oidc_metadata', 'schema_version', 'attribute_map', 'connection_settings', 'type'];

const pkce = { pkce: 'auto' };

/** What a provider publishes of itself fills what was left open. */
function fromMetadata(options: Options): Options {
  const { oidc_metadata: metadata } = options;
  if (!isJsonObject(metadata)) return {};
  const names = ['userinfo_endpoint', 'token_endpoint', 'authorization_endpoint', 'jwks_uri', 'issuer'];
  const open = names.filter((name) => options[name] == null && metadata[name] !== undefined);
  return Object.fromEntries(open.map((name) => [name, metadata[name]]));
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

function complete(mappingMode: string, type: string, sent: Options): Options {
  const { schema_version = 'oidc-V4', attribute_map, connection_settings } = sent;
  return {
    ...sent,
    ...fromMetadata(sent),
    type: sent['type'] ?? type,
    schema_version,
    attribute_map: { mapping_mode: mappingMode, ...(attribute_map as object) },
    connection_settings: { ...pkce, ...(connection_settings as object) },
  };
}

export const openidConnect: readonly StrategyOptions[] = [
  {
    strategies: ['oidc', 'auth0-oidc'],
    isEnterprise: true,
    hasDisplayName: true,
    kept: derived,
    complete: (sent) => complete('bind_all', 'front_channel', sent),
  },
  {
    strategies: ['okta'],
    isEnterprise: true,
    hasDisplayName: true,
    kept: derived,
    complete: (sent) => complete('basic_profile', 'back_channel', { ...oktaMetadata(sent['domain']), ...sent }),
  },
];
