import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Database } from '#storage/database';
import * as users from '#storage/tables/users';
import { withDatabase } from '#storage/testing';
import { createTestUser, openTestTenant, type TestTenant } from '#testing/tenant';
import { beginImport, doJobs, importedFrom, importReportOf } from '../../testing/importing.ts';
import { accountRow } from '../account-rows.ts';
import { type Job, LeaseLost, QueueFull, type Work } from '../job.ts';
import { claimJob, createJob, findJob, workOf } from '../job-queue.ts';
import { JobRunner } from '../job-runner.ts';
import { type ImportAsked, type ImportState, usersImport } from './users-import.ts';
import { verificationEmail } from './verification-email.ts';

const long = (length: number) => 'ü'.repeat(length);
const email = (index: number) => `row-${index}@example.com`;

/** What a file may hold that was made to break an import, or by somebody who never saw a specification. */
const hostile: readonly unknown[] = [
  { username: 'a\ud800b' },
  { username: 'a\udfffb' },
  { name: '\ud83d' },
  { user_id: `x${long(249)}` },
  { user_id: 'x'.repeat(251) },
  { username: '🙂'.repeat(128) },
  { name: long(300), given_name: long(150), family_name: long(150), nickname: long(300) },
  { picture: `https://example.com/${'a'.repeat(1900)}` },
  { picture: 'javascript:alert(1)' },
  { app_metadata: { text: 'x'.repeat(200_000) } },
  { app_metadata: { lone: '\ud800', ['k\udfff']: 1 } },
  { app_metadata: { nul: '\u0000' } },
  { user_metadata: Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`key ${index}`, index])) },
  { user_metadata: { huge: 1e308, small: 5e-324, negative: -0, exact: 2 ** 53 } },
  { user_metadata: { ['a'.repeat(500)]: { ['b'.repeat(500)]: 'c' } } },
  { user_metadata: { "'; drop table users; --": "'; drop table users; --" } },
  { app_metadata: JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}') },
  JSON.parse('{"__proto__":{"email":"p@example.com"}}'),
  { toString: 'x' },
  { email: null },
  { email: ['a@example.com'] },
  { email: 'a@b@c.example' },
  { email: `${'a'.repeat(250)}@example.com` },
  { blocked: 'true' },
  { phone_number: '+99999999999999999999' },
  { user_id: '' },
  { user_id: 'a|b|c' },
  { user_id: 'google-oauth2|1' },
  { mfa_factors: [{ totp: { secret: 'A'.repeat(256) } }] },
  { mfa_factors: Array.from({ length: 11 }, () => ({ email: { value: 'a@example.com' } })) },
  { custom_password_hash: { algorithm: 'toString', hash: { value: 'a' } } },
  {
    custom_password_hash: {
      algorithm: 'scrypt',
      hash: { value: 'aa', encoding: 'hex' },
      keylen: 2 ** 40,
      cost: 2 ** 40,
    },
  },
  null,
  [],
  [[{}]],
  7,
  'text',
  true,
  {},
];

const rows = hostile.map((row, index) =>
  typeof row === 'object' && row !== null && !Array.isArray(row) && !Object.hasOwn(row, 'email')
    ? { email: email(index), ...row }
    : row,
);

const many = (count: number) => JSON.stringify(Array.from({ length: count }, (_, index) => ({ email: email(index) })));

/** Lends as many servers on a fresh database as are asked for, each with a clock of its own. */
function withServers(
  dialect: Database['dialect'],
  count: number,
  work: (...servers: [TestTenant, ...TestTenant[]]) => Promise<void>,
): Promise<void> {
  return withDatabase(dialect, async (databaseUrl) => {
    const servers: TestTenant[] = [];
    try {
      for (let made = 0; made < count; made += 1) servers.push(await openTestTenant({ databaseUrl }));
      await work(...(servers as [TestTenant, ...TestTenant[]]));
    } finally {
      for (const server of servers) await server.close();
    }
  });
}

async function countPeople({ ctx }: TestTenant): Promise<number> {
  const rows = ctx.database.queries.selectFrom('users').select('user_id').where('email', 'like', 'row-%');
  return (await rows.execute()).length;
}

/** A server that takes the job in hand and does one step of it. */
async function takeInHand({ ctx }: TestTenant) {
  const claim = (await claimJob(ctx, [usersImport.type], 'a lease')) ?? assert.fail('No job is due.');
  const work = workOf(ctx, claim) as Work<ImportAsked, ImportState>;
  await usersImport.step(ctx, work);
  return work;
}

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`on ${dialect}, an import`, () => {
    test('of rows that were made to break it has each of them come in or in its report', () =>
      withServers(dialect, 1, async (tenant) => {
        const job = await importedFrom(tenant, JSON.stringify(rows));
        assert.deepEqual([job.status, job.done, job.total], ['completed', rows.length, rows.length]);
        const report = await importReportOf(tenant, job.id);
        assert.deepEqual([job.state.inserted, job.state.failed, report.length], [16, 23, 23]);
        for (const { errors } of report) assert.ok(errors.every(({ code }) => code !== 'INTERNAL_ERROR'));
      }));

    test('with a row that the database refuses brings in all the others', () =>
      withServers(dialect, 1, async (tenant) => {
        const { ctx } = tenant;
        // Somebody whom no look-up finds, because they have no identity.
        const orphan = accountRow('auth0|orphan', { email: 'orphan@example.com' }, ctx.now());
        await ctx.database.transaction((queries) => users.insert(queries, orphan));
        const file = [{ email: email(1) }, { email: email(2), user_id: 'orphan' }, { email: email(3) }];
        const { id } = await beginImport(tenant, JSON.stringify(file));
        const errors: unknown[] = [];
        for (let turn = 0; turn < 3; turn += 1) {
          await new JobRunner(ctx, (error) => errors.push(error)).run();
          tenant.pass(1000);
        }
        const job = (await findJob(ctx, id)) as Job<ImportAsked, ImportState>;
        assert.deepEqual([errors.length, job.status, job.state.inserted, job.state.failed], [2, 'completed', 2, 1]);
        const [failed] = await importReportOf(tenant, id);
        assert.deepEqual(failed?.errors, [{ code: 'INTERNAL_ERROR', message: 'The row cannot be stored.' }]);
      }));

    test('keeps hashes and seeds sealed while it waits', () =>
      withServers(dialect, 1, async (tenant) => {
        const row = { email: email(1), mfa_factors: [{ totp: { secret: 'JBSWY3DPEHPK3PXP' } }] };
        const { id } = await beginImport(tenant, JSON.stringify([row]));
        const { queries } = tenant.ctx.database;
        const parts = await queries.selectFrom('job_parts').select('data').where('job_id', '=', id).execute();
        assert.equal(parts.length, 1);
        for (const { data } of parts) {
          assert.throws(() => gunzipSync(data));
          assert.ok(!Buffer.from(data).includes('JBSWY3DPEHPK3PXP'));
        }
      }));

    test('that a dead server left is gone on with, and nobody comes in twice or gets lost', () =>
      withServers(dialect, 1, async (tenant) => {
        const { id } = await beginImport(tenant, many(350));
        const dead = await takeInHand(tenant);
        await doJobs(tenant);
        assert.equal(await countPeople(tenant), 100, 'the job was taken from a living server');
        tenant.pass(10_000);
        await doJobs(tenant);
        const { status, state } = (await findJob(tenant.ctx, id)) as Job<ImportAsked, ImportState>;
        assert.deepEqual([status, state.inserted, state.failed], ['completed', 350, 0]);
        assert.equal(await countPeople(tenant), 350);
        assert.equal(await usersImport.step(tenant.ctx, dead), true, 'there was anything left to do');
      }));

    test('is not gone on with by a server that was taken for dead', () =>
      withServers(dialect, 1, async (tenant) => {
        await beginImport(tenant, many(350));
        const late = await takeInHand(tenant);
        tenant.pass(10_000);
        const heir = (await claimJob(tenant.ctx, [usersImport.type], 'another lease')) ?? assert.fail('No job is due.');
        await assert.rejects(usersImport.step(tenant.ctx, late), LeaseLost);
        assert.equal(await countPeople(tenant), 100);
        const work = workOf(tenant.ctx, heir) as Work<ImportAsked, ImportState>;
        while (!(await usersImport.step(tenant.ctx, work)));
        assert.deepEqual([work.job.state.inserted, await countPeople(tenant)], [350, 350]);
      }));

    test('fails when no step of it succeeds, and holds nobody up', () =>
      withServers(dialect, 1, async (tenant) => {
        const { ctx } = tenant;
        const { id } = await beginImport(tenant, many(10));
        // Nothing that this server can open.
        await ctx.database.queries
          .updateTable('job_parts')
          .set({ data: Buffer.from('x') })
          .execute();
        await doJobs(tenant);
        const job = await findJob(ctx, id);
        assert.deepEqual([job?.status, job?.done], ['failed', 0]);
        assert.equal((await importedFrom(tenant, many(5))).status, 'completed');
      }));

    test('waits for no more than one other', () =>
      withServers(dialect, 1, async (tenant) => {
        await beginImport(tenant, many(1));
        await beginImport(tenant, many(1));
        await assert.rejects(beginImport(tenant, many(1)), QueueFull);
        await doJobs(tenant);
        assert.equal((await importedFrom(tenant, many(1))).status, 'completed');
      }));
  });
}

test('of any number of servers on one PostgreSQL, one does a job', () =>
  withServers('postgres', 3, async (...servers) => {
    const [first] = servers;
    const { user_id } = await createTestUser(first, 'grace@example.com');
    const asked = { user_id, email: 'grace@example.com' };
    const file = await beginImport(first, many(1000));
    for (let count = 0; count < 20; count += 1)
      await createJob(first.ctx, { type: verificationEmail, body: asked, total: 1 });
    await Promise.all(servers.map(doJobs));
    assert.equal(servers.flatMap(({ notices }) => notices).length, 20);
    const { status, state } = (await findJob(first.ctx, file.id)) as Job<ImportAsked, ImportState>;
    assert.deepEqual([status, state.inserted, state.failed], ['completed', 1000, 0]);
    assert.equal(await countPeople(first), 1000);
  }));

test('whoever waits for a mail does not wait for a file', async () => {
  const tenant = await openTestTenant();
  const { user_id } = await createTestUser(tenant, 'grace@example.com');
  const { id } = await beginImport(tenant, many(3000));
  const mailed = Promise.withResolvers<string | undefined>();
  const { ctx } = tenant;
  const notify = async () => mailed.resolve((await findJob(ctx, id))?.status);
  const runner = new JobRunner({ ...ctx, notify }, (error) => mailed.reject(error));
  runner.start();
  await createJob(ctx, { type: verificationEmail, body: { user_id, email: 'grace@example.com' }, total: 1 });
  assert.equal(await mailed.promise, 'processing');
  await runner.stop();
  await tenant.close();
});

test('a file that nests deeper than anybody needs is no file of people', async () => {
  const tenant = await openTestTenant();
  const nested = `[{"email":"a@example.com","app_metadata":{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}}]`;
  const { status, status_details } = await beginImport(tenant, nested);
  assert.deepEqual([status, status_details?.startsWith('Failed to parse users file JSON')], ['failed', true]);
  await tenant.close();
});

test('a report hides secrets wherever a row has them', async () => {
  const tenant = await openTestTenant();
  const rows = [
    { email: 'a@', password: 'TOPSECRET1' },
    { email: 'b@', password_hash: { value: 'TOPSECRET2' } },
    { email: 'c@', custom_password_hash: 'TOPSECRET3' },
    { email: 'd@', custom_password_hash: { algorithm: 'md5', hash: 'TOPSECRET4', salt: ['TOPSECRET5'] } },
    { email: 'e@', mfa_factors: [{ totp: 'TOPSECRET6' }] },
    { email: 'f@example.com', mfa_factors: [{ totp: { secret: 'topsecret7' } }] },
    { email: 'g@', mfa_factors: [{ totp: { secret: ['TOPSECRET8'] } }] },
  ];
  const { id } = await importedFrom(tenant, JSON.stringify(rows));
  const report = await importReportOf(tenant, id);
  assert.equal(report.length, rows.length);
  assert.doesNotMatch(JSON.stringify(report), /topsecret/i);
  await tenant.close();
});
