// Tests the tickets of self-service profiles.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sha256 } from '#crypto/digest';
import { find } from '#storage/tables/single-use-tokens';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { issueTicket, revokeTicket } from './self-service-profiles.ts';

let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant();
});
after(() => tenant.close());

async function stored(token: string) {
  const row = await find(tenant.ctx.database.queries, { digest: sha256(token), purpose: 'self_service_ticket' });
  assert.ok(row);
  return row;
}

test('a ticket is kept by its digest, for as long as was said, with what was asked for', async () => {
  const request = { connection_config: { name: 'customer' } };
  const row = await stored(await issueTicket(tenant.ctx, 'ssp_1', { request, lifetimeSec: 60 }));
  assert.equal(row.expires_at - row.created_at, 60_000);
  assert.deepEqual(JSON.parse(row.body), { request });
});

test('only its own profile makes a ticket worthless', async () => {
  const token = await issueTicket(tenant.ctx, 'ssp_1', { request: {}, lifetimeSec: 60 });
  await revokeTicket(tenant.ctx, 'ssp_2', token);
  assert.equal((await stored(token)).consumed_at, null);
  await revokeTicket(tenant.ctx, 'ssp_1', token);
  assert.equal((await stored(token)).consumed_at, tenant.ctx.now());
});
