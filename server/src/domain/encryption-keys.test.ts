// Tests the life of the keys that others encrypt with.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { decryptJwe, encryptJwe } from '#crypto/jwe';
import { withDatabase } from '#storage/testing';
import { openTestTenant, type TestTenant } from '#testing/tenant';
import {
  decryptionKeys,
  publishEncryptionKey,
  publishedEncryptionKeys,
  tendEncryptionKeys,
} from './encryption-keys.ts';

const day = 24 * 60 * 60 * 1000;

async function encrypted({ ctx }: TestTenant): Promise<string> {
  const [jwk] = await publishedEncryptionKeys(ctx);
  const key = createPublicKey({ key: jwk as object, format: 'jwk' });
  return encryptJwe('a secret', { alg: 'RSA-OAEP-256', enc: 'A256GCM', key });
}

const read = async ({ ctx }: TestTenant, jwe: string) => decryptJwe(jwe, await decryptionKeys(ctx));

test('a key is made the first time that it is wanted, and replaced in time; the one before opens for a day', async () => {
  const tenant = await openTestTenant();
  const { ctx, pass } = tenant;
  await publishEncryptionKey(ctx, undefined);
  await publishEncryptionKey(ctx, 'nonsense');
  await tendEncryptionKeys(ctx, day);
  assert.deepEqual(await publishedEncryptionKeys(ctx), []);
  await publishEncryptionKey(ctx, 'RSA-OAEP-256');
  await publishEncryptionKey(ctx, 'RSA-OAEP');
  const [first, ...more] = await publishedEncryptionKeys(ctx);
  assert.equal(more.length, 0);
  const old = await encrypted(tenant);
  pass(30 * day);
  await tendEncryptionKeys(ctx, Infinity);
  assert.equal((await publishedEncryptionKeys(ctx))[0]?.['kid'], first?.['kid']);
  await tendEncryptionKeys(ctx, 30 * day);
  const [second, ...others] = await publishedEncryptionKeys(ctx);
  assert.equal(others.length, 0);
  assert.notEqual(second?.['kid'], first?.['kid']);
  for (const jwe of [old, await encrypted(tenant)]) assert.equal(await read(tenant, jwe), 'a secret');
  pass(day);
  await tendEncryptionKeys(ctx, 30 * day);
  assert.equal(await read(tenant, old), undefined);
  assert.equal(await read(tenant, await encrypted(tenant)), 'a secret');
  await tenant.close();
});

for (const dialect of ['sqlite', 'postgres'] as const) {
  test(`${dialect}: of many that make the first key at once, one does; its private half is stored sealed`, () =>
    withDatabase(dialect, async (databaseUrl) => {
      const tenant = await openTestTenant({ databaseUrl });
      await Promise.all(Array.from({ length: 4 }, () => publishEncryptionKey(tenant.ctx, 'ECDH-ES')));
      assert.equal((await publishedEncryptionKeys(tenant.ctx)).length, 1);
      const rows = await tenant.ctx.database.queries.selectFrom('documents').select('body').execute();
      assert.equal(
        rows.some(({ body }) => body?.includes('PRIVATE') || body?.includes('"d"')),
        false,
      );
      await tenant.close();
    }));
}
