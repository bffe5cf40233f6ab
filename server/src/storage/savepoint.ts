// Owns savepoints: a part of a transaction that may fail without the rest.
import { sql } from 'kysely';
import type { Queries } from './tables.ts';

/**
 * Does a part of a transaction. When it fails, what it wrote is undone and `failed` answers instead. Throws when nothing can
 * be undone either: then it was the database that failed.
 */
export async function attempt<T>(queries: Queries, work: () => Promise<T>, failed: (error: unknown) => T): Promise<T> {
  await sql`savepoint part`.execute(queries);
  try {
    const result = await work();
    await sql`release savepoint part`.execute(queries);
    return result;
  } catch (error) {
    await sql`rollback to savepoint part`.execute(queries);
    await sql`release savepoint part`.execute(queries);
    return failed(error);
  }
}
