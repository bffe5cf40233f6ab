// Owns what a person of ours is found by at sign-in: one canonical form of it, claimed by one person in a connection.
import type { Queries } from '#storage/database';
import type * as identities from '#storage/tables/identities';
import * as identifiers from '#storage/tables/login-identifiers';
import type { AccountSettings } from './account-rows.ts';
import { canonicalEmail } from './email-address.ts';
import { InvalidSetting, Taken } from './refusals.ts';

/** The same person's address and name is the same text everywhere. Throws InvalidSetting. */
export function canonical<S extends AccountSettings>(settings: S): S {
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

const identifierTypes = ['email', 'username', 'phone_number'] as const;

/** Claims what a person is found by at sign-in. Throws Taken. */
export async function claimIdentifiers(
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

/** Whether people are found in the connection by what we know of them. */
function isOurs({ provider }: identities.IdentityRow): boolean {
  return provider === 'auth0' || provider === 'email' || provider === 'sms';
}

/** Gives up what a change takes the place of, and claims that. Throws Taken. */
export async function moveIdentifiers(
  queries: Queries,
  identity: identities.IdentityRow,
  sent: AccountSettings,
): Promise<void> {
  if (!isOurs(identity)) return;
  const changed = identifierTypes.filter((type) => sent[type] !== undefined);
  for (const type of changed) await identifiers.release(queries, identity.identity_id, type);
  await claimIdentifiers(queries, identity, Object.fromEntries(changed.map((type) => [type, sent[type]])));
}
