// Tests the rotation of an application's secret: both work while they overlap, and then the new one alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { grantClient } from '#domain/client-grants';
import { assertRefused, TestApplication } from '../testing/application.ts';
import { createTestApi, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';
import { changeClientSecret, findClient, rotateClientSecret } from './clients.ts';

let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant();
  await createTestApi(tenant);
});
after(() => tenant.close());

async function createMachine() {
  const machine = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  const { client_id } = machine.client;
  await grantClient(tenant.ctx, { client_id, audience: testAudience, scope: ['read:things'] });
  const works = async (client_secret: string | undefined) => {
    const answer = await machine.post({ grant_type: 'client_credentials', audience: testAudience, client_secret });
    if (answer.status !== 200) assertRefused(answer, 401, 'invalid_client');
    return answer.status === 200;
  };
  return { client_id, first: String(machine.secret), works };
}

test('T03: while they overlap the old secret and the new one work, then the new one alone', async () => {
  const { client_id, first, works } = await createMachine();
  const second = await rotateClientSecret(tenant.ctx, client_id, { overlapSeconds: 3600 });
  assert.notEqual(second, first);
  assert.deepEqual([await works(first), await works(second), await works(`${second}x`)], [true, true, false]);
  tenant.pass(3600_000 - 1);
  assert.deepEqual([await works(first), await works(second)], [true, true]);
  tenant.pass(1);
  assert.deepEqual([await works(first), await works(second)], [false, true]);
});

test('without an overlap the old secret ends at once', async () => {
  const { client_id, first, works } = await createMachine();
  const second = await rotateClientSecret(tenant.ctx, client_id, { overlapSeconds: 0 });
  assert.deepEqual([await works(first), await works(second)], [false, true]);
  assert.equal((await findClient(tenant.ctx, client_id))?.previous_client_secret, undefined);
});

test('no more than two work at once: a second rotation ends the first secret', async () => {
  const { client_id, first, works } = await createMachine();
  const second = await rotateClientSecret(tenant.ctx, client_id, { overlapSeconds: 3600 });
  const third = await rotateClientSecret(tenant.ctx, client_id, { overlapSeconds: 3600 });
  assert.deepEqual([await works(first), await works(second), await works(third)], [false, true, true]);
});

test('a secret that is set by hand leaves no other one behind', async () => {
  const { client_id, first, works } = await createMachine();
  const second = await rotateClientSecret(tenant.ctx, client_id, { overlapSeconds: 3600 });
  await changeClientSecret(tenant.ctx, client_id, 'a-secret-of-my-own-choosing-32-c');
  const all = [await works(first), await works(second), await works('a-secret-of-my-own-choosing-32-c')];
  assert.deepEqual(all, [false, false, true]);
});

test('the stored application shows neither secret', async () => {
  const { client_id, first } = await createMachine();
  const second = await rotateClientSecret(tenant.ctx, client_id, { overlapSeconds: 60 });
  const stored = JSON.stringify(await findClient(tenant.ctx, client_id));
  assert.deepEqual([stored.includes(first), stored.includes(second)], [false, false]);
});

test('an application without a secret, an unknown one, and an overlap out of range are refused', async () => {
  const { client_id, first, works } = await createMachine();
  const spa = await TestApplication.create(tenant);
  const rotate = (id: string, overlapSeconds: number) => rotateClientSecret(tenant.ctx, id, { overlapSeconds });
  await assert.rejects(rotate(spa.client.client_id, 60), RangeError);
  await assert.rejects(rotate('unknown', 60), RangeError);
  for (const overlap of [-1, 1.5, Number.NaN, 31 * 86_400])
    await assert.rejects(rotate(client_id, overlap), RangeError);
  assert.equal(await works(first), true);
});
