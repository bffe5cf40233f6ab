// Owns what is stored of a person: the row of a new account, and what a change makes of one.
import { pictureOf } from '#crypto/picture';
import { isJsonObject, type JsonObject, mergePatch } from '#protocol/merge-patch';
import type { UserChange, UserRow } from '#storage/tables/users';

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

/** A new account, with the name, nickname and picture that Auth0 gives to who has none. */
export function accountRow(userId: string, fresh: AccountSettings, now: number): UserRow {
  const { email = null, username = null, phone_number = null } = fresh;
  const name = fresh.name ?? email ?? phone_number ?? username ?? userId;
  return {
    user_id: userId,
    email,
    email_verified: flagOf(fresh.email_verified),
    username,
    phone_number,
    phone_verified: phone_number === null ? null : flagOf(fresh.phone_verified),
    name,
    given_name: fresh.given_name ?? null,
    family_name: fresh.family_name ?? null,
    nickname: fresh.nickname ?? email?.slice(0, email.lastIndexOf('@')) ?? username ?? phone_number,
    picture: fresh.picture ?? pictureOf(email ?? name),
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

/** Auth0 merges the first level of metadata, where null takes a member away; an empty object takes all away. */
function mergedMetadata(before: string | null, sent: JsonObject | null): string | null {
  if (sent === null) return null;
  if (Object.keys(sent).length === 0) return '{}';
  const known: unknown = before === null ? {} : JSON.parse(before);
  // Members that are objects are replaced as a whole.
  return JSON.stringify(mergePatch(isJsonObject(known) ? known : {}, sent, Object.keys(sent)));
}

/** What a change makes of an account: a new address is not a proved one. */
export function accountChanges(before: UserRow, sent: AccountSettings, now: number): UserChange {
  const { email_verified, phone_verified, blocked, password, user_metadata, app_metadata, ...texts } = sent;
  const isNewEmail = texts.email !== undefined && texts.email !== before.email;
  const isNewNumber = texts.phone_number !== undefined && texts.phone_number !== before.phone_number;
  const verified = isNewNumber && texts.phone_number === null ? null : flagOf(phone_verified);
  return {
    ...texts,
    ...(isNewEmail || email_verified !== undefined ? { email_verified: flagOf(email_verified) } : {}),
    ...(isNewNumber || phone_verified !== undefined ? { phone_verified: verified } : {}),
    ...(blocked === undefined ? {} : { blocked: flagOf(blocked), blocked_told: 1 }),
    ...(password == null ? {} : { last_password_reset_at: now }),
    ...(user_metadata === undefined ? {} : { user_metadata: mergedMetadata(before.user_metadata, user_metadata) }),
    ...(app_metadata === undefined ? {} : { app_metadata: mergedMetadata(before.app_metadata, app_metadata) }),
    updated_at: now,
  };
}
