// Owns what the rest of the server sees of a database, whichever it is.
import type { Signal } from './postgres-signals.ts';
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
  /** Wakes the other nodes when the transaction is committed; on SQLite there are none. */
  signal(transaction: Queries, signal: Signal): Promise<void>;
  /** Calls `heard` when another node, or this one, has signalled. A signal may be lost. */
  onSignal(signal: Signal, heard: () => void): void;
  /** Whether a query gets an answer now. */
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}
