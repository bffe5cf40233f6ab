// Owns PostgreSQL: the pool, its limits, and its types.
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, types } from 'pg';
import type { Database } from './database.ts';
import { DatabaseRefused } from './database-refused.ts';
import { isUpToDate, migrate } from './migrator.ts';
import type { Schema } from './tables.ts';

const int8 = 20;

/** Our integers are times and counters: they fit a JavaScript number. */
const numbers: typeof types.getTypeParser = ((oid: number, format: 'text') =>
  oid === int8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser;

function createPool(url: string): Pool {
  const pool = new Pool({
    connectionString: url,
    max: 20,
    // Nothing waits longer for a database that hangs (RELIABILITY E12).
    connectionTimeoutMillis: 2000,
    statement_timeout: 3000,
    query_timeout: 3000,
    idle_in_transaction_session_timeout: 10_000,
    types: { getTypeParser: numbers },
  });
  // A connection that dies while idle is replaced by the next query; nobody waits for it.
  pool.on('error', () => undefined);
  return pool;
}

/** Any number: it only has to be the same on every node. */
const migrationLock = 7_287_311;

export async function openPostgres(url: string): Promise<Database> {
  const place = `The database at ${new URL(url).host}`;
  const pool = createPool(url);
  const queries = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const isReachable = () =>
    sql`select 1`.execute(queries).then(
      () => true,
      () => false,
    );
  if (!(await isReachable())) {
    await queries.destroy();
    throw new DatabaseRefused(
      `${place} cannot be reached. Check WARIFU_DATABASE, and that PostgreSQL runs and lets this user in.`,
    );
  }
  if (!(await isUpToDate(queries, place))) {
    await queries.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(transaction);
      await migrate(transaction, place, Date.now());
    });
  }
  return {
    dialect: 'postgres',
    queries,
    transaction: (work) => queries.transaction().execute(work),
    // The server answers a COMMIT when it is on disk (synchronous_commit=on).
    flushed: () => undefined,
    isReachable,
    close: () => queries.destroy(),
  };
}
