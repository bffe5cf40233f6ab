// Owns the accounts that administrators make and delete: in any connection, all of it or nothing.
import { randomHexSince } from '#crypto/random';
import * as deviceCredentials from '#storage/tables/device-credentials';
import * as identities from '#storage/tables/identities';
import * as identifiers from '#storage/tables/login-identifiers';
import * as passwords from '#storage/tables/passwords';
import * as users from '#storage/tables/users';
import { endAccessIn, endingBy } from './account-endings.ts';
import { canonical, claimIdentifiers } from './account-identifiers.ts';
import { acceptedPassword } from './account-passwords.ts';
import { type AccountSettings, accountRow } from './account-rows.ts';
import type { AnyConnection } from './connections.ts';
import type { Context } from './context.ts';
import { canonicalEmail } from './email-address.ts';
import { InvalidSetting, Taken } from './refusals.ts';
import { recordSecurityEvents } from './security-events.ts';

export interface NewAccount extends AccountSettings {
  readonly connection: AnyConnection;
  /** What stands behind the bar. Undefined or empty: one is made. */
  readonly user_id?: string;
}

type Needed = Pick<Context, 'database' | 'documents' | 'passwords' | 'revocations' | 'vault' | 'now'>;

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
  const hash = password == null ? undefined : await acceptedPassword(ctx, connection, password, settings.email ?? '');
  const own = { identity_id: userId, user_id: userId, connection: name, provider };
  await ctx.database.transaction(async (queries) => {
    const isThere = (await users.find(queries, userId)) ?? (await identities.find(queries, userId));
    if (isThere) throw new Taken('The user already exists.');
    await users.insert(queries, accountRow(userId, settings, now));
    await identities.insert(queries, { ...own, is_social: 0, profile_data: null, created_at: now });
    await claimIdentifiers(queries, own, settings);
    if (hash !== undefined) await passwords.put(queries, { identity_id: userId, hash, changed_at: now });
  });
  return userId;
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
    const purged = { name: 'account-purged', user_id: userId, initiating_entity: 'admin' } as const;
    await recordSecurityEvents(ctx, queries, [purged]);
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
