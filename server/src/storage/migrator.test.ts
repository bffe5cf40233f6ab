// Owns the tests of the time-line: applied once, by one node, and never over a newer version's database.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { DatabaseRefused } from './database-refused.ts';
import { migrations } from './migrations.ts';
import { openDatabase } from './open-database.ts';
import { withDatabase } from './testing.ts';

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`on ${dialect}`, () => {
    test('an empty database gets every migration, and a second opening none', async () => {
      await withDatabase(dialect, async (url) => {
        for (const opening of ['first', 'second']) {
          const database = await openDatabase(url);
          const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(
            database.queries,
          );
          assert.deepEqual(
            rows.map((row) => row.name),
            Object.keys(migrations),
            opening,
          );
          await database.close();
        }
      });
    });

    test('the database of a newer version is refused, by name and without its password, and left alone', async () => {
      await withDatabase(dialect, async (url) => {
        const database = await openDatabase(url);
        await sql`insert into migrations (name, applied_at) values ('9999-flying-cars', 1)`.execute(database.queries);
        await database.close();
        const refusal = await openDatabase(url).then(
          () => assert.fail('opened'),
          (error: unknown) => error,
        );
        assert.ok(refusal instanceof DatabaseRefused);
        const place = dialect === 'sqlite' ? url.slice('sqlite:'.length) : new URL(url).host;
        assert.ok(refusal.message.includes(place), refusal.message);
        assert.match(
          refusal.message,
          /newer version of Warifu.*9999-flying-cars.*Start that version, or restore a backup/,
        );
        assert.doesNotMatch(refusal.message, /warifu@|:warifu/);
      });
    });
  });
}

test('nodes that start at once on an empty PostgreSQL all come up', async () => {
  await withDatabase('postgres', async (url) => {
    const nodes = await Promise.all(Array.from({ length: 4 }, () => openDatabase(url)));
    const { rows } = await sql<{ n: number }>`select count(*) as n from migrations`.execute(nodes[3]?.queries as never);
    assert.equal(rows[0]?.n, Object.keys(migrations).length);
    await Promise.all(nodes.map((node) => node.close()));
  });
});
