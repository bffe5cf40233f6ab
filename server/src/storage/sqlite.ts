// Owns SQLite: the file, its settings, its lock, and when its writes are safe.
import { closeSync, existsSync, fsyncSync, openSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { exit } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { committing } from './after-commit.ts';
import type { Database } from './database.ts';
import { DatabaseRefused } from './database-refused.ts';
import { GroupCommit } from './group-commit.ts';
import { isUpToDate, migrate } from './migrator.ts';
import { sqliteDialect } from './sqlite-dialect.ts';
import type { Schema } from './tables.ts';

const busy = 5;
const ioError = 10;

/** What an operator can do about SQLite's primary result codes. */
const remedies: Readonly<Record<number, string>> = {
  [busy]: 'Another program is writing to it: stop that program.',
  8: 'Give the user that runs Warifu the right to write to it and to its directory.',
  [ioError]: 'The disk reported an error: check it, and the system log.',
  11: 'Restore a backup.',
  13: 'Free some space on its disk.',
  14: 'Make the directory, and give the user that runs Warifu the right to write in it.',
  26: 'Point WARIFU_DATABASE at another file, or restore a backup.',
};

/** SQLite's primary result code, when the error is SQLite's. */
function codeOf(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;
}

function refusalOf(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (!(error instanceof Error) || code === undefined) return error;
  const remedy = remedies[code] ?? 'Check the file and its disk.';
  return new DatabaseRefused(`${path} cannot be opened: ${error.message}. ${remedy}`);
}

/**
 * Takes the database for this process alone. The lock is SQLite's own, on a file beside the database, so it ends with
 * the process however that ends, and backups may read the database meanwhile. It is a POSIX lock: no code of this
 * process may open and close the lock file, the database or its -shm by other means, which would silently let go.
 */
function lock(path: string): DatabaseSync {
  const holder = new DatabaseSync(`${path}.lock`);
  try {
    holder.exec('pragma locking_mode = exclusive; begin exclusive');
    return holder;
  } catch (error) {
    holder.close();
    if (codeOf(error) !== busy) throw error;
    throw new DatabaseRefused(
      `${path} is in use by another Warifu process. Stop that one first, or set WARIFU_DATA to another directory.`,
    );
  }
}

/**
 * No memory map: a disk that fails would end the process with a signal instead of an error. SQLite's own checkpoints,
 * which ignore a disk that fails, are left to bound the log during a huge transaction.
 */
function configure(database: DatabaseSync): void {
  database.exec(`
    pragma journal_mode = wal;
    pragma synchronous = normal;
    pragma foreign_keys = on;
    pragma cache_size = -16000;
    pragma wal_autocheckpoint = 16000;
    pragma journal_size_limit = 67108864;
  `);
}

/** A file's name is safe only once its directory is. */
function syncDirectory(path: string): void {
  const directory = openSync(dirname(path), 'r');
  fsyncSync(directory);
  closeSync(directory);
}

/** Ends the process: what the disk holds is unknown from now on, and SQLite itself would go on. */
function stopAfterDiskFailure(error: Error): void {
  console.error(
    `Warifu stops because the disk failed to keep what was written (${error.message}). It recovers at its next start.`,
  );
  exit(1);
}

/** A log of a few megabytes: long enough to write a page once for many commits, short enough to be moved in no time. */
const commitsBetweenCheckpoints = 500;

async function connect(raw: DatabaseSync, path: string, onDiskFailure: (error: Error) => void) {
  let groupCommit: GroupCommit | undefined;
  let commits = 0;
  configure(raw);
  const queries = new Kysely<Schema>({
    dialect: sqliteDialect(raw, {
      committed: () => {
        groupCommit?.committed();
        commits += 1;
        if (groupCommit && commits % commitsBetweenCheckpoints === 0) void checkpoint();
      },
      failed: (error) => {
        if (groupCommit && codeOf(error) === ioError) onDiskFailure(error as Error);
      },
    }),
  });
  /** Moves the log into the database, once it is synced and nobody writes. A disk that fails is told of by `failed`. */
  const checkpoint = async () => {
    await groupCommit?.flushed();
    if (raw.isOpen) await sql`pragma wal_checkpoint(passive)`.execute(queries).catch(() => undefined);
  };
  if (!(await isUpToDate(queries, path))) {
    await queries.transaction().execute((transaction) => migrate(transaction, path, Date.now()));
  }
  if (path === ':memory:') return { queries, groupCommit };
  groupCommit = new GroupCommit(`${path}-wal`, onDiskFailure);
  // The migration above, and what an earlier process committed and died before it was synced.
  groupCommit.committed();
  syncDirectory(path);
  return { queries, groupCommit };
}

/** There are no other nodes. */
const alone = { signal: async () => undefined, onSignal: () => undefined };

/** Opens a file, or `:memory:`. Throws DatabaseRefused. */
export async function openSqlite(file: string, onDiskFailure = stopAfterDiskFailure): Promise<Database> {
  const inMemory = file === ':memory:';
  const path = inMemory ? file : existsSync(file) ? realpathSync(file) : resolve(file);
  const opened: DatabaseSync[] = [];
  try {
    if (!inMemory) opened.push(lock(path));
    const raw = new DatabaseSync(path, { timeout: 5000 });
    opened.push(raw);
    const { queries, groupCommit } = await connect(raw, path, onDiskFailure);
    return {
      dialect: 'sqlite',
      queries,
      transaction: (work) => committing((begun) => queries.transaction().execute(begun), work),
      flushed: () => groupCommit?.flushed(),
      isReachable: async () => raw.isOpen,
      ...alone,
      close: async () => {
        await groupCommit?.close();
        for (const database of opened.reverse()) if (database.isOpen) database.close();
      },
    };
  } catch (error) {
    for (const database of opened.reverse()) database.close();
    throw refusalOf(error, path);
  }
}

/**
 * Opens a file beside a server that may have it open too, for a command: without the lock that keeps servers apart.
 * SQLite's own locks keep the two from writing at once, and each commit is on disk before it is answered.
 */
export async function openSqliteBeside(
  file: string,
  bringUpToDate: (path: string, place: string) => Promise<void>,
): Promise<Database> {
  if (!existsSync(file)) {
    throw new DatabaseRefused(
      `There is no database ${file}. Set WARIFU_DATA and WARIFU_DATABASE as the server has them, and start it once.`,
    );
  }
  const path = realpathSync(file);
  let raw: DatabaseSync | undefined;
  try {
    const database = new DatabaseSync(path, { timeout: 5000 });
    raw = database;
    configure(database);
    database.exec('pragma synchronous = full');
    const queries = new Kysely<Schema>({ dialect: sqliteDialect(database, { committed: () => {}, failed: () => {} }) });
    if (!(await isUpToDate(queries, path))) await bringUpToDate(path, path);
    return {
      dialect: 'sqlite',
      queries,
      transaction: (work) => committing((begun) => queries.transaction().execute(begun), work),
      flushed: () => undefined,
      isReachable: async () => database.isOpen,
      ...alone,
      close: async () => database.close(),
    };
  } catch (error) {
    raw?.close();
    throw refusalOf(error, path);
  }
}
