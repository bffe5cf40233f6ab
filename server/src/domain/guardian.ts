// Owns the settings of second factors, in Auth0's spelling. Secrets in them are sealed.
import { singleton } from './records.ts';

export const factorNames = [
  'sms',
  'push-notification',
  'otp',
  'email',
  'duo',
  'webauthn-roaming',
  'webauthn-platform',
  'recovery-code',
] as const;

export type FactorName = (typeof factorNames)[number];

const kind = 'guardian';

/** Which factors people may use; one that isn't named may not be used. */
export const enabledFactors = singleton<{ readonly [name in FactorName]?: boolean }>(kind, {}, 'factors');

/** When a second factor is asked for. */
export const mfaPolicies = singleton<{ readonly policies: readonly ('all-applications' | 'confidence-score')[] }>(
  kind,
  { policies: [] },
  'policies',
);

export const phoneMessageTypes = singleton<{ readonly message_types: readonly ('sms' | 'voice')[] }>(
  kind,
  { message_types: [] },
  'phone-message-types',
);

/** Who sends the messages; for texts and calls it is the same. */
export const phoneProvider = singleton<{ readonly provider: 'auth0' | 'twilio' | 'phone-message-hook' }>(
  kind,
  { provider: 'auth0' },
  'phone-provider',
);

export interface Twilio {
  readonly from?: string;
  readonly messaging_service_sid?: string;
  readonly auth_token?: string;
  readonly sid?: string;
}

export const twilio = singleton<Twilio>(kind, {}, 'twilio');

/** Liquid, with `code` and `tenant.friendly_name`. */
export const phoneTemplates = singleton(
  kind,
  {
    enrollment_message: 'Your code to add this phone to {{tenant.friendly_name}} is {{code}}',
    verification_message: 'Your code for {{tenant.friendly_name}} is {{code}}',
  },
  'phone-templates',
);

interface CodeSettings {
  readonly otp_length: number;
  /** Seconds. */
  readonly otp_expiration_time: number;
}

const codeSettings: CodeSettings = { otp_length: 6, otp_expiration_time: 300 };

export const emailCodes = singleton(kind, codeSettings, 'email-codes');
export const phoneCodes = singleton(kind, codeSettings, 'phone-codes');

export const pushProvider = singleton<{ readonly provider: 'guardian' | 'sns' | 'direct' }>(
  kind,
  { provider: 'guardian' },
  'push-provider',
);

export interface Apns {
  readonly sandbox: boolean;
  readonly bundle_id: string;
  readonly p12?: string;
}

export const apns = singleton<Apns>(kind, { sandbox: false, bundle_id: '' }, 'apns');
export const fcm = singleton<{ readonly server_key?: string }>(kind, {}, 'fcm');
export const fcmv1 = singleton<{ readonly server_credentials?: string }>(kind, {}, 'fcmv1');

export interface Sns {
  readonly aws_access_key_id?: string;
  readonly aws_secret_access_key?: string;
  readonly aws_region?: string;
  readonly sns_apns_platform_application_arn?: string;
  readonly sns_gcm_platform_application_arn?: string;
}

export const sns = singleton<Sns>(kind, {}, 'sns');

export interface Duo {
  readonly ikey: string;
  readonly skey: string;
  readonly host: string;
}

export const duo = singleton<Duo>(kind, { ikey: '', skey: '', host: '' }, 'duo');

export interface RoamingKeys {
  readonly overrideRelyingParty: boolean;
  readonly relyingPartyIdentifier?: string;
  readonly userVerification: 'discouraged' | 'preferred' | 'required';
}

export const roamingKeys = singleton<RoamingKeys>(
  kind,
  { overrideRelyingParty: false, userVerification: 'discouraged' },
  'webauthn-roaming',
);

export const platformKeys = singleton<Omit<RoamingKeys, 'userVerification'>>(
  kind,
  { overrideRelyingParty: false },
  'webauthn-platform',
);
