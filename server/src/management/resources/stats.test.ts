// Tests the statistics as programs read them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;
const day = 24 * 60 * 60 * 1000;

before(async () => {
  tenant = await openTestTenant();
  const { ctx } = tenant;
  ctx.emit({ type: 'ss', user_id: 'auth0|1' });
  ctx.emit({ type: 's', user_id: 'auth0|1' });
  ctx.emit({ type: 's', user_id: 'auth0|2' });
  ctx.emit({ type: 'f', user_id: 'auth0|3' });
  tenant.pass(29 * day);
  ctx.emit({ type: 'sepft', user_id: 'auth0|2' });
  ctx.emit({ type: 'ssa', user_id: 'auth0|4' });
  api = await TestManagement.open(tenant);
});
after(() => tenant.close());

test('each day of a range has its counts, also one on which nothing happened', async () => {
  const { body } = await api.get('/stats/daily?from=20261122&to=20261123');
  const at = '2026-11-23T00:00:00.000Z';
  assert.deepEqual(body, [
    {
      date: '2026-11-22T00:00:00.000Z',
      ...{ logins: 0, signups: 0, leaked_passwords: 0 },
      ...{ created_at: '2026-11-22T00:00:00.000Z', updated_at: '2026-11-22T00:00:00.000Z' },
    },
    { date: at, logins: 2, signups: 1, leaked_passwords: 0, created_at: at, updated_at: at },
  ]);
});

test('without a range the last thirty days are told', async () => {
  const { body } = await api.get('/stats/daily');
  assert.deepEqual([body.length, body[0].logins, body[29].logins], [30, 2, 1]);
});

test('a range that ends before it begins, and a day that is none, are refused', async () => {
  for (const query of ['from=20261124&to=20261123', 'from=2026-11-23', 'to=20261332']) {
    assert.equal((await api.get(`/stats/daily?${query}`)).status, 400, query);
  }
});

test('who signed in within thirty days is active, once', async () => {
  assert.equal((await api.get('/stats/active-users')).body, 3);
  tenant.pass(day);
  const later = await TestManagement.open(tenant);
  assert.equal((await later.get('/stats/active-users')).body, 2);
});
