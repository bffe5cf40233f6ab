// Owns the joining of two accounts of one person, and their parting.
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import * as identities from '#storage/tables/identities';
import * as users from '#storage/tables/users';
import { endUserAccess } from './account-endings.ts';
import { identityView, inOrder } from './account-view.ts';
import type { Context } from './context.ts';
import { InvalidSetting } from './refusals.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'now'>;

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
 * Gives a person the identities of another account, which goes. The first account's metadata stay; the other's fill what it
 * has not. Returns the identities, undefined when one of the accounts isn't there. Throws InvalidSetting.
 */
export async function linkAccounts(
  ctx: Needed,
  userId: string,
  secondaryId: string,
): Promise<readonly Record<string, unknown>[] | undefined> {
  if (userId === secondaryId) throw new InvalidSetting('Main account and target account are the same.');
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
    await users.remove(queries, secondary);
    const app_metadata = mergePatch(parsed(secondary.app_metadata), parsed(primary.app_metadata));
    const isThere = primary.app_metadata !== null || secondary.app_metadata !== null;
    const merged = isThere ? { app_metadata: JSON.stringify(app_metadata) } : {};
    await users.change(queries, primary, { ...merged, updated_at: ctx.now() });
    return true;
  });
  if (!linked) return undefined;
  await endUserAccess(ctx, secondaryId, 'account-deleted');
  return viewsOf(ctx, userId);
}

/** The account that an identity becomes when it stands alone again. */
function alone(identity: identities.IdentityRow, now: number): users.UserRow {
  const profile = parsed(identity.profile_data);
  const text = (name: string) => (typeof profile[name] === 'string' ? (profile[name] as string) : null);
  const email = text('email');
  return {
    user_id: identity.identity_id,
    email,
    email_verified: profile['email_verified'] === true ? 1 : 0,
    username: text('username'),
    phone_number: text('phone_number'),
    phone_verified: null,
    name: text('name') ?? email ?? identity.identity_id,
    given_name: text('given_name'),
    family_name: text('family_name'),
    nickname: text('nickname'),
    picture: text('picture'),
    blocked: 0,
    blocked_told: 0,
    user_metadata: null,
    app_metadata: null,
    created_at: now,
    updated_at: now,
    last_login_at: null,
    last_ip: null,
    logins_count: 0,
    last_password_reset_at: null,
  };
}

/** Takes a linked identity from a person; it becomes an account of its own. Returns the identities that stay. */
export async function unlinkIdentity(
  ctx: Needed,
  userId: string,
  identityId: string,
): Promise<readonly Record<string, unknown>[] | undefined> {
  if (identityId === userId) throw new InvalidSetting('The primary identity cannot be unlinked.');
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
