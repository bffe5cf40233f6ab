// Owns how people are shown in lists of those who belong to something: members, holders of roles.
import type { Context } from '#domain/context';
import type { ListedPerson } from '#domain/organization-members';
import { findUser, type User } from '#domain/users';
import type { Mark } from '#domain/window';
import { ApiError } from '#protocol/api-error';

export function markOf({ created_at, user_id }: ListedPerson): Mark {
  return { at: created_at, id: user_id };
}

/** What isn't known of somebody isn't told. */
export function shownPerson({ created_at, ...person }: ListedPerson): Partial<Omit<ListedPerson, 'created_at'>> {
  return Object.fromEntries(Object.entries(person).filter(([, value]) => value !== null));
}

/** The person of a path, or their refusal. */
export async function userOf(ctx: Context, userId: string): Promise<User> {
  const user = await findUser(ctx, userId);
  if (!user) throw new ApiError(404, 'The user does not exist.', 'inexistent_user');
  return user;
}
