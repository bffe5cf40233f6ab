// Owns the rows of people whom receivers of security events asked not to be told about.
import type { Queries } from '../tables.ts';

export interface SsfSubjectRow {
  stream_id: string;
  /** As the receiver names the person. */
  subject: string;
}

/** Nothing happens when it is there already. */
export async function put(db: Queries, row: SsfSubjectRow): Promise<void> {
  await db
    .insertInto('ssf_subjects')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function remove(db: Queries, { stream_id, subject }: SsfSubjectRow): Promise<void> {
  await db.deleteFrom('ssf_subjects').where('stream_id', '=', stream_id).where('subject', '=', subject).execute();
}

export async function removeStream(db: Queries, streamId: string): Promise<void> {
  await db.deleteFrom('ssf_subjects').where('stream_id', '=', streamId).execute();
}

/** How many there are, counted up to a limit. */
export async function count(db: Queries, streamId: string, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('ssf_subjects')
    .select('subject')
    .where('stream_id', '=', streamId)
    .limit(limit)
    .execute();
  return rows.length;
}

/** Whether any of a person's names is there. */
export async function isAny(db: Queries, streamId: string, subjects: readonly string[]): Promise<boolean> {
  const found = await db
    .selectFrom('ssf_subjects')
    .select('subject')
    .where('stream_id', '=', streamId)
    .where('subject', 'in', subjects)
    .executeTakeFirst();
  return found !== undefined;
}
