// Owns the options of databases: which names people sign in by, how, and what their passwords are like.
import { isJsonObject, type JsonObject, mergePatch } from '#protocol/merge-patch';
import type { Options, StrategyOptions } from '../connection-option.ts';
import { InvalidSetting } from '../refusals.ts';

const authenticationMethods = {
  password: { enabled: true, api_behavior: 'required', signup_behavior: 'allow' },
  passkey: { enabled: false },
  email_otp: { enabled: false },
  phone_otp: { enabled: false },
};

const passkeyOptions = { challenge_ui: 'both', progressive_enrollment_enabled: true, local_enrollment_enabled: true };

const passwordOptions = {
  complexity: {
    min_length: 15,
    character_types: [],
    character_type_rule: 'all',
    identical_characters: 'allow',
    sequential_characters: 'allow',
    max_length_exceeded: 'error',
  },
  profile_data: {
    active: false,
    blocked_fields: [
      'name',
      'given_name',
      'family_name',
      'nickname',
      'email',
      'phone_number',
      'username',
      'user_metadata',
    ],
  },
  history: { active: false, size: 3 },
  dictionary: { active: false, default: 'en_100k', custom: [] },
};

const withDefaults = (defaults: JsonObject, sent: unknown) => mergePatch(defaults, isJsonObject(sent) ? sent : {});

interface Attribute {
  readonly identifier?: { readonly active?: boolean };
  readonly signup?: { readonly status?: string };
  readonly unique?: boolean;
}

type Attributes = Readonly<Record<string, Attribute>>;

function checkAttributes({ attributes, requires_username, validation }: Options): void {
  if (!isJsonObject(attributes)) return;
  if (requires_username !== undefined)
    throw new InvalidSetting('Cannot set both options.attributes and options.requires_username');
  if (validation !== undefined) throw new InvalidSetting('Cannot set both options.attributes and options.validation');
  const all = attributes as Attributes;
  if (!Object.values(all).some(({ identifier }) => identifier?.active)) {
    throw new InvalidSetting('attributes must contain one active identifier');
  }
  const others = ['email', 'username'].some((name) => all[name]?.identifier?.active);
  const { phone_number: phone } = all;
  if (phone?.identifier?.active && !others && phone.signup?.status !== 'required') {
    throw new InvalidSetting('attribute phone_number must also be required on signup');
  }
}

function completeAttributes(attributes: unknown): object {
  if (!isJsonObject(attributes)) return {};
  const { email } = attributes;
  const whole = isJsonObject(email) ? { email: { verification_method: 'link', unique: true, ...email } } : {};
  return { attributes: { ...attributes, ...whole } };
}

export const database: StrategyOptions = {
  strategies: ['auth0'],
  kept: ['configuration'],
  complete: (sent) => {
    checkAttributes(sent);
    const { password_options } = sent;
    return {
      mfa: { active: true, return_enroll_settings: true },
      ...(password_options === undefined ? { passwordPolicy: 'good' } : {}),
      strategy_version: 2,
      brute_force_protection: true,
      ...sent,
      ...completeAttributes(sent['attributes']),
      ...(password_options === undefined ? {} : { password_options: withDefaults(passwordOptions, password_options) }),
      authentication_methods: withDefaults(authenticationMethods, sent['authentication_methods']),
      passkey_options: withDefaults(passkeyOptions, sent['passkey_options']),
    };
  },
};
