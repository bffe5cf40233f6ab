// Owns the conformance of the tables of log events and statistics on every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachDialect } from '../testing.ts';
import { noon } from '../testing-rows.ts';
import { count, type LogFilter, search } from './log-search.ts';
import * as logs from './logs.ts';
import * as statistics from './statistics.ts';

type NewRow = Omit<logs.LogRow, 'seq'>;

function logRow(values: Partial<NewRow> = {}): NewRow {
  return {
    ...{ date: noon, type: 's', client_id: null, user_id: null, ip: null, description: null, connection: null },
    ...{ connection_id: null, organization_id: null, client_name: null, user_name: null, user_agent: null },
    ...{ hostname: null, audience: null, scope: null, strategy: null, strategy_type: null, details: null },
    auth0_client: null,
    ...values,
  };
}

eachDialect((database) => {
  test('any number of events is written in order, and numbered without a gap', async () => {
    const { queries, transaction } = await database();
    const rows = Array.from({ length: 150 }, (_, index) => logRow({ type: 'order', description: String(index) }));
    await transaction((within) => logs.insert(within, rows));
    await transaction((within) => logs.insert(within, [logRow({ type: 'order', description: '150' })]));
    const all = await logs.listAfter(queries, 0, 200);
    assert.deepEqual(
      all.map(({ seq, description }) => [seq, description]),
      Array.from({ length: 151 }, (_, index) => [index + 1, String(index)]),
    );
    assert.equal((await logs.find(queries, 150))?.description, '149');
  });

  test('writers at once number their events apart', async () => {
    const { queries, transaction } = await database();
    const write = () =>
      transaction((within) => logs.insert(within, [logRow({ type: 'race' }), logRow({ type: 'race' })]));
    await Promise.all(Array.from({ length: 8 }, write));
    assert.equal(await count(queries, { type: 'equals', column: 'type', value: 'race' }, 100), 16);
  });

  const found = async (filter: LogFilter) => {
    const { queries } = await database();
    const within: LogFilter = { type: 'and', filters: [{ type: 'equals', column: 'type', value: 'find' }, filter] };
    const rows = await search(queries, {
      filter: within,
      order: { column: 'date', direction: 'asc' },
      offset: 0,
      limit: 9,
    });
    return rows.map(({ description }) => description);
  };

  test('searches tell upper and lower case apart, know no special characters, and treat what is missing as unequal', async () => {
    const { transaction } = await database();
    const names = ['Jane', 'jane', 'J_ne', 'J%ne', 'J*ne', 'J[a]ne', 'J\\ne', null];
    const rows = names.map((user_name, index) =>
      logRow({ type: 'find', user_name, description: String(user_name), date: noon + index }),
    );
    await transaction((within) => logs.insert(within, rows));
    const any = { wildcard: 'any' } as const;
    const like = (...pattern: readonly (string | typeof any)[]): LogFilter => ({
      type: 'like',
      column: 'user_name',
      pattern,
    });
    assert.deepEqual(await found(like('Ja', any)), ['Jane']);
    assert.deepEqual(await found(like(any, 'ane')), ['Jane', 'jane']);
    assert.deepEqual(await found(like('J_', any)), ['J_ne']);
    assert.deepEqual(await found(like('J%', any)), ['J%ne']);
    assert.deepEqual(await found(like('J*', any)), ['J*ne']);
    assert.deepEqual(await found(like('J[a]', any)), ['J[a]ne']);
    assert.deepEqual(await found(like('J\\', any)), ['J\\ne']);
    assert.deepEqual(await found({ type: 'like', column: 'user_name', pattern: ['jan', any], fold: true }), [
      'Jane',
      'jane',
    ]);
    assert.deepEqual(await found({ type: 'not', filter: { type: 'exists', column: 'user_name' } }), ['null']);
    const isJane: LogFilter = { type: 'equals', column: 'user_name', value: 'Jane' };
    assert.equal((await found({ type: 'not', filter: isJane })).length, 7);
    assert.deepEqual(await found({ type: 'or', filters: [isJane, { type: 'nothing' }] }), ['Jane']);
    const from = { value: noon + 6, inclusive: true };
    assert.deepEqual(await found({ type: 'range', column: 'date', from }), ['J\\ne', 'null']);
  });

  test('what lacks a member comes first upwards, and last downwards', async () => {
    const { queries } = await database();
    const filter: LogFilter = { type: 'equals', column: 'type', value: 'find' };
    const firstOf = async (direction: 'asc' | 'desc') =>
      (await search(queries, { filter, order: { column: 'user_name', direction }, offset: 0, limit: 1 }))[0]?.user_name;
    assert.deepEqual([await firstOf('asc'), await firstOf('desc')], [null, 'jane']);
  });

  test('the oldest events are purged, so many at a time', async () => {
    const { queries, transaction } = await database();
    const old = Array.from({ length: 5 }, () => logRow({ date: 1000 }));
    await transaction((within) => logs.insert(within, old));
    assert.deepEqual([await logs.purge(queries, 1001, 3), await logs.purge(queries, 1001, 3)], [3, 2]);
    assert.equal(await logs.purge(queries, 1001, 3), 0);
  });

  test('counts of a day are added up, and a person is active once, on the last day', async () => {
    const { queries } = await database();
    const day = { day: 20_000, logins: 2, signups: 1, leaked_passwords: 0, created_at: noon, updated_at: noon };
    await statistics.addToDay(queries, day);
    await statistics.addToDay(queries, { ...day, created_at: noon + 5, updated_at: noon + 5 });
    assert.deepEqual(
      (await statistics.listDays(queries, 19_999, 20_001)).map((row) => ({ ...row })),
      [{ ...day, logins: 4, signups: 2, updated_at: noon + 5 }],
    );
    const active = (day: number) => ['auth0|a', 'auth0|b'].map((user_id) => ({ user_id, day }));
    await statistics.markActive(queries, active(20_000));
    await statistics.markActive(queries, active(19_999));
    await statistics.markActive(queries, [{ user_id: 'auth0|a', day: 20_001 }]);
    assert.deepEqual(
      [await statistics.countActiveSince(queries, 20_000), await statistics.countActiveSince(queries, 20_001)],
      [2, 1],
    );
    assert.equal(await statistics.purgeActive(queries, 20_001), 1);
  });
});
