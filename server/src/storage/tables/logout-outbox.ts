// Owns the rows of log-outs that applications are yet to be told of.
import { PostgresAdapter } from 'kysely';
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface LogoutDeliveryRow {
  /** Also the logout token's `jti`: the same at every attempt. */
  id: string;
  client_id: string;
  url: string;
  user_id: string;
  sid: string;
  /** How often it was claimed. */
  attempts: number;
  /** Nobody claims it before; whoever does moves it, so that it is claimed again if that process dies. */
  next_attempt_at: number;
  created_at: number;
}

/** As many values as either database takes in one statement. */
const rowsAtOnce = 1000;

export async function insert(db: Queries, rows: readonly LogoutDeliveryRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    await db
      .insertInto('logout_outbox')
      .values(rows.slice(start, start + rowsAtOnce))
      .execute();
  }
}

interface Claim {
  now: number;
  /** Until when the rows are the caller's own. */
  until: number;
  limit: number;
}

// On PostgreSQL whoever comes second passes over the rows that the first one is taking; SQLite has one writer at a time.
const claimSome = prepared<Claim, LogoutDeliveryRow>((db, value) =>
  db
    .with('due', (from) =>
      from
        .selectFrom('logout_outbox')
        .select('id')
        .where('next_attempt_at', '<=', value('now'))
        .orderBy('next_attempt_at')
        .limit(value('limit'))
        .$if(db.getExecutor().adapter instanceof PostgresAdapter, (rows) => rows.forUpdate().skipLocked()),
    )
    .updateTable('logout_outbox')
    .set((row) => ({ next_attempt_at: value('until'), attempts: row('attempts', '+', 1) }))
    .where('id', 'in', (from) => from.selectFrom('due').select('due.id'))
    .returningAll(),
);

/** Takes deliveries that are due, the longest waiting first. Of any number of callers one gets each. */
export async function claim(db: Queries, request: Claim): Promise<LogoutDeliveryRow[]> {
  return claimSome(db, request);
}

export async function remove(db: Queries, id: string): Promise<void> {
  await db.deleteFrom('logout_outbox').where('id', '=', id).execute();
}

/** Says when a claimed delivery is due again; nothing happens when somebody else has claimed it since. */
export async function reschedule(
  db: Queries,
  { id, attempts }: Pick<LogoutDeliveryRow, 'id' | 'attempts'>,
  nextAttemptAt: number,
): Promise<void> {
  await db
    .updateTable('logout_outbox')
    .set({ next_attempt_at: nextAttemptAt })
    .where('id', '=', id)
    .where('attempts', '=', attempts)
    .execute();
}

/** Puts off whatever is due at an address. */
export async function postpone(db: Queries, url: string, { now, until }: Omit<Claim, 'limit'>): Promise<void> {
  await db
    .updateTable('logout_outbox')
    .set({ next_attempt_at: until })
    .where('next_attempt_at', '<=', now)
    .where('url', '=', url)
    .execute();
}
