// Owns SQLite: the file, its settings, its lock, and when its writes are safe.
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { Database } from './database.ts';
import { DatabaseRefused } from './database-refused.ts';
import { GroupCommit } from './group-commit.ts';
import { isUpToDate, migrate } from './migrator.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import type { Schema } from './tables.ts';

/**
 * Takes the file for this process alone. The lock is SQLite's own, on a file beside the database, so it ends with the
 * process however that ends, and backups may read the database meanwhile.
 */
function lock(path: string): DatabaseSync {
  const holder = new DatabaseSync(`${path}.lock`);
  try {
    holder.exec('pragma locking_mode = exclusive; begin exclusive');
    return holder;
  } catch {
    holder.close();
    throw new DatabaseRefused(
      `${path} is in use by another Warifu process. Stop that one first, or set WARIFU_DATA to another directory.`,
    );
  }
}

function openFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = normal;
    pragma foreign_keys = on;
    pragma cache_size = -16000;
    pragma journal_size_limit = 67108864;
  `);
  return database;
}

/** A file's name is safe only once its directory is. */
function syncDirectory(path: string): void {
  const directory = openSync(dirname(path), 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** Ends the process: what the disk holds is unknown from now on (RELIABILITY, contract 8). */
function stopAfterFailedSync(error: Error): void {
  setImmediate(() => {
    throw new Error('The disk failed to keep what was written. Warifu stops, and recovers at its next start.', {
      cause: error,
    });
  });
}

export async function openSqlite(
  file: string,
  onSyncFailure: (error: Error) => void = stopAfterFailedSync,
): Promise<Database> {
  const inMemory = file === ':memory:';
  const path = inMemory ? file : resolve(file);
  const lockHolder = inMemory ? undefined : lock(path);
  const raw = openFile(path);
  let groupCommit: GroupCommit | undefined;
  const queries = new Kysely<Schema>({ dialect: sqliteDialect(raw, () => groupCommit?.committed()) });
  if (!(await isUpToDate(queries, path))) {
    await queries.transaction().execute((transaction) => migrate(transaction, path, Date.now()));
  }
  if (!inMemory) {
    groupCommit = new GroupCommit(`${path}-wal`, onSyncFailure);
    groupCommit.committed();
    syncDirectory(path);
  }
  return {
    dialect: 'sqlite',
    queries,
    transaction: (work) => queries.transaction().execute(work),
    flushed: () => groupCommit?.flushed(),
    isReachable: async () => raw.isOpen,
    close: async () => {
      await groupCommit?.close();
      await queries.destroy();
      lockHolder?.close();
    },
  };
}
