// Tests what deliveries are found by, on both databases.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachDialect } from '../testing.ts';
import * as deliveries from './event-deliveries.ts';

eachDialect((database) => {
  test('who asks for no type of event at all finds nothing, and who asks for any finds all', async () => {
    const { queries } = await database();
    const row = { event: '{}', attempts: '[]', tries: 0, created_at: 1, settled_at: null, next_attempt_at: null };
    const own = { id: 'evt_1', event_stream_id: 'est_1', event_type: 'user.created', status: 'failed' } as const;
    await deliveries.insert(queries, { ...row, ...own });
    const found = async (filter: object) =>
      (await deliveries.list(queries, { stream: 'est_1', ...filter }, undefined, 10)).map(({ id }) => id);
    assert.deepEqual(await found({}), ['evt_1']);
    assert.deepEqual(await found({ eventTypes: ['user.created'], statuses: ['failed'] }), ['evt_1']);
    assert.deepEqual(await found({ eventTypes: [] }), []);
    assert.deepEqual(await found({ statuses: [] }), []);
    await deliveries.retry(queries, { stream: 'est_1', eventTypes: [] }, 2);
    assert.equal((await deliveries.find(queries, 'est_1', 'evt_1'))?.status, 'failed');
    await deliveries.retry(queries, { stream: 'est_1' }, 2);
    assert.equal((await deliveries.find(queries, 'est_1', 'evt_1'))?.status, 'pending');
  });
});
