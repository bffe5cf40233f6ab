// Owns groups of people, as the directories behind connections know them.
import { sql } from 'kysely';
import type { Queries } from '../tables.ts';
import type { RowWindow } from '../window.ts';

export interface GroupRow {
  id: string;
  connection_id: string;
  name: string;
  /** What the directory calls it. */
  external_id: string | null;
  created_at: number;
  updated_at: number;
}

export interface GroupFilter {
  readonly connection_id?: string | undefined;
  readonly name?: string | undefined;
  readonly external_id?: string | undefined;
  /** Part of the name or of the external id, in any case. */
  readonly search?: string | undefined;
}

/** False when the connection has a group of that name. */
export async function insert(db: Queries, row: GroupRow): Promise<boolean> {
  const result = await db
    .insertInto('groups')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

export async function find(db: Queries, id: string): Promise<GroupRow | undefined> {
  return db.selectFrom('groups').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Its memberships and roles go with it. False when there is none. */
export async function remove(db: Queries, id: string): Promise<boolean> {
  const result = await db.deleteFrom('groups').where('id', '=', id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/** Names are ASCII, so that both databases agree on what is lower-case. */
function contains(column: string, part: string) {
  const pattern = `%${part.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`;
  return sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '!'`;
}

function filtered(db: Queries, { connection_id, name, external_id, search }: GroupFilter) {
  let query = db.selectFrom('groups');
  if (connection_id !== undefined) query = query.where('connection_id', '=', connection_id);
  if (name !== undefined) query = query.where('name', '=', name);
  if (external_id !== undefined) query = query.where('external_id', '=', external_id);
  if (search === undefined) return query;
  return query.where(({ or }) => or([contains('name', search), contains('external_id', search)]));
}

/** The oldest first. */
export async function list(db: Queries, filter: GroupFilter, window: RowWindow): Promise<GroupRow[]> {
  const all = filtered(db, filter).selectAll().orderBy('created_at').orderBy('id').limit(window.limit);
  if ('start' in window) return all.offset(window.start).execute();
  const { after } = window;
  if (!after) return all.execute();
  return all
    .where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'id'), '>', tuple(after.at, after.id)))
    .execute();
}

export async function count(db: Queries, filter: GroupFilter): Promise<number> {
  const row = await filtered(db, filter)
    .select((expression) => expression.fn.countAll().as('groups'))
    .executeTakeFirstOrThrow();
  return Number(row.groups);
}
