// Owns the opening of a database: which dialect a URL means, its migrations, and when a write is safe on disk.
import type { Queries } from './tables.ts';

export type { Queries } from './tables.ts';

export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  /** For queries outside a transaction. */
  readonly queries: Queries;
  /**
   * Runs the work in one transaction: all of it or nothing. Nothing but queries may be awaited inside,
   * because on SQLite everybody else waits meanwhile.
   */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /**
   * Resolves when every commit made before the call is safe on disk; undefined when it is already.
   * An answer that confirms a write leaves only after this.
   */
  flushed(): Promise<void> | undefined;
  close(): Promise<void>;
}
