// Owns the conformance of the tables about signed-in browsers, and sign-ins under way, on every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Queries } from '../tables.ts';
import { eachDialect } from '../testing.ts';
import { noon, sessionRow, userRow } from '../testing-rows.ts';
import * as loginTransactions from './login-transactions.ts';
import * as sessions from './sessions.ts';
import * as users from './users.ts';

async function addUser(queries: Queries, user_id: string): Promise<void> {
  await users.insert(queries, userRow({ user_id, email: 'a@example.com', blocked: 1 }));
}

eachDialect((database) => {
  test('a session is found by its secret, with its person, until it idles or ends', async () => {
    const { queries } = await database();
    await addUser(queries, 'auth0|session');
    const row = sessionRow({ sid: 'live', user_id: 'auth0|session' });
    await sessions.insert(queries, row);
    const find = (now: number) => sessions.findLive(queries, row.secret_digest, now);
    const person = { email: 'a@example.com', name: null, picture: null, blocked: 1 };
    assert.deepEqual({ ...(await find(noon)) }, { ...row, ...person });
    assert.notEqual(await find(noon + 999), undefined);
    assert.equal(await find(noon + 1000), undefined);
    assert.equal(await sessions.update(queries, 'live', { idle_expires_at: noon + 9000 }), true);
    assert.notEqual(await find(noon + 4999), undefined);
    assert.equal(await find(noon + 5000), undefined);
    assert.equal(await sessions.findLive(queries, 'digest of another', noon), undefined);
  });

  test('a session that is given a new secret is not found by the old one', async () => {
    const { queries } = await database();
    await addUser(queries, 'auth0|renewed');
    await sessions.insert(queries, sessionRow({ sid: 'renewed', user_id: 'auth0|renewed', secret_digest: 'old' }));
    await sessions.update(queries, 'renewed', { secret_digest: 'new' });
    assert.equal(await sessions.findLive(queries, 'old', noon), undefined);
    assert.equal((await sessions.findLive(queries, 'new', noon))?.sid, 'renewed');
    assert.equal(await sessions.update(queries, 'unknown', { secret_digest: 'x' }), false);
  });

  test('a session ends once', async () => {
    const { queries } = await database();
    await addUser(queries, 'auth0|ends');
    await sessions.insert(queries, sessionRow({ sid: 'ends', user_id: 'auth0|ends' }));
    const ends = await Promise.all(Array.from({ length: 50 }, () => sessions.remove(queries, 'ends')));
    assert.equal(ends.filter(Boolean).length, 1);
    assert.equal(await loginTransactions.find(queries, 'state'), undefined);
    assert.equal(await sessions.findLive(queries, 'digest of ends', noon), undefined);
  });

  test('a session that is held cannot end before the transaction does, and one that has ended cannot be held', async () => {
    const { queries, transaction } = await database();
    await addUser(queries, 'auth0|held');
    await sessions.insert(queries, sessionRow({ sid: 'held', user_id: 'auth0|held' }));
    const order: string[] = [];
    const { promise: isHeld, resolve } = Promise.withResolvers<void>();
    const holding = transaction(async (inside) => {
      assert.equal(await sessions.hold(inside, 'held'), true);
      resolve();
      await new Promise((later) => setTimeout(later, 50));
      order.push('held');
    });
    await isHeld;
    const removing = sessions.remove(queries, 'held').then(() => order.push('ended'));
    await Promise.all([holding, removing]);
    assert.deepEqual(order, ['held', 'ended']);
    assert.equal(await sessions.hold(queries, 'held'), false);
  });

  test('only sessions that nobody can use are purged', async () => {
    const { queries } = await database();
    await addUser(queries, 'auth0|purged');
    const add = (sid: string, idle_expires_at: number, expires_at: number) =>
      sessions.insert(queries, sessionRow({ sid, user_id: 'auth0|purged', idle_expires_at, expires_at }));
    await add('idle', noon - 50_000, noon + 1);
    await add('over', noon + 1, noon - 50_000);
    await add('kept', noon + 1, noon + 1);
    assert.equal(await sessions.purge(queries, noon - 50_000), 2);
    assert.equal((await sessions.findLive(queries, 'digest of kept', noon))?.sid, 'kept');
  });

  test('a sign-in under way is found, changes, and ends once', async () => {
    const { queries } = await database();
    const row = { id_digest: 'state', browser_digest: 'cookie', body: '{}', created_at: noon, expires_at: noon + 10 };
    await loginTransactions.insert(queries, row);
    assert.equal(await loginTransactions.updateBody(queries, 'state', '{"step":2}'), true);
    assert.equal(await loginTransactions.updateBody(queries, 'unknown', '{}'), false);
    assert.deepEqual({ ...(await loginTransactions.find(queries, 'state')) }, { ...row, body: '{"step":2}' });
    const ends = await Promise.all(Array.from({ length: 50 }, () => loginTransactions.remove(queries, 'state')));
    assert.equal(ends.filter(Boolean).length, 1);
  });

  test('a sign-in that was given up is purged when it has expired, not before', async () => {
    const { queries } = await database();
    const row = {
      id_digest: 'given up',
      browser_digest: 'cookie',
      body: '{}',
      created_at: noon,
      expires_at: noon + 10,
    };
    await loginTransactions.insert(queries, row);
    assert.equal(await loginTransactions.purge(queries, noon + 9), 0);
    assert.equal(await loginTransactions.purge(queries, noon + 10), 1);
  });
});
