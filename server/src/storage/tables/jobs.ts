// Owns the rows of jobs: work that outlives a request and a process, done by one node at a time.
import { PostgresAdapter } from 'kysely';
import type { Queries } from '../tables.ts';

export interface JobRow {
  id: string;
  type: string;
  /** `receiving`: what it works on is yet to arrive, and nobody but its maker knows of it. */
  status: 'receiving' | 'pending' | 'processing' | 'completed' | 'failed';
  /** JSON: what was asked for. */
  body: string;
  /** JSON: how far it got; the type's own. */
  state: string;
  /** Of `total`, in the type's own units. */
  done: number;
  total: number;
  /** Why it failed. */
  status_details: string | null;
  /** Whoever claimed it; each claim is another. */
  lease: string | null;
  /** Nobody else claims it before. */
  lease_until: number;
  /** How often it was claimed since it last got any further. */
  attempts: number;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

export async function insert(db: Queries, row: JobRow): Promise<void> {
  await db.insertInto('jobs').values(row).execute();
}

export async function find(db: Queries, id: string): Promise<JobRow | undefined> {
  return db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function remove(db: Queries, id: string): Promise<void> {
  await db.deleteFrom('jobs').where('id', '=', id).execute();
}

/** Lets a job begin that was being received, or ends it before. */
export async function receive(
  db: Queries,
  id: string,
  values: Pick<JobRow, 'status' | 'body' | 'total' | 'status_details' | 'ended_at'>,
): Promise<void> {
  await db.updateTable('jobs').set(values).where('id', '=', id).where('status', '=', 'receiving').execute();
}

interface Claim {
  now: number;
  lease: string;
  until: number;
}

/**
 * Takes the job of some types that waits longest, or whose node died. Of any number of callers one gets it: on PostgreSQL
 * whoever comes second passes over the row that the first one is taking; SQLite has one writer at a time.
 */
export async function claim(
  db: Queries,
  types: readonly string[],
  { now, lease, until }: Claim,
): Promise<JobRow | undefined> {
  return db
    .with('due', (from) =>
      from
        .selectFrom('jobs')
        .select('id')
        .where('status', 'in', ['pending', 'processing'])
        .where('type', 'in', types)
        .where('lease_until', '<=', now)
        .orderBy('created_at')
        .orderBy('id')
        .limit(1)
        .$if(db.getExecutor().adapter instanceof PostgresAdapter, (rows) => rows.forUpdate().skipLocked()),
    )
    .updateTable('jobs')
    .set((row) => ({
      status: 'processing',
      lease,
      lease_until: until,
      attempts: row('attempts', '+', 1),
      started_at: row.fn.coalesce('started_at', row.val(now)),
    }))
    .where('id', 'in', (from) => from.selectFrom('due').select('due.id'))
    .returningAll()
    .executeTakeFirst();
}

/** How many of a type haven't ended. */
export async function countActive(db: Queries, type: string): Promise<number> {
  const { active } = await db
    .selectFrom('jobs')
    .select((all) => all.fn.countAll<number>().as('active'))
    .where('type', '=', type)
    .where('status', 'in', ['pending', 'processing'])
    .executeTakeFirstOrThrow();
  return Number(active);
}

export type Claimed = Pick<JobRow, 'id'> & { readonly lease: string };

/** Changes a job for whoever still has it; false for everybody else. */
export async function update(
  db: Queries,
  { id, lease }: Claimed,
  values: Partial<Omit<JobRow, 'id' | 'type' | 'body' | 'created_at'>>,
): Promise<boolean> {
  const result = await db
    .updateTable('jobs')
    .set(values)
    .where('id', '=', id)
    .where('lease', '=', lease)
    .where('status', '=', 'processing')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Deletes jobs that were made before a moment and aren't under way, with all that they took in and gave. */
export async function purge(db: Queries, before: number): Promise<number> {
  const result = await db
    .deleteFrom('jobs')
    .where('created_at', '<=', before)
    .where('status', 'in', ['receiving', 'completed', 'failed'])
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
