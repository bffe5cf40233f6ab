// Owns the settings of each factor below /api/v2/guardian/factors: who sends, by what account, in what words.
import * as guardian from '#domain/guardian';
import type { JsonObject } from '#protocol/merge-patch';
import { flag, integer, list, nullable, object, oneOf, optional, text } from '../schema.ts';
import { withoutMembers } from '../secret-members.ts';
import { type Settings, settings } from '../settings.ts';

const scopes = { read: ['read:guardian_factors'], update: ['update:guardian_factors'] };
const put = { scopes, methods: ['PUT'] } as const;
const both = { scopes, methods: ['PUT', 'PATCH'] } as const;

const line = (description: string) => optional(nullable(text({ maxLength: 10_000, description })));

/** Everything but the secrets, which are shown to who has just sent them. */
const echoed =
  (...secrets: string[]): NonNullable<Settings<object>['shown']> =>
  (stored, { body = {} }) => ({ ...withoutMembers(stored as JsonObject, secrets), ...(body as object) });

const phoneProviders = ['auth0', 'twilio', 'phone-message-hook'] as const;

/** Texts were a factor of their own before calls came; both names are kept. */
const phoneSettings: readonly Settings<object>[] = ['phone', 'sms'].flatMap((name) => [
  {
    ...put,
    path: `/guardian/factors/${name}/providers/twilio`,
    noun: `Twilio account for ${name}`,
    store: guardian.twilio,
    body: object({
      from: line('The number that messages come from'),
      messaging_service_sid: line("Twilio's id of a messaging service"),
      auth_token: line("Twilio's token; it is shown to nobody"),
      sid: line("Twilio's id of the account"),
    }),
    secrets: ['auth_token'],
    shown: echoed('auth_token'),
  },
  {
    ...put,
    path: `/guardian/factors/${name}/selected-provider`,
    noun: `provider for ${name}`,
    store: guardian.phoneProvider,
    body: object({ provider: oneOf(phoneProviders, { description: 'Who sends the messages' }) }),
  },
  {
    ...put,
    path: `/guardian/factors/${name}/templates`,
    noun: `messages for ${name}`,
    store: guardian.phoneTemplates,
    body: object({
      enrollment_message: text({ maxLength: 1600, description: 'Sent when a phone is added' }),
      verification_message: text({ maxLength: 1600, description: 'Sent when a person signs in' }),
    }),
  },
]);

const codes = object({
  otp_length: integer({ minimum: 4, maximum: 12, description: 'Digits of a code' }),
  otp_expiration_time: integer({ minimum: 30, maximum: 3600, description: 'Seconds that a code lives' }),
});

const messageSettings: readonly Settings<object>[] = [
  {
    ...put,
    path: '/guardian/factors/phone/message-types',
    noun: 'kinds of phone messages',
    store: guardian.phoneMessageTypes,
    body: object({ message_types: list(oneOf(['sms', 'voice']), { uniqueItems: true }) }),
  },
  {
    ...put,
    path: '/guardian/factors/phone/settings',
    noun: 'codes for phones',
    store: guardian.phoneCodes,
    body: codes,
  },
  {
    ...put,
    path: '/guardian/factors/email/settings',
    noun: 'codes for e-mail',
    store: guardian.emailCodes,
    body: codes,
  },
];

const pushSettings: readonly Settings<object>[] = [
  {
    ...put,
    path: '/guardian/factors/push-notification/selected-provider',
    noun: 'provider of push notifications',
    store: guardian.pushProvider,
    body: object({ provider: oneOf(['guardian', 'sns', 'direct']) }),
  },
  {
    ...both,
    path: '/guardian/factors/push-notification/providers/apns',
    noun: 'Apple account for push notifications',
    store: guardian.apns,
    body: object({
      sandbox: optional(flag()),
      bundle_id: line("The app's bundle"),
      p12: line('The certificate, base64'),
    }),
    secrets: ['p12'],
    shown: (stored) => {
      const { bundle_id = '', sandbox = false } = stored as guardian.Apns;
      return { bundle_id, sandbox, enabled: bundle_id !== '' };
    },
  },
  {
    ...both,
    path: '/guardian/factors/push-notification/providers/fcm',
    noun: 'Firebase account (legacy) for push notifications',
    store: guardian.fcm,
    body: object({ server_key: line('The key; it is shown to nobody') }),
    secrets: ['server_key'],
  },
  {
    ...both,
    path: '/guardian/factors/push-notification/providers/fcmv1',
    noun: 'Firebase account for push notifications',
    store: guardian.fcmv1,
    body: object({ server_credentials: line('The credentials; they are shown to nobody') }),
    secrets: ['server_credentials'],
  },
  {
    ...both,
    path: '/guardian/factors/push-notification/providers/sns',
    noun: 'Amazon account for push notifications',
    store: guardian.sns,
    body: object({
      aws_access_key_id: line("The key's id"),
      aws_secret_access_key: line('The key; it is shown to nobody else'),
      aws_region: line('The region'),
      sns_apns_platform_application_arn: line("Amazon's name of the Apple application"),
      sns_gcm_platform_application_arn: line("Amazon's name of the Google application"),
    }),
    secrets: ['aws_secret_access_key'],
    shown: echoed('aws_secret_access_key'),
  },
];

const hidden = '********';

const keySettings: readonly Settings<object>[] = [
  {
    ...both,
    path: '/guardian/factors/duo/settings',
    noun: 'Duo account',
    store: guardian.duo,
    body: object({ ikey: optional(text()), skey: optional(text()), host: optional(text()) }),
    secrets: ['skey'],
    shown: (stored, { body = {} }) => {
      const { ikey = '', skey = '', host = '' } = stored as guardian.Duo;
      return { ikey, skey: skey === '' ? '' : hidden, host, ...(body as object) };
    },
  },
  {
    ...put,
    path: '/guardian/factors/webauthn-roaming/settings',
    noun: 'rules for security keys',
    store: guardian.roamingKeys,
    body: object({
      overrideRelyingParty: optional(flag()),
      relyingPartyIdentifier: optional(text({ maxLength: 255 })),
      userVerification: optional(oneOf(['discouraged', 'preferred', 'required'])),
    }),
  },
  {
    ...put,
    path: '/guardian/factors/webauthn-platform/settings',
    noun: 'rules for device biometrics',
    store: guardian.platformKeys,
    body: object({
      overrideRelyingParty: optional(flag()),
      relyingPartyIdentifier: optional(text({ maxLength: 255 })),
    }),
  },
];

/** What holds a secret alone cannot be read, as at Auth0. */
export const guardianProviders = [...phoneSettings, ...messageSettings, ...pushSettings, ...keySettings]
  .flatMap(settings)
  .filter(({ method, path }) => !(method === 'GET' && /\/fcm(?:v1)?$/.test(path)));
