// Owns the opening of a database: which dialect a URL means, and what the rest of the server sees of it.
import { DatabaseRefused } from './database-refused.ts';
import type { Queries } from './tables.ts';

export type { Queries } from './tables.ts';

export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  /** For queries outside a transaction. */
  readonly queries: Queries;
  /**
   * Runs the work in one transaction: all of it or nothing. Nothing but queries may be awaited inside, and only on the
   * `queries` that it is handed, because on SQLite everybody else waits meanwhile.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /**
   * Resolves when every commit made before the call is safe on disk; undefined when it is already.
   * An answer that confirms a write leaves only after this.
   */
  flushed(): Promise<void> | undefined;
  /** Whether a query gets an answer now. */
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens `sqlite:<path>`, `sqlite::memory:` or `postgres://…`, and brings its tables up to date. Throws DatabaseRefused
 * when it is in use, newer than this server, or not to be reached.
 */
export async function openDatabase(url: string): Promise<Database> {
  if (url.startsWith('sqlite:')) {
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(url.slice('sqlite:'.length));
  }
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw new DatabaseRefused('The database must be sqlite:<path> or postgres://…. Check WARIFU_DATABASE.');
  }
  const { openPostgres } = await import('./postgres.ts');
  return openPostgres(url);
}
