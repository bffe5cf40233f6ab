// Owns the parts of what a job takes in and gives, so that neither is ever in memory as a whole.
import type { Queries } from '../tables.ts';

export interface JobPartRow {
  job_id: string;
  /** `input` is deleted as it is done, `output` is a file's next piece, `error` tells of what failed. */
  kind: 'input' | 'output' | 'error';
  /** From 0, in order; some may be missing. */
  number: number;
  /** gzip; of `input` sealed. */
  data: Uint8Array;
}

type Place = Pick<JobPartRow, 'job_id' | 'kind' | 'number'>;

export async function insert(db: Queries, row: JobPartRow): Promise<void> {
  await db.insertInto('job_parts').values(row).execute();
}

export async function find(db: Queries, { job_id, kind, number }: Place): Promise<JobPartRow | undefined> {
  return db
    .selectFrom('job_parts')
    .selectAll()
    .where('job_id', '=', job_id)
    .where('kind', '=', kind)
    .where('number', '=', number)
    .executeTakeFirst();
}

/** The first part that comes after a number. */
export async function findAfter(db: Queries, { job_id, kind, number }: Place): Promise<JobPartRow | undefined> {
  return db
    .selectFrom('job_parts')
    .selectAll()
    .where('job_id', '=', job_id)
    .where('kind', '=', kind)
    .where('number', '>', number)
    .orderBy('number')
    .limit(1)
    .executeTakeFirst();
}

export async function remove(db: Queries, { job_id, kind, number }: Place): Promise<void> {
  await db
    .deleteFrom('job_parts')
    .where('job_id', '=', job_id)
    .where('kind', '=', kind)
    .where('number', '=', number)
    .execute();
}
