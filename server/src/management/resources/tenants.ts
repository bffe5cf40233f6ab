// Owns /api/v2/tenants/settings: the tenant as a whole.
import { storedTenantSettings, type TenantSettings } from '#domain/tenant-settings';
import { invalidBody } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { redirectUriFault } from '#protocol/redirect-uri';
import type { Call, Resource } from '../resource.ts';
import { flag, integer, list, map, nullable, number, object, oneOf, optional, record, text } from '../schema.ts';
import { type Settings, settings } from '../settings.ts';

const page = (extra = {}) => optional(nullable(object({ html: optional(text()), ...extra }, { open: true })));
const on = optional(nullable(flag()));
const hours = optional(number({ minimum: 0, maximum: 8760, description: 'Hours' }));
const minutes = optional(integer({ minimum: 1, maximum: 525_600, description: 'Minutes' }));
const line = (description: string) => optional(nullable(text({ maxLength: 4096, description })));

const body = object({
  change_password: page({ enabled: optional(flag()) }),
  guardian_mfa_page: page({ enabled: optional(flag()) }),
  error_page: page({ show_log_link: optional(flag()), url: optional(text()) }),
  device_flow: optional(nullable(object({ charset: optional(oneOf(['base20', 'digits'])), mask: optional(text()) }))),
  default_audience: line('The API that tokens are for unless another is asked for'),
  default_directory: line('The database connection where people are looked up'),
  default_token_quota: optional(nullable(record())),
  default_redirection_uri: optional(
    nullable(
      text({
        maxLength: 4096,
        format: 'absolute-https-uri-or-empty',
        pattern: '^(?:https://[^\\s"<>]+)?$',
        description: 'Where people are sent who came without a request',
      }),
    ),
  ),
  flags: optional(map(flag(), { description: 'Switches' })),
  friendly_name: line('What people read'),
  picture_url: line('The logo'),
  support_email: line('Where people ask for help'),
  support_url: line('Where people find help'),
  allowed_logout_urls: optional(list(text({ maxLength: 2048 }), { maxItems: 1000 })),
  session_lifetime: hours,
  session_lifetime_in_minutes: minutes,
  idle_session_lifetime: hours,
  idle_session_lifetime_in_minutes: minutes,
  ephemeral_session_lifetime: hours,
  ephemeral_session_lifetime_in_minutes: minutes,
  idle_ephemeral_session_lifetime: hours,
  idle_ephemeral_session_lifetime_in_minutes: minutes,
  sandbox_version: optional(text({ maxLength: 8 })),
  legacy_sandbox_version: optional(text({ maxLength: 8 })),
  enabled_locales: optional(list(text({ maxLength: 20 }), { minItems: 1, description: 'Languages of the pages' })),
  security_headers: optional(nullable(record())),
  session_cookie: optional(nullable(object({ mode: oneOf(['persistent', 'non-persistent']) }))),
  sessions: optional(nullable(record())),
  oidc_logout: optional(object({ rp_logout_end_session_endpoint_discovery: optional(flag()) })),
  customize_mfa_in_postlogin_action: on,
  allow_organization_name_in_authentication_api: on,
  acr_values_supported: optional(nullable(list(text({ maxLength: 200 }), { maxItems: 100 }))),
  mtls: optional(nullable(object({ enable_endpoint_aliases: optional(flag()) }))),
  pushed_authorization_requests_supported: on,
  authorization_response_iss_parameter_supported: on,
  skip_non_verifiable_callback_uri_confirmation_prompt: on,
  resource_parameter_profile: optional(oneOf(['audience', 'compatibility'])),
  client_id_metadata_document_supported: on,
  enable_ai_guide: on,
  phone_consolidated_experience: on,
  include_session_metadata_in_tenant_logs: on,
  dynamic_client_registration_security_mode: optional(oneOf(['strict', 'permissive'])),
  country_codes: optional(nullable(object({ list: optional(list(text())), mode: optional(oneOf(['allow', 'deny'])) }))),
  universal_login: optional(nullable(record())),
  session_management: optional(flag({ description: "Warifu's own: whether applications may watch the session" })),
});

/** What is set in minutes is stored in hours; minutes win where both are sent. */
function withHours(sent: JsonObject): JsonObject {
  const suffix = '_in_minutes';
  const entries = Object.entries(sent);
  const inMinutes = entries.filter(([name]) => name.endsWith(suffix));
  const rest = entries.filter(([name]) => !name.endsWith(suffix));
  return Object.fromEntries([
    ...rest,
    ...inMinutes.map(([name, value]) => [name.replace(suffix, ''), Number(value) / 60]),
  ]);
}

function check({ allowed_logout_urls = [] }: Partial<TenantSettings>): void {
  for (const url of allowed_logout_urls) {
    const fault = redirectUriFault(url.replace('://*.', '://label.'));
    if (fault !== undefined) throw invalidBody(`The allowed_logout_urls entry ${JSON.stringify(url)} ${fault}.`);
  }
}

/** Auth0 tells of these always, and nobody can change them. */
const constantFlags = {
  allow_changing_enable_sso: false,
  disable_clickjack_protection_headers: false,
  disable_impersonation: true,
  enable_sso: true,
  revoke_refresh_token_grant: false,
  universal_login: true,
};
const sandboxVersions = ['22'];

/** Auth0 tells of these only when something was changed. */
const flagsOfChanges = {
  cannot_change_enforce_client_authentication_on_passwordless_start: true,
  enforce_client_authentication_on_passwordless_start: true,
};

function shown(stored: object, { body: changes }: Call): unknown {
  const { flags, ...rest } = stored as TenantSettings;
  return {
    sandbox_version: sandboxVersions[0],
    ...rest,
    flags: { ...constantFlags, ...(changes === undefined ? {} : flagsOfChanges), ...flags },
    sandbox_versions_available: sandboxVersions,
  };
}

const declaration: Settings<object> = {
  path: '/tenants/settings',
  noun: "tenant's settings",
  scopes: { read: ['read:tenant_settings'], update: ['update:tenant_settings'] },
  store: storedTenantSettings as Settings<object>['store'],
  body,
  methods: ['PATCH'],
  merge: (before, sent) => {
    const after = mergePatch(before as JsonObject, withHours(sent));
    check(after);
    return after;
  },
  shown,
  fields: true,
};

export const tenants: Resource = { name: 'tenants', endpoints: settings(declaration) };
