// Owns what a fresh application is beside what was said of it, as Auth0 makes it.
import { randomAlphanumeric } from '#crypto/random';
import { type Client, idTokenLifetimeSec, type TokenEndpointAuthMethod } from '#protocol/client';
import { isJsonObject, type JsonObject, mergePatch } from '#protocol/merge-patch';

const everything = ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'];
const publicGrants = ['authorization_code', 'implicit', 'refresh_token'];

const grantTypes: Readonly<Record<string, readonly string[]>> = {
  spa: publicGrants,
  native: publicGrants,
  express_configuration: ['authorization_code', 'client_credentials'],
  resource_server: [],
};

/** How long refresh tokens live where nobody said it; those of applications that say that they keep a secret a year. */
function refreshTokenDefaults({ token_endpoint_auth_method: method, refresh_token: sent }: JsonObject): JsonObject {
  const isLong = method === 'client_secret_post' || method === 'client_secret_basic';
  const { expiration_type = 'non-expiring' } = isJsonObject(sent) ? sent : {};
  const infinite = expiration_type === 'non-expiring';
  return {
    rotation_type: 'non-rotating',
    expiration_type,
    leeway: 0,
    token_lifetime: isLong ? 31_557_600 : 2_592_000,
    idle_token_lifetime: isLong ? 2_592_000 : 1_296_000,
    infinite_token_lifetime: infinite,
    infinite_idle_token_lifetime: infinite,
  };
}

const expressDefaults = {
  oidc_conformant: true,
  organization_usage: 'require',
  organization_require_behavior: 'pre_login_prompt',
  client_authentication_methods: { private_key_jwt: { credentials: [] } },
  callbacks: ['https://system-admin.okta.com/admin/app/generic/oauth20redirect'],
  async_approval_notification_channels: ['guardian-push'],
};

const sessionTransferDefaults = {
  can_create_session_transfer_token: false,
  allowed_authentication_methods: [],
  enforce_device_binding: 'ip',
  allow_refresh_token: false,
  enforce_online_refresh_tokens: true,
  enforce_cascade_revocation: true,
};

const ciba = 'urn:openid:params:grant-type:ciba';

/** Other people's applications, as strictly as it goes. */
const strictDefaults = {
  oidc_conformant: true,
  grant_types: ['authorization_code'],
  jwt_configuration: { lifetime_in_seconds: 3600 },
  refresh_token: { expiration_type: 'expiring', infinite_token_lifetime: true, infinite_idle_token_lifetime: false },
};

/** What follows from one member that was sent. */
function consequences(sent: JsonObject): JsonObject {
  const { organization_usage, grant_types, session_transfer, app_type, third_party_security_mode } = sent;
  return {
    ...(app_type === 'express_configuration' ? expressDefaults : {}),
    ...(third_party_security_mode === 'strict' ? strictDefaults : {}),
    ...(app_type === 'resource_server' ? { oidc_conformant: true } : {}),
    ...(organization_usage === 'require' ? { organization_require_behavior: 'no_prompt' } : {}),
    ...(session_transfer ? { session_transfer: sessionTransferDefaults } : {}),
    ...(Array.isArray(grant_types) && grant_types.includes(ciba)
      ? { async_approval_notification_channels: ['guardian-push'] }
      : {}),
  };
}

/** By which method an application proves itself, from what it says in Auth0's two ways. */
function authMethodOf(settings: JsonObject): TokenEndpointAuthMethod {
  const { client_authentication_methods: methods, token_endpoint_auth_method: method, app_type } = settings;
  if (isJsonObject(methods)) {
    const [first] = Object.keys(methods);
    if (first !== undefined) return first as TokenEndpointAuthMethod;
  }
  if (
    typeof method === 'string' &&
    !['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'].includes(method)
  ) {
    return method as TokenEndpointAuthMethod;
  }
  return app_type === 'spa' || app_type === 'native' ? 'none' : 'client_secret_post';
}

/** What the token engine must find in every application. */
export function completed(settings: JsonObject): Client {
  const { jwt_configuration, refresh_token, session_transfer } = settings;
  return {
    is_first_party: true,
    callbacks: [],
    allowed_logout_urls: [],
    web_origins: [],
    allowed_origins: [],
    grant_types: [],
    ...settings,
    jwt_configuration: {
      alg: 'RS256',
      lifetime_in_seconds: idTokenLifetimeSec,
      secret_encoded: false,
      ...(jwt_configuration as object),
    },
    refresh_token: { ...refreshTokenDefaults(settings), ...(refresh_token as object) },
    ...(isJsonObject(session_transfer)
      ? { session_transfer: { ...sessionTransferDefaults, ...session_transfer } }
      : {}),
    token_endpoint_auth_method: authMethodOf(settings),
  } as unknown as Client;
}

/** An application as it is made of what was sent. */
export function freshClient(sent: JsonObject): Client {
  const { app_type } = sent;
  const fresh = {
    client_id: randomAlphanumeric(32),
    oidc_conformant: false,
    is_first_party: true,
    is_token_endpoint_ip_header_trusted: false,
    sso_disabled: false,
    cross_origin_authentication: false,
    cross_origin_auth: false,
    custom_login_page_on: true,
    grant_types: grantTypes[String(app_type)] ?? everything,
  };
  return completed(mergePatch(mergePatch(fresh, consequences(sent)), sent));
}
