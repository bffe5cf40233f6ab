// Owns the tests of Kysely on node:sqlite: values, statements, and transactions that have the connection to themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';
import * as singleUse from './tables/single-use-tokens.ts';
import { noon, singleUseTokenRow } from './testing-rows.ts';

let database: Database;
before(async () => {
  database = await openDatabase('sqlite::memory:');
  await sql`create table plain (id integer primary key, value blob)`.execute(database.queries);
});
after(() => database.close());

async function roundTrip(value: unknown): Promise<unknown> {
  const { rows } = await sql<{ value: unknown }>`select ${value} as value`.execute(database.queries);
  return rows[0]?.value;
}

test('booleans become 0 and 1, times stay numbers, text and null stay what they are', async () => {
  const values = [true, false, noon, Number.MAX_SAFE_INTEGER, -1.5, '割符\u0000', '', null];
  const expected = [1, 0, noon, Number.MAX_SAFE_INTEGER, -1.5, '割符\u0000', '', null];
  assert.deepEqual(await Promise.all(values.map(roundTrip)), expected);
});

test('an undefined value is refused rather than stored as null', async () => {
  await assert.rejects(roundTrip(undefined), /undefined parameter/);
});

test('an integer that a number cannot hold is refused rather than rounded', async () => {
  await assert.rejects(sql`select 9007199254740993 as value`.execute(database.queries), /too large/);
});

test('more statements than are kept prepared still give their own answers', async () => {
  for (const round of [0, 1]) {
    for (let count = 0; count < 600; count += 1) {
      const { rows } = await sql<{ n: number }>`select ${sql.lit(count)} as n, ${round} as r`.execute(database.queries);
      assert.equal(rows[0]?.n, count);
    }
  }
});

test('who comes during a transaction waits, sees all of it or nothing, and is served in turn', async () => {
  const { queries, transaction } = database;
  const order: string[] = [];
  const insert = (digest: string) => singleUse.insert(queries, singleUseTokenRow({ digest }));
  const first = transaction(async (inside) => {
    await singleUse.insert(inside, singleUseTokenRow({ digest: 'inside 1' }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await singleUse.insert(inside, singleUseTokenRow({ digest: 'inside 2' }));
    order.push('transaction');
  });
  const others = ['a', 'b', 'c'].map(async (name) => {
    await insert(name);
    order.push(name);
  });
  const seen = singleUse.find(queries, { digest: 'inside 2', purpose: 'code' });
  await Promise.all([first, ...others]);
  assert.deepEqual(order, ['transaction', 'a', 'b', 'c']);
  assert.notEqual(await seen, undefined);
});

test('a transaction that fails leaves nothing, and the next one goes on', async () => {
  const { queries, transaction } = database;
  const row = singleUseTokenRow({ digest: 'failed' });
  const failing = transaction(async (inside) => {
    await singleUse.insert(inside, row);
    await singleUse.insert(inside, row);
  });
  await assert.rejects(failing, /UNIQUE/);
  assert.equal(await singleUse.find(queries, row), undefined);
  await transaction((inside) => singleUse.insert(inside, row));
  assert.notEqual(await singleUse.find(queries, row), undefined);
});

test('when SQLite ends a transaction by itself, what follows in it is refused and not committed on its own', async () => {
  const { queries, transaction } = database;
  await sql`insert into plain (id) values (1)`.execute(queries);
  const stubborn = transaction(async (inside) => {
    await sql`insert or rollback into plain (id) values (1)`.execute(inside).catch(() => undefined);
    await sql`insert into plain (id) values (2)`.execute(inside).catch(() => undefined);
  });
  await assert.rejects(stubborn);
  const { rows } = await sql<{ id: number }>`select id from plain order by id`.execute(queries);
  assert.deepEqual(
    rows.map((row) => row.id),
    [1],
  );
  await transaction((inside) => sql`insert into plain (id) values (3)`.execute(inside));
});

test('a reference to nothing is refused', async () => {
  const orphan = database.queries
    .insertInto('user_roles')
    .values({ user_id: 'auth0|nobody', role_id: 'rol', created_at: 0 })
    .execute();
  await assert.rejects(orphan, /FOREIGN KEY/);
});
