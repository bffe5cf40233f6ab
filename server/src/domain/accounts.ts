// Owns the accounts that administrators make and change: in any connection, all of it or nothing.
import { randomHex } from '#crypto/random';
import { isJsonObject, type JsonObject, mergePatch } from '#protocol/merge-patch';
import type { Queries } from '#storage/database';
import * as identities from '#storage/tables/identities';
import * as identifiers from '#storage/tables/login-identifiers';
import * as passwords from '#storage/tables/passwords';
import * as users from '#storage/tables/users';
import { endUserAccess } from './account-endings.ts';
import { type AnyConnection, type Connection, passwordPolicyOf } from './connections.ts';
import type { Context } from './context.ts';
import { canonicalEmail } from './email-address.ts';
import { isOverlong, unmetRules } from './password-policy.ts';
import { InvalidSetting, Taken } from './refusals.ts';

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

export interface NewAccount extends AccountSettings {
  readonly connection: AnyConnection;
  /** Undefined: one is made. */
  readonly user_id?: string;
}

type Needed = Pick<Context, 'database' | 'documents' | 'passwords' | 'now'>;

const social =
  /^(?:google-oauth2|facebook|twitter|apple|github|line|linkedin|windowslive|yahoo|yandex|amazon|oauth1|oauth2|paypal|instagram|weibo|baidu|vkontakte|bitbucket|box|dropbox|salesforce.*|shopify|slack|soundcloud|wordpress)$/;

/** The same person's address and name is the same text everywhere. Throws InvalidSetting. */
function canonical(settings: AccountSettings): AccountSettings {
  const { email, username } = settings;
  if (typeof email === 'string' && canonicalEmail(email) === undefined) {
    throw new InvalidSetting(
      `Payload validation error: 'Object didn't pass validation for format email: ${email}' on property email.`,
    );
  }
  return {
    ...settings,
    ...(typeof email === 'string' ? { email: canonicalEmail(email) as string } : {}),
    ...(typeof username === 'string' ? { username: username.toLowerCase() } : {}),
  };
}

/** A hash of a password that the connection accepts. Throws InvalidSetting. */
async function hashed(ctx: Needed, connection: AnyConnection, password: string, email: string): Promise<string> {
  if (isOverlong(password)) throw new InvalidSetting('PasswordTooLong: The password is too long.');
  const unmet = unmetRules(password, passwordPolicyOf(connection as Connection), email);
  if (unmet.length > 0) throw new InvalidSetting(`PasswordStrengthError: Password is too weak (${unmet.join(', ')})`);
  return ctx.passwords.hash(password);
}

const flagOf = (value: boolean | undefined) => (value ? 1 : 0);
const jsonOf = (value: JsonObject | null | undefined) => (value == null ? null : JSON.stringify(value));

function nameOf({ name, email, phone_number, username }: AccountSettings, id: string): string {
  return name ?? email ?? phone_number ?? username ?? id;
}

function rowOf(userId: string, fresh: AccountSettings, now: number): users.UserRow {
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
    picture: fresh.picture ?? null,
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

const identifierTypes = ['email', 'username', 'phone_number'] as const;

/** Claims what a person of a database is found by. Throws Taken. */
async function claim(queries: Queries, identity: identities.NewIdentity, settings: AccountSettings): Promise<void> {
  for (const type of identifierTypes) {
    const value = settings[type];
    if (typeof value !== 'string') continue;
    const row = { connection: identity.connection, type, value, identity_id: identity.identity_id };
    if (!(await identifiers.claim(queries, row))) throw new Taken('The user already exists.');
  }
}

function checkNamed({ strategy }: AnyConnection, { email, username, phone_number, password }: AccountSettings): void {
  if (strategy !== 'auth0') return;
  if (email == null && username == null && phone_number == null) {
    throw new InvalidSetting("Payload validation error: 'Missing required property: email'.");
  }
  if (password == null) throw new InvalidSetting("Payload validation error: 'Missing required property: password'.");
}

/** Makes an account, and returns its id. Throws Taken, InvalidSetting and PasswordQueueFull. */
export async function createAccount(ctx: Needed, { connection, user_id, ...sent }: NewAccount): Promise<string> {
  const settings = canonical(sent);
  checkNamed(connection, settings);
  const provider = connection.strategy;
  const userId = `${provider}|${user_id === undefined || user_id === '' ? randomHex(12) : user_id}`;
  const now = ctx.now();
  const { password } = settings;
  const hash = password == null ? undefined : await hashed(ctx, connection, password, settings.email ?? '');
  const identity: identities.NewIdentity = {
    identity_id: userId,
    user_id: userId,
    connection: connection.name,
    provider,
    is_social: social.test(provider) ? 1 : 0,
    profile_data: null,
    created_at: now,
  };
  await ctx.database.transaction(async (queries) => {
    const isThere = (await users.find(queries, userId)) ?? (await identities.find(queries, userId));
    if (isThere) throw new Taken('The user already exists.');
    await users.insert(queries, rowOf(userId, settings, now));
    await identities.insert(queries, identity);
    await claim(queries, identity, settings);
    if (hash !== undefined) await passwords.put(queries, { identity_id: userId, hash, changed_at: now });
  });
  return userId;
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

function changesOf(before: users.UserRow, sent: AccountSettings, now: number): users.UserChange {
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

async function moveIdentifiers(
  queries: Queries,
  identity: identities.IdentityRow,
  sent: AccountSettings,
): Promise<void> {
  const changed = identifierTypes.filter((type) => sent[type] !== undefined);
  for (const type of changed) await identifiers.release(queries, identity.identity_id, type);
  await claim(queries, identity, Object.fromEntries(changed.map((type) => [type, sent[type]])));
}

/** Which of a person's identities a change is about: that of a connection, or their own. */
async function identityFor(
  queries: Queries,
  userId: string,
  connection: string | undefined,
): Promise<identities.IdentityRow | undefined> {
  const all = await identities.listForUser(queries, userId);
  if (connection !== undefined) return all.find((identity) => identity.connection === connection);
  return all.find(({ identity_id }) => identity_id === userId) ?? all[0];
}

/**
 * Changes an account; false when there is none. A new password, a block and a new address end what the person was signed
 * in by. Throws Taken, InvalidSetting and PasswordQueueFull.
 */
export async function changeAccount(
  ctx: Needed,
  userId: string,
  change: AccountSettings,
  connection: AnyConnection | undefined,
): Promise<boolean> {
  const sent = canonical(change);
  const { password } = sent;
  if (password != null && !connection) throw new InvalidSetting('A password needs the connection that it is for.');
  const hash = password == null || !connection ? undefined : await hashed(ctx, connection, password, sent.email ?? '');
  const now = ctx.now();
  const changed = await ctx.database.transaction(async (queries) => {
    const before = await users.hold(queries, userId);
    if (!before) return false;
    const identity = await identityFor(queries, userId, connection?.name);
    if (!identity) throw new InvalidSetting('The user has no identity in that connection.');
    if (identity.provider === 'auth0') await moveIdentifiers(queries, identity, sent);
    if (hash !== undefined) await passwords.put(queries, { identity_id: identity.identity_id, hash, changed_at: now });
    await users.change(queries, before, changesOf(before, sent, now));
    return true;
  });
  if (changed && hash !== undefined) await endUserAccess(ctx, userId, 'password-changed');
  if (changed && sent.blocked) await endUserAccess(ctx, userId, 'account-deactivated');
  return changed;
}

/** Deletes an account with all that refers to it; false when there is none. Its tokens end. */
export async function removeAccount(ctx: Needed, userId: string): Promise<boolean> {
  await endUserAccess(ctx, userId, 'account-deleted');
  return ctx.database.transaction(async (queries) => {
    const row = await users.hold(queries, userId);
    if (!row) return false;
    await users.remove(queries, row);
    return true;
  });
}
