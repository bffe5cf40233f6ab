// Tests that what was made to be used once is used once, by whoever and wherever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#storage/database';
import * as replays from '#storage/tables/replays';
import { eachDialect } from '#storage/testing';
import { useOnce } from './replays.ts';

const expiry = Date.UTC(2026, 10, 23);

eachDialect((database) => {
  const use = (ctx: { database: Database }, id: string, scope = 'app') =>
    useOnce(ctx, 'client-assertion', { scope, id }, expiry);

  test('of fifty who use an id at once exactly one succeeds', async () => {
    const ctx = { database: await database() };
    const uses = await Promise.all(Array.from({ length: 50 }, () => use(ctx, 'one')));
    assert.equal(uses.filter(Boolean).length, 1);
  });

  test('the same id means another thing to another application, and for another purpose', async () => {
    const ctx = { database: await database() };
    assert.equal(await use(ctx, 'two'), true);
    assert.equal(await use(ctx, 'two', 'another app'), true);
    assert.equal(await useOnce(ctx, 'dpop-proof', { scope: 'app', id: 'two' }, expiry), true);
    assert.equal(await use(ctx, 'two'), false);
  });

  test('no two pairs of scope and id are taken for each other', async () => {
    const ctx = { database: await database() };
    assert.equal(await use(ctx, 'b","c', 'a'), true);
    assert.equal(await use(ctx, 'c', 'a","b'), true);
  });

  test('an id is forgotten when it has expired, and not before', async () => {
    const ctx = { database: await database() };
    await use(ctx, 'three');
    await replays.purge(ctx.database.queries, expiry - 1);
    assert.equal(await use(ctx, 'three'), false);
    assert.ok((await replays.purge(ctx.database.queries, expiry)) > 0);
    assert.equal(await use(ctx, 'three'), true);
  });
});
