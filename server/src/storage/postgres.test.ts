// Owns the tests of PostgreSQL as a server across a network: types, refusals, and answers when it hangs.
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { sql } from 'kysely';
import { DatabaseRefused } from './database-refused.ts';
import { openDatabase } from './open-database.ts';
import { withDatabase } from './testing.ts';
import { noon } from './testing-rows.ts';

/** A way to the server that can be made to swallow everything. */
async function startProxy(url: string) {
  const target = new URL(url);
  const { port, hostname } = target;
  const sockets: Socket[] = [];
  const state = { swallows: false, connections: 0 };
  const proxy = createServer((near) => {
    state.connections += 1;
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.push(from);
      from.on('data', (chunk) => state.swallows || to.write(chunk));
      from.on('close', () => to.destroy());
      from.on('error', () => undefined);
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => proxy.on('listening', resolve));
  const address = proxy.address();
  target.port = String(typeof address === 'object' && address?.port);
  /** As when the server is restarted. */
  const cut = () => {
    for (const socket of sockets.splice(0)) socket.destroy();
  };
  const stop = () => {
    cut();
    proxy.close();
  };
  return { url: target.href, state, cut, stop };
}

test('64-bit integers are numbers, and an undefined value is refused', async () => {
  await withDatabase('postgres', async (url) => {
    const database = await openDatabase(url);
    const { rows } = await sql<{ at: number }>`select ${noon}::bigint as at, count(*) as n from (select 1) one`.execute(
      database.queries,
    );
    assert.deepEqual({ ...rows[0] }, { at: noon, n: 1 });
    await assert.rejects(sql`select ${undefined}::text`.execute(database.queries), /undefined parameter/);
    assert.equal(database.flushed(), undefined);
    await database.close();
  });
});

test('a server that is not there, or lets nobody in, is refused with what to do and without the password', async () => {
  const refusal = (pattern: RegExp) => (error: unknown) =>
    error instanceof DatabaseRefused && pattern.test(error.message) && !error.message.includes('s3cret');
  await assert.rejects(
    openDatabase('postgres://w:s3cret@127.0.0.1:1/x'),
    refusal(/127\.0\.0\.1:1\/x cannot be used: .*ECONNREFUSED.*Check WARIFU_DATABASE/),
  );
  await withDatabase('postgres', async (url) => {
    const wrong = new URL(url);
    wrong.password = 's3cret';
    await assert.rejects(openDatabase(wrong.href), refusal(/password authentication failed/));
    wrong.href = url;
    wrong.pathname = '/nowhere';
    await assert.rejects(openDatabase(wrong.href), refusal(/database "nowhere" does not exist/));
  });
});

test('a statement that takes too long is ended by the server, and the connection goes on', async () => {
  await withDatabase('postgres', async (url) => {
    const database = await openDatabase(url);
    await assert.rejects(sql`select pg_sleep(60)`.execute(database.queries), /statement timeout/);
    assert.equal(await database.isReachable(), true);
    await database.close();
  });
});

test('a server that stops answering is given up, and its connections are not used again', async (t) => {
  await withDatabase('postgres', async (url) => {
    const proxy = await startProxy(url);
    t.after(proxy.stop);
    const database = await openDatabase(proxy.url);
    assert.equal(await database.isReachable(), true);
    const { connections } = proxy.state;
    proxy.state.swallows = true;
    await assert.rejects(sql`select 1`.execute(database.queries), /timeout/);
    await assert.rejects(
      database.transaction((queries) => sql`select 1`.execute(queries)),
      /timeout/,
    );
    proxy.state.swallows = false;
    assert.equal(await database.isReachable(), true);
    assert.ok(proxy.state.connections > connections);
    await database.close();
  });
});

test('a connection that is lost in use fails what was under way, and nothing else', async (t) => {
  await withDatabase('postgres', async (url) => {
    const proxy = await startProxy(url);
    t.after(proxy.stop);
    const database = await openDatabase(proxy.url);
    const query = sql`select pg_sleep(1)`.execute(database.queries);
    const between = database.transaction(async (queries) => {
      await sql`select 1`.execute(queries);
      // Nothing is asked at the moment at which the connection is lost.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await sql`select 1`.execute(queries);
    });
    setTimeout(proxy.cut, 50);
    await Promise.all([assert.rejects(query), assert.rejects(between)]);
    assert.equal(await database.isReachable(), true);
    await database.close();
  });
});
