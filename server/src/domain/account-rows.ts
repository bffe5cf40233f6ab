// Owns how accounts become rows: a new one, and a change to one.
import { pictureOf } from '#crypto/picture';
import { isJsonObject, type JsonObject, mergePatch } from '#protocol/merge-patch';
import type * as users from '#storage/tables/users';

/** What is said of a person, in Auth0's spelling. */
export interface AccountSettings {
  readonly email?: string | null;
  readonly email_verified?: boolean;
  readonly username?: string | null;
  readonly phone_number?: string | null;
  readonly phone_verified?: boolean;
  readonly password?: string | null;
  readonly given_name?: string | null;
  readonly family_name?: string | null;
  readonly name?: string | null;
  readonly nickname?: string | null;
  readonly picture?: string | null;
  readonly blocked?: boolean;
  readonly user_metadata?: JsonObject | null;
  readonly app_metadata?: JsonObject | null;
}

const flagOf = (value: boolean | undefined) => (value ? 1 : 0);
const jsonOf = (value: JsonObject | null | undefined) => (value == null ? null : JSON.stringify(value));

function nameOf({ name, email, phone_number, username }: AccountSettings, id: string): string {
  return name ?? email ?? phone_number ?? username ?? id;
}

export function accountRow(userId: string, fresh: AccountSettings, now: number): users.UserRow {
  const { email = null, username = null, phone_number = null } = fresh;
  return {
    user_id: userId,
    email,
    email_verified: flagOf(fresh.email_verified),
    username,
    phone_number,
    phone_verified: phone_number === null ? null : flagOf(fresh.phone_verified),
    name: nameOf(fresh, userId),
    given_name: fresh.given_name ?? null,
    family_name: fresh.family_name ?? null,
    nickname: fresh.nickname ?? email?.split('@')[0] ?? username ?? phone_number,
    picture: fresh.picture ?? pictureOf(email ?? nameOf(fresh, userId)),
    blocked: flagOf(fresh.blocked),
    blocked_told: fresh.blocked === undefined ? 0 : 1,
    user_metadata: jsonOf(fresh.user_metadata),
    app_metadata: jsonOf(fresh.app_metadata),
    created_at: now,
    updated_at: now,
    last_login_at: null,
    last_ip: null,
    logins_count: 0,
    last_password_reset_at: null,
  };
}

/** Auth0 merges metadata, and an empty object takes all of it away. */
function mergedMetadata(
  before: string | null,
  sent: JsonObject | null | undefined,
  emptied: boolean,
): { json?: string | null } {
  if (sent === undefined) return {};
  if (sent === null || (emptied && Object.keys(sent).length === 0)) return { json: sent === null ? null : '{}' };
  const known = before === null ? {} : (JSON.parse(before) as unknown);
  return { json: JSON.stringify(mergePatch(isJsonObject(known) ? known : {}, sent)) };
}

export function accountChanges(before: users.UserRow, sent: AccountSettings, now: number): users.UserChange {
  const { email_verified, phone_verified, blocked, password, user_metadata, app_metadata, ...texts } = sent;
  const userMetadata = mergedMetadata(before.user_metadata, user_metadata, true);
  const appMetadata = mergedMetadata(before.app_metadata, app_metadata, false);
  const isNewEmail = texts.email !== undefined && texts.email !== before.email;
  return {
    ...texts,
    ...(isNewEmail || email_verified !== undefined ? { email_verified: flagOf(email_verified) } : {}),
    ...(phone_verified === undefined ? {} : { phone_verified: flagOf(phone_verified) }),
    ...(blocked === undefined ? {} : { blocked: flagOf(blocked), blocked_told: 1 }),
    ...(password == null ? {} : { last_password_reset_at: now }),
    ...(userMetadata.json === undefined ? {} : { user_metadata: userMetadata.json }),
    ...(appMetadata.json === undefined ? {} : { app_metadata: appMetadata.json }),
    updated_at: now,
  };
}
