// Owns the conformance of the tables about log-outs on every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachDialect } from '../testing.ts';
import { logoutDeliveryRow, noon, sessionRow, userRow } from '../testing-rows.ts';
import * as outbox from './logout-outbox.ts';
import * as sessionClients from './session-clients.ts';
import * as sessions from './sessions.ts';
import * as users from './users.ts';

eachDialect((database) => {
  test('an application takes part in a session once, and not beyond it', async () => {
    const { queries } = await database();
    await users.insert(queries, userRow({ user_id: 'auth0|took part' }));
    await sessions.insert(queries, sessionRow({ sid: 'shared', user_id: 'auth0|took part' }));
    for (const [client_id, joined_at] of [
      ['second', noon + 1],
      ['first', noon],
      ['second', noon + 2],
    ] as const) {
      await sessionClients.insert(queries, { sid: 'shared', client_id, joined_at });
    }
    const of = (client_id: string) => ({ sid: 'shared', client_id, user_id: 'auth0|took part' });
    assert.deepEqual(
      (await sessionClients.list(queries, 'shared')).map((row) => ({ ...row })),
      [of('first'), of('second')],
    );
    assert.deepEqual(await sessions.listOfUser(queries, 'auth0|took part'), ['shared']);
    await sessions.remove(queries, 'shared');
    assert.equal((await queries.selectFrom('session_clients').selectAll().execute()).length, 0);
  });

  test('the applications of sessions that idled or ended are listed before those are purged', async () => {
    const { queries } = await database();
    await users.insert(queries, userRow({ user_id: 'auth0|expired' }));
    const add = async (sid: string, idle_expires_at: number, expires_at: number) => {
      await sessions.insert(queries, sessionRow({ sid, user_id: 'auth0|expired', idle_expires_at, expires_at }));
      await sessionClients.insert(queries, { sid, client_id: 'app', joined_at: noon });
    };
    await add('idled', noon, noon + 10);
    await add('over', noon + 10, noon);
    await add('live', noon + 1, noon + 1);
    const found = await sessionClients.listExpired(queries, noon);
    assert.deepEqual(found.map(({ sid }) => sid).sort(), ['idled', 'over']);
    await sessions.purge(queries, noon + 10);
  });

  test('what is due is claimed by one, the longest waiting first, and by nobody until the lease is over', async () => {
    const { queries } = await database();
    await outbox.insert(queries, [
      logoutDeliveryRow({ id: 'later', next_attempt_at: noon + 100 }),
      logoutDeliveryRow({ id: 'second', next_attempt_at: noon }),
      logoutDeliveryRow({ id: 'first', next_attempt_at: noon - 1 }),
    ]);
    const claim = (now: number, limit: number) => outbox.claim(queries, { now, until: now + 50, limit });
    assert.deepEqual(
      (await claim(noon, 1)).map((row) => ({ ...row })),
      [logoutDeliveryRow({ id: 'first', attempts: 1, next_attempt_at: noon + 50 })],
    );
    assert.deepEqual(
      (await claim(noon, 5)).map(({ id }) => id),
      ['second'],
    );
    assert.deepEqual(await claim(noon + 49, 5), []);
    const again = await claim(noon + 50, 5);
    assert.deepEqual(again.map(({ id, attempts }) => [id, attempts]).sort(), [
      ['first', 2],
      ['second', 2],
    ]);
    for (const id of ['first', 'second', 'later']) await outbox.remove(queries, id);
    assert.deepEqual(await claim(noon + 1000, 5), []);
  });

  test('D13: of many claims at once each delivery goes to one', async () => {
    const { queries } = await database();
    const ids = Array.from({ length: 2500 }, (_, index) => `fan-${index}`);
    await outbox.insert(
      queries,
      ids.map((id) => logoutDeliveryRow({ id })),
    );
    const claims = await Promise.all(
      Array.from({ length: 50 }, () => outbox.claim(queries, { now: noon, until: noon + 50, limit: 100 })),
    );
    const claimed = claims.flat().map(({ id }) => id);
    assert.equal(new Set(claimed).size, claimed.length);
    for (let more = claims.flat(); more.length > 0; ) {
      more = await outbox.claim(queries, { now: noon, until: noon + 50, limit: 1000 });
      claimed.push(...more.map(({ id }) => id));
    }
    assert.deepEqual(claimed.sort(), ids.sort());
    await queries.deleteFrom('logout_outbox').execute();
  });

  test('whoever lost a claim cannot reschedule it, and an address that rests is not claimed', async () => {
    const { queries } = await database();
    const url = 'https://dead.example.com/';
    await outbox.insert(queries, [logoutDeliveryRow({ id: 'mine' }), logoutDeliveryRow({ id: 'dead', url })]);
    await outbox.postpone(queries, url, { now: noon, until: noon + 500 });
    const [mine] = await outbox.claim(queries, { now: noon, until: noon + 50, limit: 5 });
    assert.equal(mine?.id, 'mine');
    await outbox.claim(queries, { now: noon + 50, until: noon + 100, limit: 5 });
    await outbox.reschedule(queries, { id: 'mine', attempts: 1 }, noon + 1);
    assert.deepEqual(await outbox.claim(queries, { now: noon + 99, until: noon + 200, limit: 5 }), []);
    await outbox.reschedule(queries, { id: 'mine', attempts: 2 }, noon + 1);
    assert.equal((await outbox.claim(queries, { now: noon + 1, until: noon + 200, limit: 5 })).length, 1);
    await outbox.postpone(queries, url, { now: noon + 499, until: noon + 600 });
    const due = await outbox.claim(queries, { now: noon + 500, until: noon + 600, limit: 5 });
    assert.deepEqual(due.map(({ id }) => id).sort(), ['dead', 'mine']);
  });
});
