// Owns the events that are recorded: Auth0's codes, and a sentence for each.

export const eventTypes = {
  s: 'Success login',
  f: 'Failed login',
  fp: 'Failed login: wrong password',
  fu: 'Failed login: unknown e-mail or username',
  fs: 'Failed sign-up',
  ss: 'Success sign-up',
  ssa: 'Success silent authentication',
  fsa: 'Failed silent authentication',
  slo: 'Success log-out',
  flo: 'Failed log-out',
  oidc_backchannel_logout_succeeded: 'Success back-channel log-out: an application was told that a session ended',
  oidc_backchannel_logout_failed: 'Failed back-channel log-out: an application was not told that a session ended',
  security_event_failed: 'Failed security event: a receiver could not be told of it',
  gd_consent: 'A person allowed an application to use an API',
  seacft: 'Success exchange: authorization code for tokens',
  feacft: 'Failed exchange: authorization code for tokens',
  seccft: 'Success exchange: client credentials for tokens',
  feccft: 'Failed exchange: client credentials for tokens',
  sertft: 'Success exchange: refresh token for tokens',
  fertft: 'Failed exchange: refresh token for tokens',
  par_failed: 'Failed pushed authorization request',
  fdeaz: 'Failed device authorization request',
  fdeac: 'Failed device activation: a wrong code was typed, or too many',
  fdecc: 'A person refused what a device asked for',
  sede: 'Success exchange: device code for tokens',
  fede: 'Failed exchange: device code for tokens',
  ciba_start_succeeded: 'A person is asked to allow a sign-in behind the scenes',
  ciba_start_failed: 'Failed request to ask a person for a sign-in behind the scenes',
  ciba_denied: 'A person refused a sign-in behind the scenes',
  ciba_exchange_succeeded: 'Success exchange: sign-in behind the scenes for tokens',
  ciba_exchange_failed: 'Failed exchange: sign-in behind the scenes for tokens',
  fui: 'Failed import of people',
  notice_not_sent: 'A person could not be told of something',
  sepft: 'Success exchange: password for tokens',
  fepft: 'Failed exchange: password for tokens',
  secte: 'Success exchange: a token for another one',
  fecte: 'Failed exchange: a token for another one',
  sejbt: "Success exchange: another issuer's assertion for tokens",
  fejbt: "Failed exchange: another issuer's assertion for tokens",
  srrt: 'Success revocation of a token by its application',
  ferrt: 'Failed exchange: a rotated refresh token was used again, and its family is revoked',
  client_registered: 'An application registered itself',
  client_registration_changed: 'An application changed what it registered of itself',
  client_unregistered: 'An application that had registered itself is gone by its own wish',
  client_registration_failed: 'Failed registration of an application by itself',
  sapi: 'Success API operation',
  fapi: 'Failed API operation',
  mgmt_api_read: 'Success API read of something that holds secrets',
  log_events_lost: 'Events were not kept, because the database did not take them in time',
  key_rotation: 'The next signing key took the place of the current one',
} as const;

export type EventType = keyof typeof eventTypes;

/** Holds ids only: no password, code, token or cookie ever goes into one. */
export interface LogEvent {
  readonly type: EventType;
  readonly client_id?: string | undefined;
  readonly user_id?: string | undefined;
  /** Undefined: it is looked up where there is a `user_id`. */
  readonly user_name?: string | undefined;
  readonly connection?: string | undefined;
  readonly organization_id?: string | undefined;
  readonly ip?: string | undefined;
  readonly user_agent?: string | undefined;
  /** The header Auth0-Client as it came: base64 of JSON. */
  readonly auth0_client?: string | undefined;
  readonly description?: string | undefined;
  readonly audience?: string | undefined;
  readonly scope?: string | undefined;
  /** Whatever else there is to know, without secrets. */
  readonly details?: object | undefined;
}
