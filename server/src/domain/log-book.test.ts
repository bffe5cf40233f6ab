// Tests that events are kept: gathered, in order, through a database that refuses, and until the end.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import * as logs from '#storage/tables/logs';
import { createTestClient, createTestUser, openTestTenant, type TestTenant } from '../testing/tenant.ts';
import type { Context } from './context.ts';
import { LogBook } from './log-book.ts';

let tenant: TestTenant;

beforeEach(async () => {
  tenant = await openTestTenant();
});
afterEach(() => tenant.close());

const stored = async () => logs.listAfter(tenant.ctx.database.queries, 0, 5000);

/** A database that refuses to write while told so. */
function failing(ctx: Context): { ctx: Context; refuse: (refused: boolean) => void } {
  let isRefusing = true;
  const transaction: Context['database']['transaction'] = (work) =>
    isRefusing ? Promise.reject(new Error('the disk is full')) : ctx.database.transaction(work);
  return {
    ctx: { ...ctx, database: { ...ctx.database, transaction } },
    refuse: (refused) => {
      isRefusing = refused;
    },
  };
}

test('events are completed with the names of application, connection and person', async () => {
  const { ctx } = tenant;
  const { client } = await createTestClient(tenant, { name: 'Shop' });
  const { user_id } = await createTestUser(tenant, 'jane@example.com');
  const connection = 'Username-Password-Authentication';
  const auth0_client = Buffer.from('{"name":"auth0.js","version":"9"}').toString('base64');
  ctx.emit({ type: 's', client_id: client.client_id, user_id, connection, auth0_client });
  await ctx.log.flush();
  const row = (await stored()).at(-1);
  assert.deepEqual([row?.client_name, row?.user_name, row?.strategy], ['Shop', 'jane@example.com', 'auth0']);
  assert.deepEqual([row?.strategy_type, row?.auth0_client], ['database', '{"name":"auth0.js","version":"9"}']);
  assert.match(row?.connection_id ?? '', /^con_/);
});

test('a crowd of events is written in the order in which it came', async () => {
  const { ctx } = tenant;
  for (let n = 0; n < 1500; n += 1) ctx.emit({ type: 'f', description: String(n) });
  await ctx.log.flush();
  const numbers = (await stored()).filter(({ type }) => type === 'f').map(({ description }) => Number(description));
  assert.deepEqual(
    numbers,
    Array.from({ length: 1500 }, (_, n) => n),
  );
});

test('what a text may not hold is taken out of it, and what looks like a secret is masked', async () => {
  const { ctx } = tenant;
  ctx.emit({ type: 'f', description: `a\0b ${'x'.repeat(5000)}`, user_agent: 'y'.repeat(5000) });
  ctx.emit({ type: 'f', description: 'sent Bearer abcdefghijkl' });
  await ctx.log.flush();
  const [first, second] = (await stored()).slice(-2);
  assert.equal(first?.description?.slice(0, 4), 'ab x');
  assert.ok((first?.description?.length ?? 0) <= 2000 && first?.user_agent?.length === 512);
  assert.equal(second?.description, 'sent Bearer *****');
});

test('events wait for a database that refuses, and who waits for one is told', async () => {
  const failures: unknown[] = [];
  const { ctx, refuse } = failing(tenant.ctx);
  const book = new LogBook(ctx, (error) => failures.push(error));
  book.add({ type: 'f', description: 'first' });
  await assert.rejects(book.keep({ type: 'sapi', description: 'second' }), /the disk is full/);
  assert.equal(failures.length, 1);
  refuse(false);
  await book.keep({ type: 'sapi', description: 'third' });
  assert.deepEqual(
    (await stored()).slice(-3).map(({ description }) => description),
    ['first', 'second', 'third'],
  );
  await book.close();
});

test('when too many wait the newest are not kept, and how many is on record', async () => {
  const { ctx, refuse } = failing(tenant.ctx);
  const book = new LogBook(ctx);
  for (let n = 0; n < 50_003; n += 1) book.add({ type: 'f' });
  await book.flush();
  await assert.rejects(book.keep({ type: 'sapi' }), /Too many events/);
  refuse(false);
  await book.close();
  const { count } = await ctx.database.queries
    .selectFrom('logs')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('type', '=', 'f')
    .executeTakeFirstOrThrow();
  assert.equal(count, 50_000);
  const lost = await ctx.database.queries
    .selectFrom('logs')
    .select('description')
    .where('type', '=', 'log_events_lost')
    .execute();
  assert.match(lost[0]?.description ?? '', /^3 events/);
});

test('what has not been written is written at the end', async () => {
  const book = new LogBook(tenant.ctx);
  book.add({ type: 'slo', description: 'last' });
  await book.close();
  assert.equal((await stored()).at(-1)?.description, 'last');
});
