// Owns the conformance of the tables about tokens, consents and revocations on every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Queries } from '../tables.ts';
import { eachDialect } from '../testing.ts';
import { noon, refreshTokenRow, singleUseTokenRow, userRow } from '../testing-rows.ts';
import * as grants from './grants.ts';
import * as refreshTokens from './refresh-tokens.ts';
import * as revocations from './revocations.ts';
import * as singleUse from './single-use-tokens.ts';
import * as users from './users.ts';

const atOnce = <T>(work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 50 }, (_, index) => work(index)));

async function addFamily(queries: Queries, values: Partial<refreshTokens.RefreshTokenRow> & { family_id: string }) {
  const user_id = `auth0|${values.family_id}`;
  await users.insert(queries, userRow({ user_id }));
  const row = refreshTokenRow({ user_id, ...values });
  await refreshTokens.insert(queries, row);
  return row;
}

eachDialect((database) => {
  test('of fifty who consume a token at once exactly one gets it', async () => {
    const { queries } = await database();
    const row = singleUseTokenRow({ digest: 'raced', body: '{"x":1}' });
    await singleUse.insert(queries, row);
    const won = (await atOnce(() => singleUse.consume(queries, row, noon + 1))).filter(
      (winner) => winner !== undefined,
    );
    assert.deepEqual(
      won.map((winner) => ({ ...winner })),
      [{ ...row, consumed_at: noon + 1 }],
    );
  });

  test('of fifty transactions that consume a token at once exactly one gets it', async () => {
    const { queries, transaction } = await database();
    const row = singleUseTokenRow({ digest: 'raced in transactions' });
    await singleUse.insert(queries, row);
    const won = await atOnce((index) => transaction((inside) => singleUse.consume(inside, row, noon + index)));
    assert.equal(won.filter((winner) => winner !== undefined).length, 1);
  });

  test('a token that was consumed in a transaction that failed can still be consumed', async () => {
    const { queries, transaction } = await database();
    const row = singleUseTokenRow({ digest: 'rolled back' });
    await singleUse.insert(queries, row);
    const failing = transaction(async (inside) => {
      assert.notEqual(await singleUse.consume(inside, row, noon), undefined);
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    assert.notEqual(await singleUse.consume(queries, row, noon), undefined);
  });

  test('a token works for its purpose, its client and its time only', async () => {
    const { queries } = await database();
    const row = singleUseTokenRow({ digest: 'bound' });
    await singleUse.insert(queries, row);
    assert.equal(await singleUse.consume(queries, { ...row, purpose: 'ticket' }, noon), undefined);
    assert.equal(await singleUse.consume(queries, { ...row, client_id: 'other' }, noon), undefined);
    assert.equal(await singleUse.consume(queries, { ...row, digest: 'other' }, noon), undefined);
    assert.equal(await singleUse.consume(queries, row, row.expires_at), undefined);
    assert.notEqual(await singleUse.consume(queries, row, row.expires_at - 1), undefined);
  });

  test('a consumed token is still known, so that a replay is recognised, until it is purged', async () => {
    const { queries } = await database();
    const row = singleUseTokenRow({ digest: 'replayed', expires_at: noon - 100 });
    await singleUse.insert(queries, row);
    await singleUse.consume(queries, row, noon - 200);
    assert.equal((await singleUse.find(queries, row))?.consumed_at, noon - 200);
    assert.equal(await singleUse.find(queries, { ...row, purpose: 'ticket' }), undefined);
    assert.equal(await singleUse.purge(queries, noon - 101), 0);
    assert.equal(await singleUse.purge(queries, noon - 100), 1);
    assert.equal(await singleUse.find(queries, row), undefined);
  });

  test('a burnt token works for nobody', async () => {
    const { queries } = await database();
    const row = singleUseTokenRow({ digest: 'burnt' });
    await singleUse.insert(queries, row);
    await singleUse.burn(queries, 'burnt', noon);
    await singleUse.burn(queries, 'burnt', noon + 5);
    assert.equal((await singleUse.find(queries, row))?.consumed_at, noon);
    assert.equal(await singleUse.consume(queries, row, noon), undefined);
  });

  test('of fifty who rotate a generation at once exactly one succeeds', async () => {
    const { queries } = await database();
    const row = await addFamily(queries, { family_id: 'raced' });
    const rotation = { ...row, generation: 0, successor: 1, idle_expires_at: noon + 77 };
    const won = await atOnce((index) => refreshTokens.rotate(queries, rotation, noon + index));
    assert.equal(won.filter(Boolean).length, 1);
    const after = await refreshTokens.find(queries, 'raced');
    assert.deepEqual([after?.generation, after?.idle_expires_at], [1, noon + 77]);
    assert.equal(await refreshTokens.rotate(queries, { ...rotation, generation: 1, successor: 2 }, noon), true);
  });

  test('of fifty transactions that rotate a generation at once exactly one succeeds', async () => {
    const { queries, transaction } = await database();
    const row = await addFamily(queries, { family_id: 'raced in transactions' });
    const won = await atOnce(() =>
      transaction(async (inside) => {
        const read = await refreshTokens.find(inside, row.family_id);
        return read?.generation === 0 && refreshTokens.rotate(inside, { ...row, successor: 1 }, noon);
      }),
    );
    assert.equal(won.filter(Boolean).length, 1);
  });

  test('a family rotates for its client, while it lives', async () => {
    const { queries } = await database();
    const row = await addFamily(queries, { family_id: 'bound', idle_expires_at: noon + 10, expires_at: noon + 20 });
    const rotate = (values: Partial<refreshTokens.Rotation>, now: number) =>
      refreshTokens.rotate(queries, { ...row, successor: 0, idle_expires_at: null, ...values }, now);
    assert.equal(await rotate({ client_id: 'other' }, noon), false);
    assert.equal(await rotate({ family_id: 'other' }, noon), false);
    assert.equal(await rotate({ generation: 3 }, noon), false);
    assert.equal(await rotate({}, noon + 10), false);
    assert.equal(await rotate({}, noon + 9), true);
    assert.equal(await rotate({}, noon + 19), true);
    assert.equal(await rotate({}, noon + 20), false);
  });

  test('a revoked family never rotates again, and is revoked once', async () => {
    const { queries } = await database();
    const row = await addFamily(queries, { family_id: 'revoked' });
    assert.equal(await refreshTokens.revoke(queries, 'revoked', noon), true);
    assert.equal(await refreshTokens.revoke(queries, 'revoked', noon + 1), false);
    assert.equal(await refreshTokens.revoke(queries, 'unknown', noon), false);
    assert.equal((await refreshTokens.find(queries, 'revoked'))?.revoked_at, noon);
    assert.equal(await refreshTokens.rotate(queries, { ...row, successor: 1 }, noon), false);
  });

  test('a session revokes its families and no others', async () => {
    const { queries } = await database();
    await addFamily(queries, { family_id: 'of session 1', sid: 's1' });
    await addFamily(queries, { family_id: 'of session 1 too', sid: 's1' });
    await addFamily(queries, { family_id: 'of session 2', sid: 's2' });
    assert.equal(await refreshTokens.revokeSession(queries, 's1', noon), 2);
    assert.equal(await refreshTokens.revokeSession(queries, 's1', noon), 0);
    assert.equal((await refreshTokens.find(queries, 'of session 2'))?.revoked_at, null);
  });

  test('families are purged once they have ended, by whichever end', async () => {
    const { queries } = await database();
    const long = noon - 100_000;
    await addFamily(queries, { family_id: 'purged: revoked', revoked_at: long });
    await addFamily(queries, { family_id: 'purged: expired', expires_at: long });
    await addFamily(queries, { family_id: 'purged: idle', idle_expires_at: long });
    await addFamily(queries, { family_id: 'kept' });
    assert.equal(await refreshTokens.purge(queries, long - 1), 0);
    assert.equal(await refreshTokens.purge(queries, long), 3);
    assert.notEqual(await refreshTokens.find(queries, 'kept'), undefined);
  });

  test('a consent takes the place of an earlier one for the same API', async () => {
    const { queries } = await database();
    await users.insert(queries, userRow({ user_id: 'auth0|consents' }));
    const key = { user_id: 'auth0|consents', client_id: 'app', audience: '' };
    const row = { id: 'grant 1', ...key, scope: 'openid', created_at: noon, updated_at: noon };
    await grants.put(queries, row);
    await grants.put(queries, { ...row, id: 'grant 2', scope: 'openid email', updated_at: noon + 1 });
    assert.deepEqual({ ...(await grants.find(queries, key)) }, { ...row, scope: 'openid email', updated_at: noon + 1 });
    assert.equal(await grants.find(queries, { ...key, audience: 'https://api.example.com/' }), undefined);
  });

  test('facts have their places in the order in which they settle, and a fact that comes about again has a later one', async () => {
    const { queries, dialect } = await database();
    const isPostgres = dialect === 'postgres';
    const fact = (fingerprint: string, expires_at = noon + 10) => ({ fingerprint, kind: 'session', expires_at });
    const places = async () =>
      (await revocations.listAfter(queries, { position: 0, now: noon, limit: 10 })).map((each) => [
        each.fingerprint,
        each.position,
      ]);
    await revocations.put(queries, fact('a'));
    await revocations.put(queries, fact('b'));
    assert.equal(await revocations.hasPending(queries), true);
    assert.deepEqual(await places(), []);
    assert.equal(await revocations.settle(queries, noon, isPostgres), true);
    assert.equal(await revocations.hasPending(queries), false);
    await revocations.put(queries, fact('c', noon + 1));
    await revocations.settle(queries, noon - 5, isPostgres);
    assert.deepEqual(await places(), [
      ['a', noon],
      ['b', noon],
      ['c', noon + 1],
    ]);
    // Until it has its new place it keeps the old one: nobody reads the feed without it.
    await revocations.put(queries, fact('a', noon + 1));
    assert.deepEqual((await places())[0], ['a', noon]);
    await revocations.settle(queries, noon + 7, isPostgres);
    assert.deepEqual((await places()).at(-1), ['a', noon + 7]);
    assert.equal(await revocations.currentPosition(queries), noon + 7);
    // The latest time at which a token may be alive counts.
    assert.equal(await revocations.purge(queries, noon + 1), 1);
    assert.deepEqual(await places(), [
      ['b', noon],
      ['a', noon + 7],
    ]);
  });

  test('a token is ended by a fact after its position, and by one that has no place yet', async () => {
    const { queries, dialect } = await database();
    await revocations.put(queries, { fingerprint: 'f', kind: 'user', expires_at: noon + 10 });
    await revocations.settle(queries, noon, dialect === 'postgres');
    const position = await revocations.currentPosition(queries);
    await revocations.put(queries, { fingerprint: 'pending', kind: 'user', expires_at: noon + 10 });
    const isEnded = (fingerprints: string[], at: number) =>
      revocations.isAnyAfter(queries, { fingerprints, position: at });
    const others = ['1', '2', '3', '4', '5', '6', '7', '8'];
    const answers = [
      await isEnded(['f'], position - 1),
      await isEnded(['f'], position),
      await isEnded([...others, 'f'], position - 1),
      await isEnded(others, 0),
      await isEnded(['pending'], position + 100),
    ];
    assert.deepEqual(answers, [true, false, true, false, true]);
  });
});
