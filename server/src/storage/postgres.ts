// Owns PostgreSQL: the pool, its limits, and its types.
import {
  HandleEmptyInListsPlugin,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  replaceWithNoncontingentExpression,
  sql,
} from 'kysely';
import { Pool, type PoolConfig, types } from 'pg';
import { committing } from './after-commit.ts';
import type { Database } from './database.ts';
import { DatabaseRefused } from './database-refused.ts';
import { isUpToDate, migrate } from './migrator.ts';
import { PostgresSignals } from './postgres-signals.ts';
import type { Schema } from './tables.ts';

const int8 = 20;

/** Our integers are times and counters: they fit a JavaScript number. */
const numbers: typeof types.getTypeParser = ((oid: number, format: 'text') =>
  oid === int8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser;

/** Whoever waits for a database that hangs is told so within three seconds in all (RELIABILITY E12). */
const limits: PoolConfig = {
  max: 20,
  connectionTimeoutMillis: 1000,
  statement_timeout: 1900,
  // A little later than the server's own, which leaves the connection usable.
  query_timeout: 2000,
  idle_in_transaction_session_timeout: 10_000,
};

function createPool(url: string, config: PoolConfig): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'warifu',
    options: '-c search_path=public',
    keepAlive: true,
    types: { getTypeParser: numbers },
    ...config,
  });
  // A connection that dies while idle is replaced by the next query; nobody waits for it.
  pool.on('error', () => undefined);
  // One that dies in use fails its query, and tells so a second time, which ends the process when nobody listens.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Throws away a connection on which a query got no answer: pg would keep it and let the next caller wait behind. */
function withoutHungConnections(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect();
      let hung = false;
      const query = async (text: string, values: unknown[]) => {
        // pg would write null.
        if (values.includes(undefined)) throw new TypeError('A query has an undefined parameter.');
        try {
          return await client.query(text, values);
        } catch (error) {
          hung ||= error instanceof Error && error.message === 'Query read timeout';
          throw error;
        }
      };
      return { query, release: () => client.release(hung) } as unknown as PostgresPoolClient;
    },
  };
}

/** Any number: it only has to be the same on every node. */
const migrationLock = 7_287_311;

/** Upgrades one node at a time, on a connection of its own: both the work and the wait for it may be long. */
async function upgrade(url: string, place: string): Promise<void> {
  const pool = createPool(url, { max: 1, connectionTimeoutMillis: 1000 });
  const queries = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await queries.transaction().execute(async (transaction) => {
      await sql`set local lock_timeout = '60s'`.execute(transaction);
      await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(transaction);
      await migrate(transaction, place, Date.now());
    });
  } finally {
    await queries.destroy();
  }
}

/** PostgreSQL's and the network's errors never repeat a password; several attempts' errors have no sentence of their own. */
function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(sentenceOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}

/** Opens `postgres://…`, and brings its tables up to date unless told otherwise. Throws DatabaseRefused. */
export async function openPostgres(url: string, bringUpToDate = upgrade): Promise<Database> {
  const { host, pathname } = new URL(url);
  const place = `The database ${host}${pathname}`;
  const queries = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: withoutHungConnections(createPool(url, limits)) }),
    // `in ()` is nothing to SQLite, and broken syntax to PostgreSQL.
    plugins: [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })],
  });
  try {
    if (!(await isUpToDate(queries, place))) await bringUpToDate(url, place);
  } catch (error) {
    await queries.destroy();
    if (error instanceof DatabaseRefused) throw error;
    throw new DatabaseRefused(
      `${place} cannot be used: ${sentenceOf(error)}. Check WARIFU_DATABASE, and that PostgreSQL runs and lets this user in.`,
    );
  }
  const signals = new PostgresSignals(url);
  return {
    dialect: 'postgres',
    queries,
    transaction: (work) => committing((begun) => queries.transaction().execute(begun), work),
    // The server answers a COMMIT when it is on disk (synchronous_commit=on).
    flushed: () => undefined,
    isReachable: () =>
      sql`select 1`.execute(queries).then(
        () => true,
        () => false,
      ),
    signal: async (transaction, signal) => {
      await sql`select pg_notify(${signal}, '')`.execute(transaction);
    },
    onSignal: (signal, heard) => signals.listen(signal, heard),
    close: async () => {
      await signals.close();
      await queries.destroy();
    },
  };
}
