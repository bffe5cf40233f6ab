// Owns /api/v2/attack-protection: the settings against bots, stolen passwords and guessing.
import {
  botDetection,
  breachedPasswordDetection,
  bruteForceProtection,
  captcha,
  captchaProviders,
  phoneProviderProtection,
  suspiciousIpThrottling,
} from '#domain/attack-protection';
import type { Resource } from '../resource.ts';
import { flag, integer, list, object, oneOf, optional, text } from '../schema.ts';
import { type Settings, settings } from '../settings.ts';

const common = {
  scopes: { read: ['read:attack_protection'], update: ['update:attack_protection'] },
  methods: ['PATCH'],
} as const;

const addresses = optional(
  list(text({ maxLength: 50 }), { maxItems: 100, description: 'Trusted addresses and networks' }),
);
const enabled = optional(flag({ description: 'Whether it is on' }));
const challenge = optional(oneOf(['never', 'when_risky', 'always'], { description: 'When to challenge' }));
const shieldsOf = <const S extends string>(...names: S[]) =>
  optional(list(oneOf(names), { description: 'What happens then' }));

const bots: Settings<object> = {
  ...common,
  path: '/attack-protection/bot-detection',
  noun: 'detection of bots',
  store: botDetection,
  body: object({
    bot_detection_level: optional(oneOf(['low', 'medium', 'high'])),
    challenge_password_policy: challenge,
    challenge_passwordless_policy: challenge,
    challenge_password_reset_policy: challenge,
    allowlist: addresses,
    monitoring_mode_enabled: optional(flag({ description: 'Whether nobody is challenged, and it is only logged' })),
  }),
};

const stageShields = optional(object({ shields: shieldsOf('block', 'admin_notification') }));

const breached: Settings<object> = {
  ...common,
  path: '/attack-protection/breached-password-detection',
  noun: 'detection of breached passwords',
  store: breachedPasswordDetection,
  body: object({
    enabled,
    shields: shieldsOf('block', 'user_notification', 'admin_notification'),
    admin_notification_frequency: optional(list(oneOf(['immediately', 'daily', 'weekly', 'monthly']))),
    method: optional(oneOf(['standard', 'enhanced'])),
    stage: optional(object({ 'pre-user-registration': stageShields, 'pre-change-password': stageShields })),
  }),
};

const bruteForce: Settings<object> = {
  ...common,
  path: '/attack-protection/brute-force-protection',
  noun: 'protection from guessing',
  store: bruteForceProtection,
  body: object({
    enabled,
    shields: shieldsOf('block', 'user_notification'),
    allowlist: addresses,
    mode: optional(oneOf(['count_per_identifier_and_ip', 'count_per_identifier'])),
    max_attempts: optional(integer({ minimum: 1, maximum: 100, description: 'Failed attempts before it acts' })),
  }),
};

const throttle = optional(
  object({
    max_attempts: optional(integer({ minimum: 0, description: 'Attempts at once' })),
    rate: optional(integer({ minimum: 0, description: 'Milliseconds until one more is granted' })),
  }),
);

const suspiciousIps: Settings<object> = {
  ...common,
  path: '/attack-protection/suspicious-ip-throttling',
  noun: 'throttling of suspicious addresses',
  store: suspiciousIpThrottling,
  body: object({
    enabled,
    shields: shieldsOf('block', 'admin_notification'),
    allowlist: addresses,
    stage: optional(
      object({ 'pre-login': throttle, 'pre-user-registration': throttle, 'pre-custom-token-exchange': throttle }),
    ),
  }),
};

const siteKey = text({ maxLength: 500, description: 'The site key' });
const secret = text({ maxLength: 500, description: 'The secret; it is never shown' });
const withSecret = optional(object({ site_key: siteKey, secret }));

const captchas: Settings<object> = {
  ...common,
  path: '/attack-protection/captcha',
  noun: 'challenges',
  store: captcha,
  secrets: ['*.secret', '*.api_key'],
  body: object({
    active_provider_id: optional(oneOf(captchaProviders)),
    simple_captcha: optional(object({})),
    auth_challenge: optional(object({ fail_open: flag() })),
    recaptcha_v2: withSecret,
    recaptcha_enterprise: optional(
      object({ site_key: siteKey, api_key: secret, project_id: text({ maxLength: 500 }) }),
    ),
    hcaptcha: withSecret,
    friendly_captcha: withSecret,
    arkose: optional(
      object({
        site_key: siteKey,
        secret,
        client_subdomain: optional(text({ maxLength: 100 })),
        verify_subdomain: optional(text({ maxLength: 100 })),
        fail_open: optional(flag()),
      }),
    ),
  }),
};

const phoneProvider: Settings<object> = {
  ...common,
  path: '/attack-protection/phone-provider-protection',
  noun: 'protection of phone providers',
  store: phoneProviderProtection,
  body: object({ type: oneOf(['exponential', 'default']) }),
};

export const attackProtection: Resource = {
  name: 'attack-protection',
  endpoints: [bots, breached, bruteForce, captchas, phoneProvider, suspiciousIps].flatMap(settings),
};
