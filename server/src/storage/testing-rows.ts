// Owns the rows that storage tests begin with: complete, plain, and different where they are told to be.
import type { DecoupledRequestRow } from './tables/decoupled-requests.ts';
import type { DocumentRow } from './tables/documents.ts';
import { type IdentityRow, type NewIdentity, identityRow as wholeIdentity } from './tables/identities.ts';
import type { LogoutDeliveryRow } from './tables/logout-outbox.ts';
import type { RefreshTokenRow } from './tables/refresh-tokens.ts';
import type { SessionRow } from './tables/sessions.ts';
import type { SingleUseTokenRow } from './tables/single-use-tokens.ts';
import type { UserRow } from './tables/users.ts';

/** Beyond 32 bits, as every real time is. */
export const noon = Date.UTC(2026, 10, 23, 12);

export function userRow(values: Partial<UserRow> & Pick<UserRow, 'user_id'>): UserRow {
  return {
    email: null,
    email_verified: 0,
    username: null,
    phone_number: null,
    phone_verified: null,
    name: null,
    given_name: null,
    family_name: null,
    nickname: null,
    picture: null,
    blocked: 0,
    blocked_told: 0,
    user_metadata: null,
    app_metadata: null,
    created_at: noon,
    updated_at: noon,
    last_login_at: null,
    last_ip: null,
    logins_count: 0,
    last_password_reset_at: null,
    ...values,
  };
}

export function identityRow(values: Partial<NewIdentity> & Pick<IdentityRow, 'identity_id' | 'user_id'>): IdentityRow {
  const usual = { connection: 'people', provider: 'auth0', is_social: 0, profile_data: null, created_at: noon };
  return wholeIdentity({ ...usual, ...values });
}

export function sessionRow(values: Partial<SessionRow> & Pick<SessionRow, 'sid' | 'user_id'>): SessionRow {
  return {
    secret_digest: `digest of ${values.sid}`,
    connection: 'people',
    methods: '["pwd"]',
    authenticated_at: noon,
    created_at: noon,
    interacted_at: noon,
    idle_expires_at: noon + 1000,
    expires_at: noon + 5000,
    ip: null,
    user_agent: null,
    metadata: null,
    ...values,
  };
}

export function refreshTokenRow(
  values: Partial<RefreshTokenRow> & Pick<RefreshTokenRow, 'family_id' | 'user_id'>,
): RefreshTokenRow {
  return {
    generation: 0,
    client_id: 'app',
    sid: null,
    scope: 'openid offline_access',
    audience: null,
    authenticated_at: noon,
    created_at: noon,
    rotated_at: noon,
    idle_expires_at: null,
    expires_at: null,
    details: null,
    metadata: null,
    revoked_at: null,
    ...values,
  };
}

export function singleUseTokenRow(
  values: Partial<SingleUseTokenRow> & Pick<SingleUseTokenRow, 'digest'>,
): SingleUseTokenRow {
  return {
    purpose: 'code',
    client_id: 'app',
    body: '{}',
    created_at: noon,
    expires_at: noon + 1000,
    consumed_at: null,
    ...values,
  };
}

export function decoupledRequestRow(
  values: Partial<DecoupledRequestRow> & Pick<DecoupledRequestRow, 'id'>,
): DecoupledRequestRow {
  return {
    kind: 'device',
    secret_digest: `digest of ${values.id}`,
    user_code: null,
    client_id: 'app',
    user_id: null,
    body: '{}',
    status: 'pending',
    answer: null,
    openings: 0,
    poll_interval: 5,
    last_polled_at: null,
    created_at: noon,
    expires_at: noon + 900_000,
    ...values,
  };
}

export function documentRow(values: Partial<DocumentRow> & Pick<DocumentRow, 'kind' | 'id'>): DocumentRow {
  return { name: null, body: '{}', version: 1, created_at: noon, updated_at: noon, ...values };
}

export function logoutDeliveryRow(
  values: Partial<LogoutDeliveryRow> & Pick<LogoutDeliveryRow, 'id'>,
): LogoutDeliveryRow {
  return {
    client_id: 'app',
    url: 'https://app.example.com/logged-out',
    user_id: 'auth0|1',
    sid: 'sid',
    attempts: 0,
    next_attempt_at: noon,
    created_at: noon,
    ...values,
  };
}
