// Owns what people may do at APIs beside what their roles allow them.
import type { Queries } from '../tables.ts';

export interface UserPermissionRow {
  user_id: string;
  resource_server_identifier: string;
  permission_name: string;
}

export async function assign(db: Queries, row: UserPermissionRow): Promise<void> {
  await db
    .insertInto('user_permissions')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** False when the person didn't have it. */
export async function remove(db: Queries, row: UserPermissionRow): Promise<boolean> {
  const result = await db
    .deleteFrom('user_permissions')
    .where('user_id', '=', row.user_id)
    .where('resource_server_identifier', '=', row.resource_server_identifier)
    .where('permission_name', '=', row.permission_name)
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** The names of what a person may do at one API. */
export async function listForUser(db: Queries, userId: string, identifier: string): Promise<string[]> {
  const rows = await db
    .selectFrom('user_permissions')
    .select('permission_name')
    .where('user_id', '=', userId)
    .where('resource_server_identifier', '=', identifier)
    .orderBy('permission_name')
    .execute();
  return rows.map((row) => row.permission_name);
}

/** Everything that a person may do beside their roles. */
export async function listAll(db: Queries, userId: string): Promise<UserPermissionRow[]> {
  return db
    .selectFrom('user_permissions')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('resource_server_identifier')
    .orderBy('permission_name')
    .execute();
}
