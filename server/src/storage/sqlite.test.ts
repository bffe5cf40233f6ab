// Owns the tests of SQLite as a file: who may open it, what a killed process leaves, and which work needs a sync.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { DatabaseRefused } from './database-refused.ts';
import { openDatabase } from './open-database.ts';
import { openSqlite } from './sqlite.ts';
import * as singleUse from './tables/single-use-tokens.ts';
import { withDatabase } from './testing.ts';
import { noon, singleUseTokenRow } from './testing-rows.ts';

const writerPath = fileURLToPath(new URL('./testing-writer.ts', import.meta.url));

interface Writer {
  readonly child: ChildProcess;
  readonly acknowledged: string[];
}

/** Starts a writer and resolves once it has the database. */
async function startWriter(url: string, run: string): Promise<Writer> {
  const child = spawn(execPath, [writerPath, url, run], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [first] = await once(lines, 'line');
  assert.equal(first, 'open');
  const acknowledged: string[] = [];
  lines.on('line', (line) => acknowledged.push(line));
  return { child, acknowledged };
}

async function kill({ child }: Writer): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

function refusal(pattern: RegExp) {
  return (error: unknown) => error instanceof DatabaseRefused && pattern.test(error.message);
}

test('kill -9 at any moment loses nothing that was acknowledged, and the next process starts at once', async () => {
  await withDatabase('sqlite', async (url) => {
    const acknowledged: string[] = [];
    for (let run = 0; run < 10; run += 1) {
      const writer = await startWriter(url, `run ${run}`);
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
      await kill(writer);
      acknowledged.push(...writer.acknowledged);
      const database = await openDatabase(url);
      const rows = await database.queries.selectFrom('single_use_tokens').select(['digest', 'consumed_at']).execute();
      assert.ok(
        rows.every((row) => row.consumed_at === 1),
        'half of a transaction survived',
      );
      const survived = new Set(rows.map((row) => row.digest));
      assert.deepEqual(
        acknowledged.filter((digest) => !survived.has(digest)),
        [],
      );
      await database.close();
    }
    assert.ok(acknowledged.length > 0);
  });
});

test('a second process is refused while the first one lives, and a backup may read', async () => {
  await withDatabase('sqlite', async (url) => {
    const path = url.slice('sqlite:'.length);
    const writer = await startWriter(url, 'first');
    await assert.rejects(
      openDatabase(url),
      refusal(new RegExp(`^${path} is in use by another Warifu process\\. Stop that one`)),
    );
    const backup = new DatabaseSync(path, { readOnly: true });
    assert.equal(backup.prepare('pragma integrity_check').get()?.['integrity_check'], 'ok');
    backup.close();
    await kill(writer);
    await (await openDatabase(url)).close();
  });
});

test('a second opening in the same process is refused, and leaves the first one alone', async () => {
  await withDatabase('sqlite', async (url) => {
    const database = await openDatabase(url);
    await assert.rejects(openDatabase(url), refusal(/in use/));
    await assert.rejects(openDatabase(url), refusal(/in use/));
    await database.close();
    await (await openDatabase(url)).close();
  });
});

test('a file that cannot be used is refused with what to do', async () => {
  await withDatabase('sqlite', async (url) => {
    const path = url.slice('sqlite:'.length);
    await assert.rejects(openDatabase(`${url}/in/nowhere`), refusal(/nowhere cannot be opened.*Make the directory/));
    mkdirSync(`${path}-directory`);
    await assert.rejects(openDatabase(`${url}-directory`), refusal(/cannot be opened/));
    writeFileSync(path, 'Dear diary, '.repeat(1000));
    await assert.rejects(openDatabase(url), refusal(/file is not a database\. Point WARIFU_DATABASE/));
  });
});

test('another kind of database is refused', async () => {
  await assert.rejects(openDatabase('mysql://localhost/warifu'), refusal(/must be sqlite:<path> or postgres:/));
});

test('what closed is there when it opens again, without a log beside it', async () => {
  await withDatabase('sqlite', async (url) => {
    const first = await openDatabase(url);
    await singleUse.insert(first.queries, singleUseTokenRow({ digest: 'kept' }));
    await first.close();
    const second = await openDatabase(url);
    assert.notEqual(await singleUse.find(second.queries, { digest: 'kept', purpose: 'code' }), undefined);
    await second.close();
  });
});

test('only what changed something waits for the disk', async () => {
  await withDatabase('sqlite', async (url) => {
    const database = await openDatabase(url);
    const { queries, transaction } = database;
    // What an earlier process left behind is synced first.
    await database.flushed();
    const needsSync = async (work: Promise<unknown>) => {
      await work.catch(() => undefined);
      const flushed = database.flushed();
      await flushed;
      return flushed !== undefined;
    };
    const row = singleUseTokenRow({ digest: 'once' });
    assert.equal(await needsSync(singleUse.insert(queries, row)), true, 'insert');
    assert.equal(await needsSync(singleUse.find(queries, row)), false, 'select');
    assert.equal(await needsSync(sql`select 1`.execute(queries)), false, 'raw select');
    assert.equal(await needsSync(singleUse.consume(queries, row, noon)), true, 'update with returning');
    assert.equal(await needsSync(singleUse.consume(queries, row, noon)), false, 'update of nothing with returning');
    assert.equal(await needsSync(singleUse.burn(queries, 'once', noon)), false, 'update of nothing');
    assert.equal(await needsSync(singleUse.purge(queries, 0)), false, 'delete of nothing');
    assert.equal(await needsSync(transaction((inside) => singleUse.find(inside, row))), false, 'reading transaction');
    assert.equal(
      await needsSync(transaction((inside) => singleUse.purge(inside, noon * 2))),
      true,
      'writing transaction',
    );
    const failing = transaction(async (inside) => {
      await singleUse.insert(inside, row);
      throw new Error('no');
    });
    assert.equal(await needsSync(failing), false, 'transaction that was rolled back');
    assert.equal(await needsSync(sql`create table extra (id text)`.execute(queries)), true, 'raw statement');
    await database.close();
  });
});

test('a disk that fails to sync stops the process with one line, and nothing is confirmed', async () => {
  await withDatabase('sqlite', async (url) => {
    const failing = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      let left = 20;
      const real = fs.fdatasync;
      fs.fdatasync = (file, done) => (left-- > 0 ? real(file, done) : setImmediate(done, new Error('EIO: i/o error, fdatasync')));
      syncBuiltinESMExports();
      await import(${JSON.stringify(new URL('./testing-writer.ts', import.meta.url).href)});
    `;
    const child = spawn(execPath, ['--input-type=module', '-e', failing, '-', url, 'fails'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk) => {
      output.out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output.err += chunk;
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 1, output.err);
    assert.match(output.err, /^Warifu stops because the disk failed to keep what was written \(EIO: [^\n]*\n$/);
    const confirmed = output.out.trim().split('\n').slice(1);
    assert.ok(confirmed.length > 0);
    const database = await openDatabase(url);
    for (const digest of confirmed) {
      assert.notEqual(await singleUse.find(database.queries, { digest, purpose: 'code' }), undefined);
    }
    await database.close();
  });
});

test('the log is moved into the database from time to time, so it does not grow with every write', async () => {
  await withDatabase('sqlite', async (url) => {
    const database = await openDatabase(url);
    for (let count = 0; count < 3000; count += 1) {
      await singleUse.insert(database.queries, singleUseTokenRow({ digest: `written ${count}` }));
      await database.flushed();
    }
    // Without that it would be three pages of 4 KiB for each.
    assert.ok(statSync(`${url.slice('sqlite:'.length)}-wal`).size < 12_000_000);
    await database.close();
  });
});

/** Fails once as SQLite does when the disk fails during the statement that begins with a text. */
function failOnce<K extends 'exec' | 'prepare'>(method: K, text: string): void {
  const real = DatabaseSync.prototype[method];
  DatabaseSync.prototype[method] = function failing(this: DatabaseSync, statement: string) {
    if (!statement.startsWith(text)) return Reflect.apply(real, this, [statement]);
    DatabaseSync.prototype[method] = real;
    throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
  } as (typeof DatabaseSync.prototype)[K];
}

test('a disk that fails under a commit, a statement or a checkpoint is reported, an ordinary refusal is not', async () => {
  await withDatabase('sqlite', async (url) => {
    const failures: string[] = [];
    const database = await openSqlite(url.slice('sqlite:'.length), (error) => failures.push(error.message));
    const { queries, transaction } = database;
    const row = singleUseTokenRow({ digest: 'once' });
    await singleUse.insert(queries, row);
    await assert.rejects(singleUse.insert(queries, row), /UNIQUE/);
    assert.deepEqual(failures, []);
    failOnce('exec', 'commit');
    await assert.rejects(
      transaction((inside) => singleUse.burn(inside, 'once', noon)),
      /disk I\/O error/,
    );
    assert.equal(failures.length, 1);
    failOnce('prepare', 'delete from');
    await assert.rejects(singleUse.purge(queries, 0), /disk I\/O error/);
    assert.equal(failures.length, 2);
    failOnce('prepare', 'pragma wal_checkpoint');
    for (let count = 0; failures.length < 3 && count < 1000; count += 1) {
      await singleUse.insert(queries, singleUseTokenRow({ digest: `written ${count}` }));
      await database.flushed();
    }
    assert.equal(failures.length, 3);
    await database.close();
  });
});
