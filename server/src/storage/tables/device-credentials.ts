// Owns the rows of public keys by which people's devices are known.
import type { Queries } from '../tables.ts';
import type { RowWindow } from '../window.ts';

export interface DeviceCredentialRow {
  id: string;
  /** The `sub` of the token it was made with. */
  user_id: string;
  client_id: string;
  device_id: string;
  device_name: string;
  /** The public key. */
  value: string;
  created_at: number;
}

/** What a list is narrowed to. */
export interface DeviceFilter {
  readonly user_id?: string | undefined;
  readonly client_id?: string | undefined;
}

/** False when the device has a key for the application already. */
export async function insert(db: Queries, row: DeviceCredentialRow): Promise<boolean> {
  const result = await db
    .insertInto('device_credentials')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) === 1n;
}

function narrowed(db: Queries, { user_id, client_id }: DeviceFilter) {
  const all = db.selectFrom('device_credentials');
  const ofUser = user_id === undefined ? all : all.where('user_id', '=', user_id);
  return client_id === undefined ? ofUser : ofUser.where('client_id', '=', client_id);
}

/** The oldest first. */
export async function list(db: Queries, filter: DeviceFilter, window: RowWindow): Promise<DeviceCredentialRow[]> {
  const page = narrowed(db, filter).selectAll().orderBy('created_at').orderBy('id').limit(window.limit);
  if ('start' in window) return page.offset(window.start).execute();
  const { after } = window;
  if (!after) return page.execute();
  return page
    .where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'id'), '>', tuple(after.at, after.id)))
    .execute();
}

export async function count(db: Queries, filter: DeviceFilter): Promise<number> {
  const row = await narrowed(db, filter)
    .select((expression) => expression.fn.countAll().as('devices'))
    .executeTakeFirstOrThrow();
  return Number(row.devices);
}

export async function find(db: Queries, id: string): Promise<DeviceCredentialRow | undefined> {
  return db.selectFrom('device_credentials').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function remove(db: Queries, id: string): Promise<void> {
  await db.deleteFrom('device_credentials').where('id', '=', id).execute();
}

export async function removeOfUser(db: Queries, userId: string): Promise<void> {
  await db.deleteFrom('device_credentials').where('user_id', '=', userId).execute();
}
