// Owns what may be said of an application: Auth0's members, and those of ours that Auth0 has not.
import {
  anyOf,
  anything,
  flag,
  integer,
  list,
  map,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  text,
} from '../schema.ts';

const line = (description: string) => optional(nullable(text({ maxLength: 4096, description })));
const on = (description?: string) => optional(nullable(flag(description === undefined ? {} : { description })));
const urls = (description: string) =>
  optional(nullable(list(text({ maxLength: 2048 }), { maxItems: 1000, description })));
const names = (description: string) =>
  optional(nullable(list(text({ maxLength: 600 }), { maxItems: 1000, description })));
const open = (description?: string) => optional(nullable(record(description === undefined ? {} : { description })));

const appTypes = [
  'native',
  'spa',
  'regular_web',
  'non_interactive',
  'resource_server',
  'express_configuration',
  'rms',
  'box',
  'cloudbees',
  'concur',
  'dropbox',
  'mscrm',
  'echosign',
  'egnyte',
  'newrelic',
  'office365',
  'salesforce',
  'sentry',
  'sharepoint',
  'slack',
  'springcm',
  'zendesk',
  'zoom',
  'sso_integration',
  'oag',
] as const;

const basics = {
  description: line('What it is for'),
  client_secret: optional(text({ minLength: 16, maxLength: 1024, description: 'Its secret' })),
  logo_uri: line('Its logo'),
  app_type: optional(nullable(oneOf(appTypes, { description: 'The kind of application' }))),
  is_first_party: on('Whether it is the tenant’s own'),
  oidc_conformant: on(),
  client_metadata: optional(
    nullable(map(nullable(anyOf(text({ maxLength: 255 }), number(), flag())), { description: 'Free texts' })),
  ),
  client_aliases: names('Other names'),
  allowed_clients: names('Applications that may get delegated tokens'),
};

const addresses = {
  callbacks: urls('Where people may be sent back to'),
  allowed_logout_urls: urls('Where people may be sent after they log out'),
  allowed_origins: urls('Whose scripts may call'),
  web_origins: urls('Who may ask silently'),
  initiate_login_uri: line('Where a sign-in begins'),
  oidc_logout: open('Whom it is told that a session ended'),
  oidc_backchannel_logout: open('An older name of oidc_logout'),
  cross_origin_authentication: on(),
  cross_origin_auth: on(),
  cross_origin_loc: line('Where cross-origin sign-ins come back to'),
  request_uris: urls('Where its request objects may be'),
  frontchannel_logout_uri: line('The frame that is loaded when a session ends'),
  frontchannel_logout_session_required: on(),
};

const methods = ['none', 'client_secret_post', 'client_secret_basic', 'client_secret_jwt'] as const;

const protocol = {
  grant_types: names('What it may ask tokens for'),
  response_types: names('What responses it may ask for'),
  token_endpoint_auth_method: optional(nullable(oneOf(methods, { description: 'How it proves who it is' }))),
  token_endpoint_auth_signing_alg: line('What signs its assertions'),
  client_authentication_methods: open('By which credentials it proves who it is'),
  is_token_endpoint_ip_header_trusted: on(),
  jwt_configuration: optional(
    nullable(
      object(
        {
          lifetime_in_seconds: optional(integer({ description: 'How long ID tokens live' })),
          alg: optional(oneOf(['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'], { description: 'What signs ID tokens' })),
          secret_encoded: optional(flag()),
          scopes: optional(anything()),
        },
        { open: true },
      ),
    ),
  ),
  refresh_token: optional(
    nullable(
      object({
        rotation_type: optional(oneOf(['rotating', 'non-rotating'])),
        expiration_type: optional(oneOf(['expiring', 'non-expiring'])),
        leeway: optional(integer({ minimum: 0, description: 'Seconds' })),
        token_lifetime: optional(integer({ minimum: 1, maximum: 157_788_000, description: 'Seconds' })),
        idle_token_lifetime: optional(integer({ minimum: 1, description: 'Seconds' })),
        infinite_token_lifetime: optional(flag()),
        infinite_idle_token_lifetime: optional(flag()),
        policies: optional(nullable(list(record(), { maxItems: 100 }))),
      }),
    ),
  ),
  encryption_key: open(),
  require_pushed_authorization_requests: on(),
  require_proof_of_possession: on(),
  signed_request_object: open(),
  compliance_level: line('A profile that it is held to'),
  par_request_expiry: optional(nullable(integer({ minimum: 10, maximum: 600 }))),
  async_approval_notification_channels: optional(nullable(list(oneOf(['guardian-push', 'email'])))),
  token_exchange: open(),
  token_quota: open(),
  token_vault_privileged_access: open(),
  identity_assertion_authorization_grant: open(),
  resource_server_identifier: line('The API that it is the face of'),
  jwks: open('Its keys'),
  jwks_uri: line('Where its keys are'),
  subject_type: optional(nullable(oneOf(['public', 'pairwise']))),
  sector_identifier_uri: line('Who shares its subjects'),
  default_max_age: optional(nullable(integer({ minimum: 0 }))),
  require_auth_time: on(),
  default_acr_values: names('How strongly people sign in'),
  dpop_bound_access_tokens: on(),
  require_dpop_nonce: on(),
  tls_client_certificate_bound_access_tokens: on(),
};

const pages = {
  sso: on(),
  sso_disabled: on(),
  custom_login_page_on: on(),
  custom_login_page: line('The page that people sign in on'),
  custom_login_page_preview: line(''),
  form_template: line('What WS-Federation answers with'),
  addons: open(),
  mobile: open('The apps on phones'),
  native_social_login: open(),
  fedcm_login: open(),
  session_transfer: open(),
  default_organization: open('The organization that machines act for'),
  organization_usage: optional(nullable(oneOf(['deny', 'allow', 'require']))),
  organization_require_behavior: optional(nullable(oneOf(['no_prompt', 'pre_login_prompt', 'post_login_prompt']))),
  organization_discovery_methods: optional(nullable(list(oneOf(['email', 'organization_name'])))),
  skip_non_verifiable_callback_uri_confirmation_prompt: on(),
  express_configuration: open(),
  my_organization_configuration: open(),
  third_party_security_mode: optional(nullable(oneOf(['strict', 'permissive']))),
  redirection_policy: optional(nullable(oneOf(['allow_always', 'open_redirect_protection']))),
};

const name = text({ minLength: 1, maxLength: 256, pattern: '^[^<>]+$', description: 'What people read' });
const members = { ...basics, ...addresses, ...protocol, ...pages };

export const createClientBody = object({ name, ...members });
export const changeClientBody = object({ name: optional(name), ...members });
