// Owns the rows of log events: written many at a time, numbered in the order of their commits, never changed.
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface LogRow {
  /** Rises by one with every event, across nodes: who has read up to one misses none that is written later. */
  seq: number;
  /** When it happened. */
  date: number;
  type: string;
  client_id: string | null;
  user_id: string | null;
  ip: string | null;
  description: string | null;
  connection: string | null;
  connection_id: string | null;
  organization_id: string | null;
  client_name: string | null;
  user_name: string | null;
  user_agent: string | null;
  hostname: string | null;
  audience: string | null;
  scope: string | null;
  strategy: string | null;
  strategy_type: string | null;
  /** JSON. */
  details: string | null;
  /** JSON. */
  auth0_client: string | null;
}

const columns = [
  'seq',
  'date',
  'type',
  'client_id',
  'user_id',
  'ip',
  'description',
  'connection',
  'connection_id',
  'organization_id',
  'client_name',
  'user_name',
  'user_agent',
  'hostname',
  'audience',
  'scope',
  'strategy',
  'strategy_type',
  'details',
  'auth0_client',
] as const satisfies (keyof LogRow)[];

/** Inserts so many rows, whose values come one after the other. */
function insertOf(count: number) {
  return prepared<readonly unknown[], never>((db, value) => {
    const rowAt = (row: number) =>
      columns.map((name, column) => [name, value(String(row * columns.length + column) as never)]);
    return db
      .insertInto('logs')
      .values(Array.from({ length: count }, (_, row) => Object.fromEntries(rowAt(row)) as LogRow));
  });
}

/** A statement for each of a few sizes: together they write any number of rows, and each is built once. */
const inserts = [64, 8, 1].map((count) => ({ count, insert: insertOf(count) }));

/**
 * Takes the numbers of so many events. Must run inside the transaction that writes them: the counter's row stays locked
 * until the commit, so events become visible in the order of their numbers.
 */
async function takeNumbers(db: Queries, count: number): Promise<number> {
  const { value } = await db
    .insertInto('counters')
    .values({ name: 'logs', value: count })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((update) => ({ value: update('counters.value', '+', count) })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  return value - count + 1;
}

/** Writes events, inside a transaction. */
export async function insert(db: Queries, rows: readonly Omit<LogRow, 'seq'>[]): Promise<void> {
  let seq = await takeNumbers(db, rows.length);
  let at = 0;
  for (const { count, insert } of inserts) {
    while (rows.length - at >= count) {
      const values: unknown[] = [];
      for (const row of rows.slice(at, at + count)) {
        const numbered: LogRow = { seq, ...row };
        for (const name of columns) values.push(numbered[name]);
        seq += 1;
      }
      await insert(db, values);
      at += count;
    }
  }
}

export async function find(db: Queries, seq: number): Promise<LogRow | undefined> {
  return db.selectFrom('logs').selectAll().where('seq', '=', seq).executeTakeFirst();
}

/** The events after a number, in the order of their numbers. */
export async function listAfter(db: Queries, seq: number, limit: number): Promise<LogRow[]> {
  return db.selectFrom('logs').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute();
}

/** Deletes so many of those that happened before a time. Returns how many there were. */
export async function purge(db: Queries, before: number, most: number): Promise<number> {
  const oldest = db.selectFrom('logs').select('seq').where('date', '<', before).orderBy('date').limit(most);
  const result = await db.deleteFrom('logs').where('seq', 'in', oldest).executeTakeFirst();
  return Number(result.numDeletedRows);
}
