// Owns the rows of events that are sent to event streams, with all that came of it.
import type { Queries } from '../tables.ts';

export interface EventDeliveryRow {
  /** The event's own. */
  id: string;
  event_stream_id: string;
  event_type: string;
  status: 'pending' | 'succeeded' | 'failed';
  /** JSON. */
  event: string;
  /** JSON: a list. */
  attempts: string;
  /** How often it was tried since it was last asked for. */
  tries: number;
  created_at: number;
  /** When it succeeded or last failed. */
  settled_at: number | null;
  /** Nobody takes it before; null when it is not to be tried again. */
  next_attempt_at: number | null;
}

export async function insert(db: Queries, row: EventDeliveryRow): Promise<void> {
  await db.insertInto('event_deliveries').values(row).execute();
}

export async function find(db: Queries, stream: string, id: string): Promise<EventDeliveryRow | undefined> {
  return db
    .selectFrom('event_deliveries')
    .selectAll()
    .where('id', '=', id)
    .where('event_stream_id', '=', stream)
    .executeTakeFirst();
}

export async function listDue(db: Queries, now: number, limit: number): Promise<EventDeliveryRow[]> {
  return db
    .selectFrom('event_deliveries')
    .selectAll()
    .where('next_attempt_at', '<=', now)
    .orderBy('next_attempt_at')
    .limit(limit)
    .execute();
}

/** Takes one until a time, by which it is due again if whoever took it dies. Of any number of callers one gets true. */
export async function claim(db: Queries, { id, next_attempt_at }: EventDeliveryRow, until: number): Promise<boolean> {
  const result = await db
    .updateTable('event_deliveries')
    .set((row) => ({ next_attempt_at: until, tries: row('tries', '+', 1) }))
    .where('id', '=', id)
    .where('next_attempt_at', '=', next_attempt_at)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function update(
  db: Queries,
  id: string,
  values: Pick<EventDeliveryRow, 'status' | 'attempts' | 'settled_at' | 'next_attempt_at'>,
): Promise<void> {
  await db.updateTable('event_deliveries').set(values).where('id', '=', id).execute();
}

export interface DeliveryFilter {
  readonly stream: string;
  readonly statuses?: readonly string[] | undefined;
  readonly eventTypes?: readonly string[] | undefined;
  /** Included. */
  readonly from?: number | undefined;
  /** Not included. */
  readonly to?: number | undefined;
}

function filtered(db: Queries, { stream, statuses, eventTypes, from, to }: DeliveryFilter) {
  return db
    .selectFrom('event_deliveries')
    .where('event_stream_id', '=', stream)
    .$if(statuses !== undefined, (rows) => rows.where('status', 'in', statuses as EventDeliveryRow['status'][]))
    .$if(eventTypes !== undefined, (rows) => rows.where('event_type', 'in', eventTypes as string[]))
    .$if(from !== undefined, (rows) => rows.where('created_at', '>=', from as number))
    .$if(to !== undefined, (rows) => rows.where('created_at', '<', to as number));
}

/** Oldest first, after the one that is named. */
export async function list(
  db: Queries,
  filter: DeliveryFilter,
  after: Pick<EventDeliveryRow, 'created_at' | 'id'> | undefined,
  limit: number,
): Promise<EventDeliveryRow[]> {
  return filtered(db, filter)
    .$if(after !== undefined, (rows) =>
      rows.where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple('created_at', 'id'),
          '>',
          tuple((after as EventDeliveryRow).created_at, (after as EventDeliveryRow).id),
        ),
      ),
    )
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Makes those that failed due again. */
export async function retry(db: Queries, filter: DeliveryFilter, now: number): Promise<void> {
  await db
    .updateTable('event_deliveries')
    .set({ status: 'pending', tries: 0, next_attempt_at: now })
    .where('id', 'in', filtered(db, { ...filter, statuses: ['failed'] }).select('id'))
    .execute();
}

/** When each delivery of a stream came to its end, since a time. */
export async function listSettled(
  db: Queries,
  stream: string,
  since: number,
): Promise<Pick<EventDeliveryRow, 'status' | 'settled_at'>[]> {
  return db
    .selectFrom('event_deliveries')
    .select(['status', 'settled_at'])
    .where('event_stream_id', '=', stream)
    .where('status', 'in', ['succeeded', 'failed'])
    .where('settled_at', '>=', since)
    .execute();
}

export async function removeOfStream(db: Queries, stream: string): Promise<void> {
  await db.deleteFrom('event_deliveries').where('event_stream_id', '=', stream).execute();
}

export async function purge(db: Queries, before: number): Promise<number> {
  const result = await db.deleteFrom('event_deliveries').where('created_at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
