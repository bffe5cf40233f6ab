// Tests event streams: their secrets, trying them out, and sending again what was not taken.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { deliverEvents } from '#domain/event-deliveries';
import { type OutboundAnswer, OutboundFailed, type OutboundRequest } from '#protocol/outbound';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;
let sent: OutboundRequest[];
let answer: () => Promise<OutboundAnswer>;

beforeEach(async () => {
  sent = [];
  answer = async () => ({ status: 200, headers: {}, body: '' });
  tenant = await openTestTenant({
    outbound: (request) => {
      sent.push(request);
      return answer();
    },
  });
  api = await TestManagement.open(tenant);
});
afterEach(() => tenant.close());

const endpoint = 'https://hook.example.com/in';
const webhook = (webhook_authorization: object) => ({
  type: 'webhook',
  configuration: { webhook_endpoint: endpoint, webhook_authorization },
});
const made = async (webhook_authorization: object = { method: 'bearer', token: 'hidden-token' }) =>
  (
    await api.post('/event-streams', {
      name: 'people',
      subscriptions: [{ event_type: 'user.created' }],
      destination: webhook(webhook_authorization),
    })
  ).body;

/** Sends what is due until nothing is left that waits for its time. */
async function deliverAll(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) {
    await deliverEvents(tenant.ctx);
    tenant.pass(31_000);
  }
  await deliverEvents(tenant.ctx);
}

test('a stream is made, read, changed and deleted, and never tells its secrets', async () => {
  const stream = await made();
  assert.match(stream.id, /^est_[A-Za-z0-9]{22}$/);
  assert.deepEqual(stream.destination, webhook({ method: 'bearer' }));
  const path = `/event-streams/${stream.id}`;
  assert.deepEqual((await api.get(path)).body, stream);
  assert.deepEqual((await api.get('/event-streams')).body, { eventStreams: [stream] });
  const changed = await api.patch(path, {
    status: 'disabled',
    destination: webhook({ method: 'basic', username: 'me', password: 'p' }),
  });
  assert.deepEqual(
    [changed.body.status, changed.body.destination],
    ['disabled', webhook({ method: 'basic', username: 'me' })],
  );
  const stored = await tenant.ctx.database.queries
    .selectFrom('documents')
    .select('body')
    .where('kind', '=', 'event-streams')
    .execute();
  assert.ok(!JSON.stringify(stored).includes('hidden-token'));
  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.get(path)).body.message, 'The requested stream does not exist.');
});

test('an id of another form, and a name that is taken, are refused', async () => {
  const { body } = await api.get('/event-streams/est_invalid_id_1234567890');
  assert.equal(
    body.message,
    "Path validation error: 'Object didn't pass validation for format event-stream-id: est_invalid_id_1234567890' on property id (Unique identifier for the event stream).",
  );
  await made();
  assert.equal((await made()).statusCode, 409);
});

const credentials: readonly (readonly [object, string, string])[] = [
  [{ method: 'bearer', token: 't0ken' }, 'authorization', 'Bearer t0ken'],
  [{ method: 'basic', username: 'me', password: 'pass' }, 'authorization', 'Basic bWU6cGFzcw=='],
  [{ method: 'custom_header', header_key: 'x-key', header_value: 'value' }, 'x-key', 'value'],
];
for (const [authorization, header, value] of credentials) {
  test(`an event that tries a stream out is posted with ${header}: ${value}`, async () => {
    const stream = await made(authorization);
    const tried = await api.post(`/event-streams/${stream.id}/test`, {
      event_type: 'user.created',
      data: { object: { user_id: 'x' } },
    });
    assert.deepEqual([tried.status, tried.body.status, tried.body.attempts], [202, 'pending', []]);
    await deliverAll();
    assert.equal(sent.length, 1);
    assert.deepEqual([sent[0]?.url, sent[0]?.headers?.[header]], [endpoint, value]);
    assert.deepEqual(JSON.parse(sent[0]?.body ?? ''), tried.body.event);
    assert.deepEqual(tried.body.event.data, { object: { user_id: 'x' } });
    const { body } = await api.get(`/event-streams/${stream.id}/deliveries/${tried.body.id}`);
    assert.deepEqual([body.status, body.attempts.length], ['succeeded', 1]);
    assert.equal((await api.post(`/event-streams/${stream.id}/redeliver/${tried.body.id}`)).status, 409);
  });
}

test('what is not taken is tried four times, listed, and sent again when that is asked for', async () => {
  answer = () => Promise.reject(new OutboundFailed('nobody is there'));
  const stream = await made();
  const path = `/event-streams/${stream.id}`;
  const { body: tried } = await api.post(`${path}/test`, { event_type: 'user.deleted' });
  await deliverAll();
  api = await TestManagement.open(tenant);
  assert.equal(sent.length, 4);
  const { body } = await api.get(`${path}/deliveries?event_types=user.deleted,user.created`);
  assert.deepEqual(
    [body.deliveries.length, body.deliveries[0].status, body.deliveries[0].attempts.length],
    [1, 'failed', 4],
  );
  assert.equal(body.deliveries[0].attempts[0].error_message, `Post "${endpoint}": nobody is there`);
  assert.deepEqual((await api.get(`${path}/deliveries?event_types=user.updated`)).body, { deliveries: [] });
  const [, failures] = (await api.get(`${path}/stats`)).body.metrics;
  assert.deepEqual([failures.window_total, failures.data.length, failures.data.at(-1)], [1, 15, 1]);
  answer = async () => ({ status: 204, headers: {}, body: '' });
  assert.deepEqual((await api.post(`${path}/redeliver`, { statuses: ['failed'] })).body, { statuses: ['failed'] });
  await deliverAll();
  assert.equal((await api.get(`${path}/deliveries/${tried.id}`)).body.status, 'succeeded');
});

test('an event that is not there is a 404', async () => {
  const stream = await made();
  const { body } = await api.get(`/event-streams/${stream.id}/deliveries/evt_${'x'.repeat(22)}`);
  assert.deepEqual([body.statusCode, body.message], [404, 'The event does not exist.']);
});
