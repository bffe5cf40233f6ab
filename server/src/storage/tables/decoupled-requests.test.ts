// Owns the conformance of the tables of decoupled requests and of counted attempts on every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachDialect } from '../testing.ts';
import { decoupledRequestRow, noon } from '../testing-rows.ts';
import * as attempts from './attempts.ts';
import * as requests from './decoupled-requests.ts';

const times = <T>(work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: 50 }, (_, index) => work(index)));
const approval = { status: 'approved' as const, user_id: 'ann', answer: '{}' };
const pace = { now: noon, graceMs: 0, growth: 5 };

eachDialect((database) => {
  test('a request is found by its secret and its kind, and comes back as it went in', async () => {
    const { queries } = await database();
    const row = decoupledRequestRow({ id: 'found', user_code: 'FNDFNDFN', user_id: 'ann', answer: '{"x":1}' });
    assert.equal(await requests.insert(queries, row), true);
    assert.deepEqual({ ...(await requests.findBySecret(queries, row)) }, row);
    assert.equal(await requests.findBySecret(queries, { ...row, kind: 'ciba' }), undefined);
    assert.equal(await requests.findBySecret(queries, { ...row, secret_digest: 'other' }), undefined);
  });

  test('a user code in use is not given to another request; requests without one do not meet', async () => {
    const { queries } = await database();
    assert.equal(await requests.insert(queries, decoupledRequestRow({ id: 'code 1', user_code: 'TWCTWCTW' })), true);
    assert.equal(await requests.insert(queries, decoupledRequestRow({ id: 'code 2', user_code: 'TWCTWCTW' })), false);
    assert.equal(await requests.insert(queries, decoupledRequestRow({ id: 'no code 1' })), true);
    assert.equal(await requests.insert(queries, decoupledRequestRow({ id: 'no code 2' })), true);
  });

  test('a code opens its request until it was typed too often, was decided or expired', async () => {
    const { queries } = await database();
    const row = decoupledRequestRow({ id: 'opened', user_code: 'PNDPNDPN' });
    await requests.insert(queries, row);
    const opened = await times(() => requests.open(queries, 'PNDPNDPN', { now: noon, most: 10 }));
    assert.equal(opened.filter((found) => found !== undefined).length, 10);
    const open = (now: number) => requests.open(queries, 'PNDPNDPN', { now, most: 100 });
    assert.equal((await open(row.expires_at - 1))?.id, 'opened');
    assert.equal(await open(row.expires_at), undefined);
    await requests.decide(queries, { id: 'opened', ...approval }, noon);
    assert.equal(await open(noon), undefined);
  });

  test('of fifty decisions at once the first stands', async () => {
    const { queries } = await database();
    await requests.insert(queries, decoupledRequestRow({ id: 'decided' }));
    const decided = await times((index) => {
      const status = index % 2 === 0 ? ('approved' as const) : ('denied' as const);
      return requests.decide(queries, { id: 'decided', status, user_id: `person ${index}`, answer: null }, noon);
    });
    assert.equal(decided.filter(Boolean).length, 1);
    const row = await requests.findBySecret(queries, decoupledRequestRow({ id: 'decided' }));
    assert.equal(row?.user_id, `person ${decided.indexOf(true)}`);
  });

  test('nobody decides in the place of the person who is asked, nor when it is too late', async () => {
    const { queries } = await database();
    const row = decoupledRequestRow({ id: 'asked', user_id: 'ann' });
    await requests.insert(queries, row);
    assert.equal(await requests.decide(queries, { id: 'asked', ...approval, user_id: 'ben' }, noon), false);
    assert.equal(await requests.decide(queries, { id: 'asked', ...approval }, row.expires_at), false);
    assert.equal(await requests.decide(queries, { id: 'asked', ...approval }, row.expires_at - 1), true);
  });

  test('of fifty who redeem an approval at once exactly one succeeds', async () => {
    const { queries, transaction } = await database();
    await requests.insert(queries, decoupledRequestRow({ id: 'redeemed' }));
    assert.equal(await requests.redeem(queries, 'redeemed', noon), false);
    await requests.decide(queries, { id: 'redeemed', ...approval }, noon);
    const won = await times(() => transaction((inside) => requests.redeem(inside, 'redeemed', noon)));
    assert.equal(won.filter(Boolean).length, 1);
  });

  test('a poll that comes too soon makes the interval longer, and one at the grace does not', async () => {
    const { queries } = await database();
    const row = decoupledRequestRow({ id: 'polled' });
    await requests.insert(queries, row);
    const poll = (ms: number) => requests.poll(queries, 'polled', { ...pace, graceMs: 500, now: noon + ms });
    assert.deepEqual(
      [await poll(0), await poll(4499), await poll(4499 + 9499), await poll(4499 + 9499 + 14_500)],
      [true, false, false, true],
    );
    assert.equal((await requests.findBySecret(queries, row))?.poll_interval, 15);
  });

  test('of fifty polls at once one is in time', async () => {
    const { queries } = await database();
    await requests.insert(queries, decoupledRequestRow({ id: 'polled at once' }));
    const answers = await times(() => requests.poll(queries, 'polled at once', pace));
    assert.equal(answers.filter(Boolean).length, 1);
  });

  test('what waits for a person is listed, newest first', async () => {
    const { queries } = await database();
    for (const [id, values] of Object.entries({
      first: { created_at: noon - 3 },
      second: { created_at: noon - 2 },
      decided: { status: 'denied' as const },
      expired: { expires_at: noon },
      other: { user_id: 'others' },
    })) {
      await requests.insert(queries, decoupledRequestRow({ id: `of lister: ${id}`, user_id: 'lister', ...values }));
    }
    const list = (limit: number) => requests.pendingOf(queries, 'lister', { now: noon, limit });
    assert.deepEqual(
      (await list(10)).map(({ id }) => id),
      ['of lister: second', 'of lister: first'],
    );
    assert.equal((await list(1)).length, 1);
  });

  test('requests and counts are purged when they have expired', async () => {
    const { queries } = await database();
    const expires_at = noon - 100_000;
    await requests.insert(queries, decoupledRequestRow({ id: 'purged', expires_at }));
    await attempts.increment(queries, { digest: 'purged', expires_at });
    assert.deepEqual(
      [await requests.purge(queries, expires_at - 1), await requests.purge(queries, expires_at)],
      [0, 1],
    );
    assert.deepEqual(
      [await attempts.purge(queries, expires_at - 1), await attempts.purge(queries, expires_at)],
      [0, 1],
    );
  });

  test('of fifty attempts at once no two have the same number, and one can be taken back', async () => {
    const { queries } = await database();
    const attempt = { digest: 'counted', expires_at: noon };
    const counts = await times(() => attempts.increment(queries, attempt));
    assert.deepEqual(
      counts.toSorted((a, b) => a - b),
      counts.map((_, index) => index + 1),
    );
    await attempts.decrement(queries, 'counted');
    await attempts.decrement(queries, 'never counted');
    assert.equal(await attempts.increment(queries, attempt), 50);
  });
});
