// Owns the rows of configuration documents and the version counter that orders their changes.
import type { Queries } from '../tables.ts';

export interface CounterRow {
  name: string;
  value: number;
}

export interface DocumentRow {
  kind: string;
  id: string;
  /** The kind's natural key (a connection's name, an API's identifier), or null where it has none. */
  name: string | null;
  /** JSON, or null once deleted: the row stays so that the change feed can tell of it. */
  body: string | null;
  version: number;
  created_at: number;
  updated_at: number;
}

export async function find(db: Queries, kind: string, id: string): Promise<DocumentRow | undefined> {
  return db
    .selectFrom('documents')
    .selectAll()
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('body', 'is not', null)
    .executeTakeFirst();
}

export async function findByName(db: Queries, kind: string, name: string): Promise<DocumentRow | undefined> {
  return db
    .selectFrom('documents')
    .selectAll()
    .where('kind', '=', kind)
    .where('name', '=', name)
    .where('body', 'is not', null)
    .executeTakeFirst();
}

export async function list(db: Queries, kind: string): Promise<DocumentRow[]> {
  return db
    .selectFrom('documents')
    .selectAll()
    .where('kind', '=', kind)
    .where('body', 'is not', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** The ids that changed after a version, oldest first, and the version reached. */
export async function changesSince(
  db: Queries,
  version: number,
): Promise<Pick<DocumentRow, 'kind' | 'id' | 'name' | 'version'>[]> {
  return db
    .selectFrom('documents')
    .select(['kind', 'id', 'name', 'version'])
    .where('version', '>', version)
    .orderBy('version')
    .execute();
}

export async function currentVersion(db: Queries): Promise<number> {
  const row = await db.selectFrom('counters').select('value').where('name', '=', 'documents').executeTakeFirst();
  return row?.value ?? 0;
}

/**
 * Takes the next version. Must run inside the transaction that writes the document: the counter's row stays locked
 * until the commit, so versions become visible in their own order and a reader of the feed never misses one.
 */
export async function nextVersion(db: Queries): Promise<number> {
  const row = await db
    .insertInto('counters')
    .values({ name: 'documents', value: 1 })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((update) => ({ value: update('counters.value', '+', 1) })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  return row.value;
}

/** Inserts a document, or takes the place of a deleted one. False when the id or the name is taken. */
export async function insert(db: Queries, row: DocumentRow): Promise<boolean> {
  const taken = await db
    .selectFrom('documents')
    .select('id')
    .where('kind', '=', row.kind)
    .where('body', 'is not', null)
    .where((where) =>
      where.or(
        row.name === null ? [where('id', '=', row.id)] : [where('id', '=', row.id), where('name', '=', row.name)],
      ),
    )
    .executeTakeFirst();
  if (taken) return false;
  const { kind, id, ...rest } = row;
  await db
    .insertInto('documents')
    .values(row)
    .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet(rest))
    .execute();
  return true;
}

/** Replaces a live document; false when there is none. */
export async function update(
  db: Queries,
  row: Pick<DocumentRow, 'kind' | 'id' | 'name' | 'body' | 'version' | 'updated_at'>,
): Promise<boolean> {
  const { kind, id, ...values } = row;
  const result = await db
    .updateTable('documents')
    .set(values)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .where('body', 'is not', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Tells the change feed of something that is kept elsewhere, in the transaction that changes it. It waits for every other
 * such transaction, so whoever calls it first may read and then write without another in between.
 */
export async function announce(db: Queries, kind: string, now: number): Promise<void> {
  const version = await nextVersion(db);
  const row = { kind, id: kind, name: null, body: '{}', version, created_at: now, updated_at: now };
  await db
    .insertInto('documents')
    .values(row)
    .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet({ version, updated_at: now }))
    .execute();
}
