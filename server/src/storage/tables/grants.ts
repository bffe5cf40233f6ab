// Owns what people have consented to: an application, an API and the scopes allowed.
import type { Queries } from '../tables.ts';
import type { RowWindow } from '../window.ts';

export interface GrantRow {
  id: string;
  user_id: string;
  client_id: string;
  /** The API's identifier; empty for the person's own profile. */
  audience: string;
  /** Space-separated. */
  scope: string;
  created_at: number;
  updated_at: number;
}

type GrantKey = Pick<GrantRow, 'user_id' | 'client_id' | 'audience'>;

export async function find(db: Queries, key: GrantKey): Promise<GrantRow | undefined> {
  return db
    .selectFrom('grants')
    .selectAll()
    .where('user_id', '=', key.user_id)
    .where('client_id', '=', key.client_id)
    .where('audience', '=', key.audience)
    .executeTakeFirst();
}

/** Records a consent, in the place of an earlier one for the same API. */
export async function put(db: Queries, row: GrantRow): Promise<void> {
  await db
    .insertInto('grants')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'client_id', 'audience'])
        .doUpdateSet({ scope: row.scope, updated_at: row.updated_at }),
    )
    .execute();
}

/** Forgets what people have consented to at an application. */
export async function removeOfClient(db: Queries, clientId: string): Promise<void> {
  await db.deleteFrom('grants').where('client_id', '=', clientId).execute();
}

/** What a list is narrowed to. */
export type GrantFilter = { readonly [K in keyof GrantKey]?: GrantRow[K] | undefined };

function narrowed(db: Queries, { user_id, client_id, audience }: GrantFilter) {
  const all = db.selectFrom('grants');
  const ofUser = user_id === undefined ? all : all.where('user_id', '=', user_id);
  const ofClient = client_id === undefined ? ofUser : ofUser.where('client_id', '=', client_id);
  return audience === undefined ? ofClient : ofClient.where('audience', '=', audience);
}

/** The oldest first. */
export async function list(db: Queries, filter: GrantFilter, window: RowWindow): Promise<GrantRow[]> {
  const page = narrowed(db, filter).selectAll().orderBy('created_at').orderBy('id').limit(window.limit);
  if ('start' in window) return page.offset(window.start).execute();
  const { after } = window;
  if (!after) return page.execute();
  return page
    .where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'id'), '>', tuple(after.at, after.id)))
    .execute();
}

export async function count(db: Queries, filter: GrantFilter): Promise<number> {
  const row = await narrowed(db, filter)
    .select((expression) => expression.fn.countAll().as('grants'))
    .executeTakeFirstOrThrow();
  return Number(row.grants);
}

/** Forgets one consent, and returns it. */
export async function remove(db: Queries, id: string): Promise<GrantRow | undefined> {
  return db.deleteFrom('grants').where('id', '=', id).returningAll().executeTakeFirst();
}

/** Forgets all that a person has consented to. */
export async function removeOfUser(db: Queries, userId: string): Promise<void> {
  await db.deleteFrom('grants').where('user_id', '=', userId).execute();
}
