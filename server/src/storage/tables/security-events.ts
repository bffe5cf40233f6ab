// Owns the rows of security events that acts leave behind, until they are distributed to those who want to be told.
import type { Queries } from '../tables.ts';

export interface SecurityEventRow {
  id: string;
  /** What happened, as `EventName`. */
  name: string;
  user_id: string;
  sid: string | null;
  initiating_entity: string;
  /** What is particular, as JSON. */
  details: string;
  created_at: number;
}

export async function insert(db: Queries, rows: readonly SecurityEventRow[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('security_events').values(rows).execute();
}

/** The longest waiting first. */
export async function list(db: Queries, limit: number): Promise<SecurityEventRow[]> {
  return db.selectFrom('security_events').selectAll().orderBy('created_at').orderBy('id').limit(limit).execute();
}

/** Takes events away. Returns the ids of those that were still there: of any number of callers one gets each. */
export async function take(db: Queries, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  // In one order, so that two who take the same wait for each other and do not lock.
  const ordered = ids.toSorted();
  const taken = await db.deleteFrom('security_events').where('id', 'in', ordered).returning('id').execute();
  return new Set(taken.map(({ id }) => id));
}
