// Owns the accounts that administrators make, change and delete: in any connection, all of it or nothing.
import { randomHexSince } from '#crypto/random';
import type { Queries } from '#storage/database';
import * as deviceCredentials from '#storage/tables/device-credentials';
import * as identities from '#storage/tables/identities';
import * as identifiers from '#storage/tables/login-identifiers';
import * as passwords from '#storage/tables/passwords';
import * as users from '#storage/tables/users';
import { endAccessIn, endingBy } from './account-endings.ts';
import { type AccountSettings, accountChanges, accountRow } from './account-rows.ts';
import { type AnyConnection, type Connection, passwordPolicyOf } from './connections.ts';
import type { Context } from './context.ts';
import { canonicalEmail } from './email-address.ts';
import type { Ending } from './logout-outbox.ts';
import { isOverlong, unmetRules } from './password-policy.ts';
import { InvalidSetting, Taken } from './refusals.ts';

export interface NewAccount extends AccountSettings {
  readonly connection: AnyConnection;
  /** What stands behind the bar. Undefined or empty: one is made. */
  readonly user_id?: string;
}

type Needed = Pick<Context, 'database' | 'documents' | 'passwords' | 'now'>;

/** The same person's address and name is the same text everywhere. Throws InvalidSetting. */
function canonical<S extends AccountSettings>(settings: S): S {
  const { email, username } = settings;
  const address = typeof email === 'string' ? canonicalEmail(email) : undefined;
  if (typeof email === 'string' && address === undefined) {
    throw new InvalidSetting(
      `Payload validation error: 'Object didn't pass validation for format email: ${email}' on property email.`,
    );
  }
  return {
    ...settings,
    ...(address === undefined ? {} : { email: address }),
    ...(typeof username === 'string' ? { username: username.toLowerCase() } : {}),
  };
}

/** A hash of a password that the connection accepts. Throws InvalidSetting and PasswordQueueFull. */
async function hashed(ctx: Needed, connection: AnyConnection, password: string, email: string): Promise<string> {
  if (isOverlong(password)) throw new InvalidSetting('PasswordTooLongError: Password is too long');
  const unmet = unmetRules(password, passwordPolicyOf(connection as Connection), email);
  const personal = unmet.some(({ rule }) => rule === 'not-personal');
  if (unmet.length > 0) {
    throw new InvalidSetting(
      personal
        ? 'PasswordNoUserInfoError: Password contains user information'
        : 'PasswordStrengthError: Password is too weak',
    );
  }
  return ctx.passwords.hash(password);
}

const identifierTypes = ['email', 'username', 'phone_number'] as const;

/** Claims what a person is found by at sign-in. Throws Taken. */
async function claim(
  queries: Queries,
  { connection, identity_id }: Pick<identities.IdentityRow, 'connection' | 'identity_id'>,
  settings: AccountSettings,
): Promise<void> {
  for (const type of identifierTypes) {
    const value = settings[type];
    if (typeof value !== 'string') continue;
    if (!(await identifiers.claim(queries, { connection, type, value, identity_id }))) {
      throw new Taken('The user already exists.');
    }
  }
}

const required = (name: string) =>
  new InvalidSetting(`Payload validation error: 'Missing required property: ${name}'.`);

/** What each kind of connection that we keep people for wants to know of them. Throws InvalidSetting. */
function checkNamed({ strategy }: AnyConnection, settings: AccountSettings): void {
  const { email, username, phone_number, password } = settings;
  switch (strategy) {
    case 'auth0':
      if (email == null && username == null && phone_number == null) throw required('email');
      if (password == null) throw required('password');
      return;
    case 'email':
      if (email == null) throw required('email');
      break;
    case 'sms':
      if (phone_number == null) throw required('phone_number');
      break;
    default:
      throw new InvalidSetting(
        'Connection does not support user creation through the API. It must either be a database or passwordless connection.',
      );
  }
  if (password != null) throw new InvalidSetting('Cannot set password for a connection without passwords.');
}

/** Makes an account, and returns its id. Throws Taken, InvalidSetting and PasswordQueueFull. */
export async function createAccount(ctx: Needed, { connection, user_id, ...sent }: NewAccount): Promise<string> {
  const settings = canonical(sent);
  checkNamed(connection, settings);
  const now = ctx.now();
  const { strategy: provider, name } = connection;
  const userId = `${provider}|${user_id === undefined || user_id === '' ? randomHexSince(now) : user_id}`;
  const { password } = settings;
  const hash = password == null ? undefined : await hashed(ctx, connection, password, settings.email ?? '');
  const own = { identity_id: userId, user_id: userId, connection: name, provider };
  await ctx.database.transaction(async (queries) => {
    const isThere = (await users.find(queries, userId)) ?? (await identities.find(queries, userId));
    if (isThere) throw new Taken('The user already exists.');
    await users.insert(queries, accountRow(userId, settings, now));
    await identities.insert(queries, { ...own, is_social: 0, profile_data: null, created_at: now });
    await claim(queries, own, settings);
    if (hash !== undefined) await passwords.put(queries, { identity_id: userId, hash, changed_at: now });
  });
  return userId;
}

/** What Auth0 changes one after the other, never together. */
const notTogether = [
  ['password', 'email'],
  ['password', 'email_verified'],
  ['username', 'email'],
  ['username', 'email_verified'],
  ['username', 'password'],
] as const;

function checkTogether(sent: AccountSettings): void {
  const clash = notTogether.find(([one, other]) => sent[one] !== undefined && sent[other] !== undefined);
  if (clash) throw new InvalidSetting(`Cannot update ${clash.join(' and ')} simultaneously.`);
}

/** Which of a person's identities a change is about: that of a connection, or their own. Throws InvalidSetting. */
async function identityFor(
  queries: Queries,
  userId: string,
  connection: AnyConnection | undefined,
): Promise<identities.IdentityRow> {
  const all = await identities.listForUser(queries, userId);
  const found = connection
    ? all.find((identity) => identity.connection === connection.name)
    : (all.find(({ identity_id }) => identity_id === userId) ?? all[0]);
  if (!found) throw new InvalidSetting('The user has no identity in that connection.');
  return found;
}

/** Whose connection keeps no passwords has none; whose address another server tells keeps that. Throws InvalidSetting. */
function checkSource({ provider }: identities.IdentityRow, sent: AccountSettings): void {
  if (sent.password != null && provider !== 'auth0') {
    throw new InvalidSetting('Cannot update password for non-database user.');
  }
  if (sent.email !== undefined && provider !== 'auth0' && provider !== 'email') {
    throw new InvalidSetting('Cannot update email for non-database user.');
  }
  if (sent.username !== undefined && provider !== 'auth0') {
    throw new InvalidSetting('Cannot update username for non-database user.');
  }
}

/** Whether people are found in the connection by what we know of them. */
function isOurs({ provider }: identities.IdentityRow): boolean {
  return provider === 'auth0' || provider === 'email' || provider === 'sms';
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

/** Why a change ends what the person is signed in by; undefined when it doesn't. */
function endingOf(before: users.UserRow, sent: AccountSettings): Ending['initiator'] | undefined {
  if (sent.blocked === true) return 'account-deactivated';
  if (sent.password != null) return 'password-changed';
  return sent.email !== undefined && sent.email !== before.email ? 'email-identifier-changed' : undefined;
}

/**
 * Changes an account; false when there is none. A new password, a block and a new address end what the person was signed
 * in by. `connection` says which of a person's identities is meant, if not their own. Throws Taken, InvalidSetting and
 * PasswordQueueFull.
 */
export async function changeAccount(
  ctx: Needed,
  userId: string,
  change: AccountSettings,
  connection: AnyConnection | undefined,
): Promise<boolean> {
  checkTogether(change);
  const sent = canonical(change);
  const { password } = sent;
  const known = await users.find(ctx.database.queries, userId);
  if (password != null && !connection) throw new InvalidSetting('A password needs the connection that it is for.');
  const hash =
    password == null || !connection ? undefined : await hashed(ctx, connection, password, known?.email ?? '');
  const ending = await endingBy(ctx, 'password-changed');
  return ctx.database.transaction(async (queries) => {
    const before = await users.hold(queries, userId);
    if (!before) return false;
    const now = ctx.now();
    const identity = await identityFor(queries, userId, connection);
    checkSource(identity, sent);
    if (isOurs(identity)) await moveIdentifiers(queries, identity, sent);
    if (hash !== undefined) await passwords.put(queries, { identity_id: identity.identity_id, hash, changed_at: now });
    await users.change(queries, before, accountChanges(before, sent, now));
    const initiator = endingOf(before, sent);
    if (initiator) await endAccessIn(ctx, queries, userId, { ...ending, initiator });
    return true;
  });
}

/** Deletes an account with all that refers to it; false when there is none. Its tokens end. */
export async function removeAccount(ctx: Needed, userId: string): Promise<boolean> {
  const ending = await endingBy(ctx, 'account-deleted');
  return ctx.database.transaction(async (queries) => {
    const row = await users.hold(queries, userId);
    if (!row) return false;
    await endAccessIn(ctx, queries, userId, ending);
    await deviceCredentials.removeOfUser(queries, userId);
    await users.remove(queries, row);
    return true;
  });
}

/** Deletes the account of a database that has an address; false when nobody has. */
export async function removeAccountByEmail(
  ctx: Needed,
  { name }: Pick<AnyConnection, 'name'>,
  email: string,
): Promise<boolean> {
  const address = canonicalEmail(email);
  const holder = address && (await identifiers.findHolder(ctx.database.queries, name, 'email', address));
  return holder ? removeAccount(ctx, holder.user_id) : false;
}
