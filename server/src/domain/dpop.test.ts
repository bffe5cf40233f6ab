// Tests the memory of DPoP proofs: it forgets none while it counts, and stays small.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OAuthError } from '#protocol/oauth-error';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { currentNonce, useProofHere } from './dpop.ts';

let tenant: TestTenant;
before(async () => {
  tenant = await openTestTenant();
});
after(() => tenant.close());

const proof = (jti: string) => ({ jkt: 'the-key', jti, expiresAt: tenant.ctx.now() + 600_000 });
const assertUsed = (jti: string) =>
  assert.rejects(useProofHere(tenant.ctx, proof(jti)), (error) => error instanceof OAuthError);

test('a proof that was used is known for as long as it could be good, whenever that began', async () => {
  await useProofHere(tenant.ctx, proof('first'));
  tenant.pass(10 * 60_000 + 59_999);
  await useProofHere(tenant.ctx, proof('second'));
  await assertUsed('first');
  tenant.pass(1);
  await useProofHere(tenant.ctx, proof('third'));
  tenant.pass(600_000);
  for (const jti of ['second', 'third']) await assertUsed(jti);
});

test('what is more than memory may hold is written, and works once all the same', async () => {
  for (let n = 0; n < 50_010; n += 1) await useProofHere(tenant.ctx, proof(`many-${n}`));
  for (const n of [0, 49_000, 50_000, 50_009]) await assertUsed(`many-${n}`);
  const { written } = await tenant.ctx.database.queries
    .selectFrom('replays')
    .select(({ fn }) => fn.countAll().as('written'))
    .executeTakeFirstOrThrow();
  assert.ok(Number(written) > 0 && Number(written) < 20, String(written));
});

test('the nonce changes every two minutes, and is the same on every node', async () => {
  const twin = await openTestTenant();
  try {
    twin.pass(tenant.ctx.now() - twin.ctx.now());
    const first = currentNonce(tenant.ctx);
    assert.equal(currentNonce(twin.ctx), first);
    for (const one of [tenant, twin]) one.pass(120_000);
    assert.notEqual(currentNonce(tenant.ctx), first);
    assert.equal(currentNonce(twin.ctx), currentNonce(tenant.ctx));
  } finally {
    await twin.close();
  }
});
