// Owns which roles a person has.
import type { Queries } from '../tables.ts';
import type { RowWindow } from '../window.ts';
import type { ListedPerson } from './organization-members.ts';

export interface UserRoleRow {
  user_id: string;
  role_id: string;
  created_at: number;
}

export async function assign(db: Queries, row: UserRoleRow): Promise<void> {
  await db
    .insertInto('user_roles')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function listForUser(db: Queries, userId: string): Promise<string[]> {
  const rows = await db.selectFrom('user_roles').select('role_id').where('user_id', '=', userId).execute();
  return rows.map((row) => row.role_id);
}

/** The roles that a person has, by themselves and by the groups in which they are. */
export async function listEffective(db: Queries, userId: string): Promise<string[]> {
  const byGroup = db
    .selectFrom('group_members as member')
    .innerJoin('group_roles as held', 'held.group_id', 'member.group_id')
    .select('held.role_id')
    .where('member.user_id', '=', userId)
    .where('held.organization_id', '=', '');
  const rows = await db
    .selectFrom('user_roles')
    .select('role_id')
    .where('user_id', '=', userId)
    .union(byGroup)
    .execute();
  return rows.map((row) => row.role_id);
}

/** How many people have a role. */
export async function countHolders(db: Queries, roleId: string): Promise<number> {
  const row = await db
    .selectFrom('user_roles')
    .select((expression) => expression.fn.countAll().as('holders'))
    .where('role_id', '=', roleId)
    .executeTakeFirstOrThrow();
  return Number(row.holders);
}

/** The people who have a role, who got it first first. */
export async function listHolders(db: Queries, roleId: string, window: RowWindow): Promise<ListedPerson[]> {
  const all = db
    .selectFrom('user_roles as held')
    .innerJoin('users', 'users.user_id', 'held.user_id')
    .select(['held.user_id', 'held.created_at', 'users.email', 'users.name', 'users.picture'])
    .where('held.role_id', '=', roleId)
    .orderBy('held.created_at')
    .orderBy('held.user_id')
    .limit(window.limit);
  if ('start' in window) return all.offset(window.start).execute();
  const { after } = window;
  if (!after) return all.execute();
  return all
    .where(({ eb, refTuple, tuple }) => eb(refTuple('held.created_at', 'held.user_id'), '>', tuple(after.at, after.id)))
    .execute();
}

export async function removeOfRole(db: Queries, roleId: string): Promise<void> {
  await db.deleteFrom('user_roles').where('role_id', '=', roleId).execute();
}

/** Takes a role from a person, who may not have it. */
export async function remove(
  db: Queries,
  { user_id, role_id }: Pick<UserRoleRow, 'user_id' | 'role_id'>,
): Promise<void> {
  await db.deleteFrom('user_roles').where('user_id', '=', user_id).where('role_id', '=', role_id).execute();
}
