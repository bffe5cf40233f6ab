// Owns the settings of attack protection, in Auth0's spelling.
import { singleton } from './records.ts';

type ChallengePolicy = 'never' | 'when_risky' | 'always';
export type Shield = 'block' | 'user_notification' | 'admin_notification';

export interface BotDetection {
  readonly challenge_password_policy: ChallengePolicy;
  readonly challenge_passwordless_policy: ChallengePolicy;
  readonly challenge_password_reset_policy: ChallengePolicy;
  /** Addresses and networks that are not suspected. */
  readonly allowlist: readonly string[];
  readonly bot_detection_level: 'low' | 'medium' | 'high';
  readonly monitoring_mode_enabled: boolean;
}

export const botDetection = singleton<BotDetection>(
  'attack-protection',
  {
    challenge_password_policy: 'never',
    challenge_passwordless_policy: 'never',
    challenge_password_reset_policy: 'never',
    allowlist: [],
    bot_detection_level: 'medium',
    monitoring_mode_enabled: false,
  },
  'bot-detection',
);

interface StageShields {
  readonly shields: readonly Shield[];
}

export interface BreachedPasswordDetection {
  readonly enabled: boolean;
  readonly shields: readonly Shield[];
  readonly admin_notification_frequency: readonly ('immediately' | 'daily' | 'weekly' | 'monthly')[];
  readonly method: 'standard' | 'enhanced';
  readonly stage: { readonly 'pre-user-registration': StageShields; readonly 'pre-change-password': StageShields };
}

export const breachedPasswordDetection = singleton<BreachedPasswordDetection>(
  'attack-protection',
  {
    enabled: false,
    shields: [],
    admin_notification_frequency: [],
    method: 'standard',
    stage: { 'pre-user-registration': { shields: [] }, 'pre-change-password': { shields: [] } },
  },
  'breached-password-detection',
);

export interface BruteForceProtection {
  readonly enabled: boolean;
  readonly shields: readonly Shield[];
  readonly mode: 'count_per_identifier_and_ip' | 'count_per_identifier';
  readonly allowlist: readonly string[];
  readonly max_attempts: number;
}

export const bruteForceProtection = singleton<BruteForceProtection>(
  'attack-protection',
  {
    enabled: true,
    shields: ['block', 'user_notification'],
    mode: 'count_per_identifier_and_ip',
    allowlist: [],
    max_attempts: 10,
  },
  'brute-force-protection',
);

/** So many attempts, of which one comes back every `rate` milliseconds. */
interface Throttle {
  readonly max_attempts: number;
  readonly rate: number;
}

export interface SuspiciousIpThrottling {
  readonly enabled: boolean;
  readonly shields: readonly Shield[];
  readonly allowlist: readonly string[];
  readonly stage: {
    readonly 'pre-login': Throttle;
    readonly 'pre-user-registration': Throttle;
    readonly 'pre-custom-token-exchange': Throttle;
  };
}

export const suspiciousIpThrottling = singleton<SuspiciousIpThrottling>(
  'attack-protection',
  {
    enabled: true,
    shields: ['admin_notification', 'block'],
    allowlist: [],
    stage: {
      'pre-login': { max_attempts: 100, rate: 864_000 },
      'pre-user-registration': { max_attempts: 50, rate: 1200 },
      'pre-custom-token-exchange': { max_attempts: 10, rate: 600_000 },
    },
  },
  'suspicious-ip-throttling',
);

export const captchaProviders = [
  'auth_challenge',
  'simple_captcha',
  'recaptcha_v2',
  'recaptcha_enterprise',
  'hcaptcha',
  'friendly_captcha',
  'arkose',
] as const;

/** Secrets are sealed. */
export interface Captcha {
  readonly active_provider_id: (typeof captchaProviders)[number];
  readonly simple_captcha: object;
  readonly auth_challenge: { readonly fail_open: boolean };
  readonly recaptcha_v2: { readonly site_key: string; readonly secret?: string };
  readonly recaptcha_enterprise: { readonly site_key: string; readonly project_id: string; readonly api_key?: string };
  readonly hcaptcha: { readonly site_key: string; readonly secret?: string };
  readonly friendly_captcha: { readonly site_key: string; readonly secret?: string };
  readonly arkose: {
    readonly site_key: string;
    readonly secret?: string;
    readonly client_subdomain: string;
    readonly verify_subdomain: string;
    readonly fail_open: boolean;
  };
}

export const captcha = singleton<Captcha>(
  'attack-protection',
  {
    active_provider_id: 'auth_challenge',
    simple_captcha: {},
    auth_challenge: { fail_open: false },
    recaptcha_v2: { site_key: '' },
    recaptcha_enterprise: { site_key: '', project_id: '' },
    hcaptcha: { site_key: '' },
    friendly_captcha: { site_key: '' },
    arkose: { site_key: '', client_subdomain: 'client-api', verify_subdomain: 'verify-api', fail_open: false },
  },
  'captcha',
);

/** How attempts to send messages are slowed down. */
export interface PhoneProviderProtection {
  readonly type: 'exponential' | 'default';
}

export const phoneProviderProtection = singleton<PhoneProviderProtection>(
  'attack-protection',
  { type: 'default' },
  'phone-provider-protection',
);
