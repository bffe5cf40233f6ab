// Owns the changes that administrators make to accounts: of the person, or of one of their identities.
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import type { Queries } from '#storage/database';
import * as identities from '#storage/tables/identities';
import * as passwords from '#storage/tables/passwords';
import * as users from '#storage/tables/users';
import { endAccessIn, endingBy } from './account-endings.ts';
import { canonical, moveIdentifiers } from './account-identifiers.ts';
import { acceptedPassword } from './account-passwords.ts';
import { type AccountSettings, accountChanges } from './account-rows.ts';
import type { AnyConnection } from './connections.ts';
import type { Context } from './context.ts';
import type { Ending } from './logout-outbox.ts';
import { InvalidSetting } from './refusals.ts';
import { recordSecurityEvents, type SecurityEvent } from './security-events.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'passwords' | 'revocations' | 'vault' | 'now'>;

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

const ownAttributes = ['family_name', 'given_name', 'name', 'nickname', 'picture'] as const;

/**
 * What a change makes of the person themselves: of a linked identity what it is found by stays with it, and the rest of a
 * profile is the person's own. Throws InvalidSetting.
 */
async function apart(
  queries: Queries,
  userId: string,
  identity: identities.IdentityRow,
  sent: AccountSettings,
): Promise<AccountSettings> {
  if (identity.identity_id === userId) return sent;
  const attributes = ownAttributes.filter((name) => sent[name] !== undefined);
  if (attributes.length > 0) {
    throw new InvalidSetting(
      `The following user attributes cannot be updated: ${attributes.join(', ')}. The specified connection belongs to a secondary identity.`,
    );
  }
  const { email, email_verified, username, phone_number, phone_verified, ...own } = sent;
  const named = { email, email_verified, username, phone_number, phone_verified };
  const said = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  if (Object.keys(said).length > 0) {
    const before = JSON.parse(identity.profile_data ?? '{}') as JsonObject;
    const unproved = email !== undefined && email !== before['email'] ? { email_verified: false } : {};
    const profile_data = JSON.stringify(mergePatch(before, { ...unproved, ...said }));
    await identities.move(queries, identity.identity_id, { user_id: userId, profile_data });
  }
  return own;
}

/** Why a change ends what the person is signed in by; undefined when it doesn't. */
function endingOf(before: users.UserRow, sent: AccountSettings): Ending['initiator'] | undefined {
  if (sent.blocked === true) return 'account-deactivated';
  if (sent.password != null) return 'password-changed';
  return sent.email !== undefined && sent.email !== before.email ? 'email-identifier-changed' : undefined;
}

/** What those are told of a change who asked to be. */
function eventsOf(before: users.UserRow, sent: AccountSettings): readonly SecurityEvent[] {
  const by = { user_id: before.user_id, initiating_entity: 'admin' } as const;
  const wasBlocked = before.blocked === 1;
  const { email, email_verified = false, blocked, password } = sent;
  return [
    ...(password == null
      ? []
      : [{ ...by, name: 'credential-change', change_type: 'update', credential_type: 'password' } as const]),
    ...(blocked === true && !wasBlocked ? [{ ...by, name: 'account-disabled' } as const] : []),
    ...(blocked === false && wasBlocked ? [{ ...by, name: 'account-enabled' } as const] : []),
    ...(email === undefined || email === before.email
      ? []
      : [{ ...by, name: 'token-claims-change', claims: { email, email_verified } } as const]),
  ];
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
    password == null || !connection ? undefined : await acceptedPassword(ctx, connection, password, known?.email ?? '');
  const ending = await endingBy(ctx, 'password-changed');
  return ctx.database.transaction(async (queries) => {
    const before = await users.hold(queries, userId);
    if (!before) return false;
    const now = ctx.now();
    const identity = await identityFor(queries, userId, connection);
    checkSource(identity, sent);
    await moveIdentifiers(queries, identity, sent);
    if (hash !== undefined) await passwords.put(queries, { identity_id: identity.identity_id, hash, changed_at: now });
    const own = await apart(queries, userId, identity, sent);
    await users.change(queries, before, accountChanges(before, own, now));
    await recordSecurityEvents(ctx, queries, eventsOf(before, own));
    const initiator = endingOf(before, own);
    if (initiator) await endAccessIn(ctx, queries, userId, { ...ending, initiator });
    return true;
  });
}
