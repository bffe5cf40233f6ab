// Owns how Kysely talks to node:sqlite: one connection, statements prepared once, transactions one at a time.
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
  /** Whether it only reads. */
  readonly reads: boolean;
  /** Whether the rows that it changes are counted, so that none means that nothing was written. */
  readonly counts: boolean;
}

const counted = ['InsertQueryNode', 'UpdateQueryNode', 'DeleteQueryNode'];

const mostPrepared = 500;

function toValue(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === undefined) throw new TypeError('A query has an undefined parameter.');
  return value as SQLInputValue;
}

/** Who is told of what happens on the connection. */
export interface Watcher {
  /** After every commit that wrote something. */
  committed(): void;
  /** After every statement and commit that failed. */
  failed(error: unknown): void;
}

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  readonly #watcher: Watcher;
  readonly #prepared = new Map<string, Prepared>();
  #inTransaction = false;
  #wrote = false;
  /** Whether SQLite has ended the transaction under way. */
  #lost = false;

  constructor(database: DatabaseSync, watcher: Watcher) {
    this.#database = database;
    this.#watcher = watcher;
  }

  #prepare({ sql, query }: CompiledQuery): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    const prepared = {
      statement,
      returnsRows: statement.columns().length > 0,
      reads: query.kind === 'SelectQueryNode' || /^\s*(select\b|pragma wal_checkpoint\b)/i.test(sql),
      counts: counted.includes(query.kind),
    };
    // Oldest first: the texts of this server are few, and only generated ones ever push others out.
    if (this.#prepared.size >= mostPrepared) this.#prepared.delete(this.#prepared.keys().next().value as string);
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  async executeQuery<R>(compiled: CompiledQuery): Promise<QueryResult<R>> {
    const values = compiled.parameters.map(toValue);
    if (this.#lost) throw new Error('The transaction was rolled back by an earlier error.');
    try {
      const prepared = this.#prepare(compiled);
      const { statement, returnsRows } = prepared;
      if (returnsRows) {
        const rows = statement.all(...values) as R[];
        this.#noteWrite(prepared, rows.length);
        return { rows, numAffectedRows: BigInt(rows.length) };
      }
      const { changes, lastInsertRowid } = statement.run(...values);
      this.#noteWrite(prepared, Number(changes));
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (error) {
      // SQLite ends a transaction by itself when the disk is full or fails; what follows must not commit on its own.
      this.#lost = this.#inTransaction && !this.#database.isTransaction;
      this.#watcher.failed(error);
      throw error;
    }
  }

  #noteWrite({ reads, counts }: Prepared, changes: number): void {
    if (reads || (counts && changes === 0)) return;
    if (this.#inTransaction) this.#wrote = true;
    else this.#watcher.committed();
  }

  begin(): void {
    // IMMEDIATE: a transaction that would only find out at its first write that it can't write isn't begun.
    this.#database.exec('begin immediate');
    this.#inTransaction = true;
    this.#wrote = false;
  }

  commit(): void {
    try {
      this.#database.exec('commit');
    } catch (error) {
      this.#watcher.failed(error);
      throw error;
    }
    this.#inTransaction = false;
    if (this.#wrote) this.#watcher.committed();
  }

  rollback(): void {
    this.#inTransaction = false;
    this.#lost = false;
    if (this.#database.isTransaction) this.#database.exec('rollback');
  }

  // biome-ignore lint/correctness/useYield: node:sqlite has nothing to stream that it doesn't hold already.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Streaming is not supported on SQLite. Read in pages.');
  }
}

class SqliteDriver implements Driver {
  readonly #database: DatabaseSync;
  readonly #connection: SqliteConnection;
  readonly #waiting: (() => void)[] = [];
  #taken = false;

  constructor(database: DatabaseSync, watcher: Watcher) {
    this.#database = database;
    this.#connection = new SqliteConnection(database, watcher);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#taken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken = true;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken = false;
  }

  async beginTransaction(): Promise<void> {
    this.#connection.begin();
  }

  async commitTransaction(): Promise<void> {
    this.#connection.commit();
  }

  async rollbackTransaction(): Promise<void> {
    this.#connection.rollback();
  }

  async destroy(): Promise<void> {
    this.#database.close();
  }
}

/** SqliteDriver hands its one connection on; Kysely's own mutex would wake everybody who waits, each time. */
class QueueingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** The dialect of an open database. */
export function sqliteDialect(database: DatabaseSync, watcher: Watcher): Dialect {
  return {
    createDriver: () => new SqliteDriver(database, watcher),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new QueueingAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}
