// Owns which roles a person has.
import type { Queries } from '../tables.ts';

export interface UserRoleRow {
  user_id: string;
  role_id: string;
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

/** How many people have a role. */
export async function countHolders(db: Queries, roleId: string): Promise<number> {
  const row = await db
    .selectFrom('user_roles')
    .select((expression) => expression.fn.countAll().as('holders'))
    .where('role_id', '=', roleId)
    .executeTakeFirstOrThrow();
  return Number(row.holders);
}
