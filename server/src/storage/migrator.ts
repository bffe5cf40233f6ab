// Owns the bringing of a database up to date: forward only, each step once, and never a database from the future.
import { type Kysely, sql } from 'kysely';
import { DatabaseRefused } from './database-refused.ts';
import { migrations } from './migrations.ts';
import type { Schema } from './tables.ts';

async function appliedNames(db: Kysely<Schema>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from migrations`.execute(db);
  return rows.map((row) => row.name);
}

/** PostgreSQL's undefined_table, and SQLite's sentence for the same. */
function isMissingTable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === '42P01') || error.message.startsWith('no such table');
}

function refuseUnknown(applied: readonly string[], place: string): void {
  const unknown = applied.find((name) => !Object.hasOwn(migrations, name));
  if (unknown !== undefined) {
    throw new DatabaseRefused(
      `${place} was written by a newer version of Warifu (it has the migration ${unknown}). Start that version, or restore a backup made before the upgrade.`,
    );
  }
}

/** Whether nothing is to be done: one query on the way to a quick start. Throws DatabaseRefused. */
export async function isUpToDate(db: Kysely<Schema>, place: string): Promise<boolean> {
  try {
    const applied = await appliedNames(db);
    refuseUnknown(applied, place);
    return applied.length === Object.keys(migrations).length;
  } catch (error) {
    if (isMissingTable(error)) return false;
    throw error;
  }
}

/** Applies what is missing, in the given transaction, so that an interrupted upgrade leaves nothing half done. */
export async function migrate(transaction: Kysely<Schema>, place: string, now: number): Promise<void> {
  await sql`create table if not exists migrations (name text primary key, applied_at bigint not null)`.execute(
    transaction,
  );
  const applied = await appliedNames(transaction);
  refuseUnknown(applied, place);
  for (const [name, migration] of Object.entries(migrations)) {
    if (applied.includes(name)) continue;
    await migration.up(transaction);
    await sql`insert into migrations (name, applied_at) values (${name}, ${now})`.execute(transaction);
  }
}
