// Owns the rows of status lists and their entries.
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface StatusListRow {
  list: number;
  created_at: number;
}

export interface StatusEntryRow {
  list: number;
  idx: number;
  /** Of the facts that would end the tokens, one after the other, without anything between. */
  fingerprints: string;
  /** How far the revocation feed had come: facts after it end the tokens. */
  position: number;
  /** Epoch milliseconds: when the last of the tokens has expired. */
  expires_at: number;
}

/** Begins a list, and returns its number. */
export async function begin(db: Queries, now: number): Promise<number> {
  const { value } = await db
    .insertInto('counters')
    .values({ name: 'status-lists', value: 1 })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((update) => ({ value: update('counters.value', '+', 1) })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  await db.insertInto('status_lists').values({ list: value, created_at: now }).execute();
  return value;
}

const insertOne = prepared<StatusEntryRow, never>((db, value) =>
  db.insertInto('status_entries').values({
    list: value('list'),
    idx: value('idx'),
    fingerprints: value('fingerprints'),
    position: value('position'),
    expires_at: value('expires_at'),
  }),
);

export async function insert(db: Queries, row: StatusEntryRow): Promise<void> {
  await insertOne(db, row);
}

/** Every list, the oldest first. */
export async function listAll(db: Queries): Promise<number[]> {
  const rows = await db.selectFrom('status_lists').select('list').orderBy('list').execute();
  return rows.map(({ list }) => list);
}

export async function exists(db: Queries, list: number): Promise<boolean> {
  return (await db.selectFrom('status_lists').select('list').where('list', '=', list).executeTakeFirst()) !== undefined;
}

/** The entries of a list whose tokens may be alive. */
export async function entriesOf(
  db: Queries,
  list: number,
  now: number,
): Promise<Pick<StatusEntryRow, 'idx' | 'fingerprints' | 'position'>[]> {
  return db
    .selectFrom('status_entries')
    .select(['idx', 'fingerprints', 'position'])
    .where('list', '=', list)
    .where('expires_at', '>', now)
    .execute();
}

/** Forgets entries whose tokens have expired, and lists that were begun before a time and have none. Returns how many. */
export async function purge(db: Queries, now: number, begunBefore: number): Promise<number> {
  const entries = await db.deleteFrom('status_entries').where('expires_at', '<=', now).executeTakeFirst();
  const lists = await db
    .deleteFrom('status_lists')
    .where('created_at', '<', begunBefore)
    .where(({ not, exists: any, selectFrom }) =>
      not(any(selectFrom('status_entries').select('idx').whereRef('status_entries.list', '=', 'status_lists.list'))),
    )
    .executeTakeFirst();
  return Number(entries.numDeletedRows) + Number(lists.numDeletedRows);
}
