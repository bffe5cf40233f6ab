// Owns the rows of security events that receivers are yet to be told of.
import { PostgresAdapter } from 'kysely';
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface SecurityEventDeliveryRow {
  /** Also the SET's `jti`: the same at every attempt. */
  id: string;
  stream_id: string;
  /** The URI of the event's type. */
  event: string;
  /** Null for an event about the stream itself. */
  user_id: string | null;
  sid: string | null;
  /** What the event says, as JSON. */
  payload: string;
  /** How often it was claimed. */
  attempts: number;
  /** Null where the receiver fetches it. Nobody claims it before; whoever does moves it. */
  next_attempt_at: number | null;
  created_at: number;
}

export async function insert(db: Queries, rows: readonly SecurityEventDeliveryRow[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('security_event_outbox').values(rows).execute();
}

interface Claim {
  now: number;
  /** Until when the rows are the caller's own. */
  until: number;
  limit: number;
}

// On PostgreSQL whoever comes second passes over the rows that the first one is taking; SQLite has one writer at a time.
const claimSome = prepared<Claim, SecurityEventDeliveryRow>((db, value) =>
  db
    .with('due', (from) =>
      from
        .selectFrom('security_event_outbox')
        .select('id')
        .where('next_attempt_at', '<=', value('now'))
        .orderBy('next_attempt_at')
        .limit(value('limit'))
        .$if(db.getExecutor().adapter instanceof PostgresAdapter, (rows) => rows.forUpdate().skipLocked()),
    )
    .updateTable('security_event_outbox')
    .set((row) => ({ next_attempt_at: value('until'), attempts: row('attempts', '+', 1) }))
    .where('id', 'in', (from) => from.selectFrom('due').select('due.id'))
    .returningAll(),
);

/** Takes events that are due to be pushed, the longest waiting first. Of any number of callers one gets each. */
export async function claim(db: Queries, request: Claim): Promise<SecurityEventDeliveryRow[]> {
  return claimSome(db, request);
}

/** What a stream holds, oldest first. */
export async function listOfStream(db: Queries, streamId: string, limit: number): Promise<SecurityEventDeliveryRow[]> {
  return db
    .selectFrom('security_event_outbox')
    .selectAll()
    .where('stream_id', '=', streamId)
    .orderBy('created_at')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Removes events of one stream: ids of another's are passed over. */
export async function remove(db: Queries, streamId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.deleteFrom('security_event_outbox').where('stream_id', '=', streamId).where('id', 'in', ids).execute();
}

/** Puts off whatever of a stream is due. */
export async function postpone(
  db: Queries,
  streamId: string,
  { now, until }: Pick<Claim, 'now' | 'until'>,
): Promise<void> {
  await db
    .updateTable('security_event_outbox')
    .set({ next_attempt_at: until })
    .where('next_attempt_at', '<=', now)
    .where('stream_id', '=', streamId)
    .execute();
}

/** Says of all that a stream holds when it is due: null where the receiver fetches it. */
export async function reroute(db: Queries, streamId: string, nextAttemptAt: number | null): Promise<void> {
  await db
    .updateTable('security_event_outbox')
    .set({ next_attempt_at: nextAttemptAt })
    .where('stream_id', '=', streamId)
    .execute();
}

export async function removeStream(db: Queries, streamId: string): Promise<void> {
  await db.deleteFrom('security_event_outbox').where('stream_id', '=', streamId).execute();
}

/** Says when a claimed event is due again; nothing happens when somebody else has claimed it since. */
export async function reschedule(
  db: Queries,
  { id, attempts }: Pick<SecurityEventDeliveryRow, 'id' | 'attempts'>,
  nextAttemptAt: number,
): Promise<void> {
  await db
    .updateTable('security_event_outbox')
    .set({ next_attempt_at: nextAttemptAt })
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .execute();
}

/** Deletes what is older. Returns how many. */
export async function purge(db: Queries, before: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('security_event_outbox')
    .where('created_at', '<', before)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
