// Owns sign-in and sign-up by password: whose password it is, and whether a new one may be used.
import { isForeign } from '#crypto/foreign-hashes';
import { PasswordQueueFull } from '#crypto/password-hash';
import * as identifiers from '#storage/tables/login-identifiers';
import * as passwords from '#storage/tables/passwords';
import type { Connection } from './connections.ts';
import type { Context } from './context.ts';
import { canonicalEmail } from './email-address.ts';
import { isOverlong, type PasswordRule, passwordRulesOf, unmetRules } from './password-policy.ts';
import { createDatabaseUser, type User } from './users.ts';

/** Replaces a hash that another system made by one of ours, unless the password was changed meanwhile. */
async function takeOver(
  ctx: Pick<Context, 'database' | 'passwords'>,
  kept: { readonly identity_id: string; readonly hash: string },
  password: string,
): Promise<void> {
  try {
    await passwords.replace(ctx.database.queries, kept, await ctx.passwords.hash(password));
  } catch (error) {
    // Nobody is turned away for it: the next sign-in does it.
    if (!(error instanceof PasswordQueueFull)) throw error;
  }
}

/**
 * The person whose identifier and password these are; undefined for every other reason alike. An unknown identifier
 * takes as long as a wrong password. Throws PasswordQueueFull.
 */
export async function verifyPassword(
  ctx: Pick<Context, 'database' | 'passwords'>,
  connection: Connection,
  identifier: string,
  password: string,
): Promise<{ user_id: string } | undefined> {
  if (isOverlong(password)) return undefined;
  const email = canonicalEmail(identifier);
  const { queries } = ctx.database;
  const holder =
    email === undefined
      ? await identifiers.findPasswordHolder(queries, connection.name, 'username', identifier.toLowerCase())
      : await identifiers.findPasswordHolder(queries, connection.name, 'email', email);
  const matches = await ctx.passwords.verify(password, holder?.hash ?? undefined);
  if (!matches || !holder) return undefined;
  const { user_id, identity_id, hash } = holder;
  if (hash !== null && isForeign(hash)) await takeOver(ctx, { identity_id, hash }, password);
  return { user_id };
}

export type SignUp =
  | { readonly outcome: 'created'; readonly user: User }
  | { readonly outcome: 'invalid-email' }
  | { readonly outcome: 'overlong-password' }
  | { readonly outcome: 'weak-password'; readonly unmet: readonly PasswordRule[] }
  /** The address has an account, or the connection takes no new people. */
  | { readonly outcome: 'refused' };

/** Makes an account of an address and a password. Throws PasswordQueueFull. */
export async function signUp(
  ctx: Pick<Context, 'database' | 'passwords' | 'now'>,
  connection: Connection,
  address: string,
  password: string,
): Promise<SignUp> {
  if (connection.options.disable_signup) return { outcome: 'refused' };
  const email = canonicalEmail(address);
  if (email === undefined) return { outcome: 'invalid-email' };
  if (isOverlong(password)) return { outcome: 'overlong-password' };
  const unmet = unmetRules(password, passwordRulesOf(connection.options), email);
  if (unmet.length > 0) return { outcome: 'weak-password', unmet };
  const passwordHash = await ctx.passwords.hash(password);
  const fresh = { connection: connection.name, email, email_verified: false, passwordHash };
  const user = await createDatabaseUser(ctx, fresh);
  return user === 'taken' ? { outcome: 'refused' } : { outcome: 'created', user };
}
