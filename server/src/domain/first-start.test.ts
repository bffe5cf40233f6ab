// Tests the first start: what a deployment begins with, also when several nodes begin at the same instant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '#storage/testing';
import { openTestTenant } from '../testing/tenant.ts';
import { listClients } from './clients.ts';
import { furnishDemo } from './demo.ts';
import { ensureAdministrator, ensureManagementClient } from './first-start.ts';

const management = { client_id: 'management', client_secret: 'a-secret-of-32-characters-or-more' };
const wanted = { email: 'admin@example.com', password: undefined };

test('five nodes that start at once on a fresh PostgreSQL share one set of keys and one administrator', () =>
  withDatabase('postgres', async (databaseUrl) => {
    const nodes = await Promise.all(Array.from({ length: 5 }, () => openTestTenant({ databaseUrl })));
    try {
      const made = await Promise.all(
        nodes.map(async ({ ctx }) => {
          await furnishDemo(ctx);
          await ensureManagementClient(ctx, management);
          return ensureAdministrator(ctx, wanted);
        }),
      );
      assert.equal(made.filter((administrator) => administrator !== undefined).length, 1);
      assert.equal(new Set(nodes.map(({ ctx }) => JSON.stringify(ctx.keys.jwks))).size, 1);
      assert.equal(new Set(nodes.map(({ ctx }) => JSON.stringify(ctx.keys.jwks))).size, 1);
      for (const { ctx } of nodes) {
        await ctx.documents.refresh();
        const names = (await listClients(ctx)).map(({ name }) => name);
        assert.equal(new Set(names).size, names.length);
        assert.equal(names.length, 3, 'the demo, the management application and the global one');
      }
    } finally {
      for (const node of nodes) await node.close();
    }
  }));

test('a second start makes nothing and changes nothing', async () => {
  const tenant = await openTestTenant();
  const { ctx } = tenant;
  const first = await ensureAdministrator(ctx, wanted);
  assert.match(first?.generatedPassword ?? '', /^[A-Za-z0-9]{20}-[\w-]{4}$/);
  assert.equal(await ensureAdministrator(ctx, { ...wanted, email: 'other@example.com' }), undefined);
  await tenant.close();
});
