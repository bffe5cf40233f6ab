// Owns the joining of two accounts of one person, and their parting.
import { verifyJwt } from '#crypto/jwt';
import type { JsonObject } from '#protocol/merge-patch';
import * as identities from '#storage/tables/identities';
import * as users from '#storage/tables/users';
import { endAccessIn, endingBy } from './account-endings.ts';
import { accountRow } from './account-rows.ts';
import { identityView, inOrder } from './account-view.ts';
import type { Context } from './context.ts';
import { InvalidSetting } from './refusals.ts';
import { subjectOfToken } from './subjects.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'revocations' | 'vault' | 'now'>;

const parsed = (json: string | null): JsonObject => (json === null ? {} : (JSON.parse(json) as JsonObject));

/** What an identity says of the person, kept when it becomes one of several. */
function profileOf(row: users.UserRow): string {
  const { email, given_name, family_name, username, nickname, picture, phone_number } = row;
  const texts = { email, given_name, family_name, username, nickname, picture, phone_number };
  const present = Object.entries(texts).filter(([, value]) => value !== null);
  const verified = email === null ? {} : { email_verified: row.email_verified === 1 };
  return JSON.stringify({ ...Object.fromEntries(present), ...verified });
}

async function viewsOf(ctx: Needed, userId: string): Promise<readonly Record<string, unknown>[]> {
  return inOrder(userId, await identities.listForUser(ctx.database.queries, userId)).map(identityView);
}

/**
 * Gives a person the identities of another account, which goes, with its metadata, roles and sessions. Returns the
 * identities; undefined when one of the accounts isn't there. Throws InvalidSetting.
 */
export async function linkAccounts(
  ctx: Needed,
  userId: string,
  secondaryId: string,
): Promise<readonly Record<string, unknown>[] | undefined> {
  if (userId === secondaryId) throw new InvalidSetting('Main identity and the new one are the same.');
  const ending = await endingBy(ctx, 'account-deleted');
  const linked = await ctx.database.transaction(async (queries) => {
    // In one order always, so that two links in opposite directions wait for each other and do not lock.
    const held = new Map<string, users.UserRow | undefined>();
    for (const id of [userId, secondaryId].toSorted()) held.set(id, await users.hold(queries, id));
    const [primary, secondary] = [held.get(userId), held.get(secondaryId)];
    if (!primary || !secondary) return false;
    for (const row of [primary, secondary]) {
      for (const identity of await identities.listForUser(queries, row.user_id)) {
        const profile_data = identity.profile_data ?? profileOf(row);
        await identities.move(queries, identity.identity_id, { user_id: userId, profile_data });
      }
    }
    await endAccessIn(ctx, queries, secondaryId, ending);
    await users.remove(queries, secondary);
    await users.change(queries, primary, { updated_at: ctx.now() });
    return true;
  });
  return linked ? viewsOf(ctx, userId) : undefined;
}

/**
 * Whom an ID token of ours is about, if it was issued to the application that brings it and hasn't expired: who holds it
 * has just signed in to that account. Throws InvalidSetting.
 */
export function secondaryOf(
  ctx: Pick<Context, 'keys' | 'issuer' | 'vault' | 'now'>,
  token: string,
  clientId: string,
): string {
  const { iss, aud, azp, exp, ...claims } = verifyJwt(token, ctx.keys.verifiers) ?? {};
  // An access token has an azp, and says nothing about who signed in at the application.
  if (iss !== ctx.issuer || azp !== undefined || typeof exp !== 'number' || exp * 1000 <= ctx.now()) {
    throw new InvalidSetting('Invalid token (link_with).');
  }
  if (aud !== clientId) {
    throw new InvalidSetting("JWT (link_with) must have an aud claim that matches that of the calling token's azp.");
  }
  const userId = subjectOfToken(ctx, claims);
  if (userId === undefined) throw new InvalidSetting('JWT (link_with) contains an invalid sub claim.');
  return userId;
}

/** The account that an identity becomes when it stands alone again. */
function alone({ identity_id, profile_data }: identities.IdentityRow, now: number): users.UserRow {
  const profile = parsed(profile_data);
  const texts = ['email', 'username', 'phone_number', 'name', 'given_name', 'family_name', 'nickname', 'picture'];
  const known = texts.flatMap((name) => (typeof profile[name] === 'string' ? [[name, profile[name]]] : []));
  const row = accountRow(identity_id, Object.fromEntries(known), now);
  return { ...row, email_verified: profile['email_verified'] === true ? 1 : 0 };
}

/** Takes a linked identity from a person; it becomes an account of its own. Returns the identities that stay. */
export async function unlinkIdentity(
  ctx: Needed,
  userId: string,
  identityId: string,
): Promise<readonly Record<string, unknown>[] | undefined> {
  if (identityId === userId) throw new InvalidSetting('Main identity cannot be removed.');
  const unlinked = await ctx.database.transaction(async (queries) => {
    if (!(await users.hold(queries, userId))) return false;
    const identity = await identities.find(queries, identityId);
    if (identity?.user_id !== userId) return false;
    await users.insert(queries, alone(identity, ctx.now()));
    await identities.move(queries, identityId, { user_id: identityId, profile_data: null });
    return true;
  });
  return unlinked ? viewsOf(ctx, userId) : undefined;
}
