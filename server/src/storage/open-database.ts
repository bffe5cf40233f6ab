// Owns the opening of a database: which dialect a URL means.
import type { Database } from './database.ts';
import { DatabaseRefused } from './database-refused.ts';

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

/**
 * Opens the database that a server uses, for a command that runs beside it; a server that runs learns by its change feed.
 * Changes no tables. Throws DatabaseRefused when there is none yet, or when it is another version's.
 */
export async function openDatabaseBeside(url: string): Promise<Database> {
  if (!url.startsWith('sqlite:')) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url, refuseUpgrade);
  }
  const { openSqliteBeside } = await import('./sqlite.ts');
  return openSqliteBeside(url.slice('sqlite:'.length), refuseUpgrade);
}

async function refuseUpgrade(_: string, place: string): Promise<never> {
  throw new DatabaseRefused(`${place} is an older version's, or empty. Start the server of this version first.`);
}
