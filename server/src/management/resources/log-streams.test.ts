// Tests log streams: each kind of sink, what is kept secret, and what a change takes away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
});
after(() => tenant.close());

const sinks: Readonly<Record<string, Record<string, unknown>>> = {
  http: { httpEndpoint: 'https://example.com/logs', httpAuthorization: 'Bearer abc', httpContentFormat: 'JSONLINES' },
  eventbridge: { awsAccountId: '999999999999', awsRegion: 'us-west-2' },
  eventgrid: {
    azureSubscriptionId: 'b69a6835-57c7-4d53-b0d5-1c6ae580b6d5',
    azureRegion: 'westeurope',
    azureResourceGroup: 'logs',
  },
  datadog: { datadogApiKey: 'key-of-datadog', datadogRegion: 'eu' },
  splunk: { splunkDomain: 'demo.splunk.com', splunkPort: '8088', splunkToken: 'token-of-splunk', splunkSecure: true },
  sumo: { sumoSourceAddress: 'demo.sumo.com' },
  segment: { segmentWriteKey: 'key-of-segment' },
};

for (const [type, sink] of Object.entries(sinks)) {
  test(`a stream to ${type} is made, read and deleted`, async () => {
    const made = await api.post('/log-streams', { name: type, type, sink });
    assert.deepEqual([made.status, made.body.status, made.body.isPriority], [200, 'active', false]);
    assert.match(made.body.id, /^lst_\d{16}$/);
    for (const [key, value] of Object.entries(sink)) assert.deepEqual(made.body.sink[key], value);
    const path = `/log-streams/${made.body.id}`;
    assert.deepEqual((await api.get(path)).body, made.body);
    assert.equal((await api.delete(path)).status, 204);
    const gone = await api.get(path);
    assert.deepEqual(gone.body, { statusCode: 404, error: 'Not Found', message: 'The log stream does not exist.' });
    assert.equal((await api.delete(path)).status, 204);
  });
}

test("the password of Mixpanel's account is never shown, and stays when it is not sent again", async () => {
  const sink = { mixpanelRegion: 'us', mixpanelProjectId: '1', mixpanelServiceAccountUsername: 'me' };
  const secret = { mixpanelServiceAccountPassword: 'hunter2' };
  const { body } = await api.post('/log-streams', { type: 'mixpanel', sink: { ...sink, ...secret } });
  const masked = { mixpanelServiceAccountPassword: '********' };
  assert.deepEqual(body.sink, { ...sink, ...masked });
  const changed = await api.patch(`/log-streams/${body.id}`, { sink: { ...sink, mixpanelRegion: 'eu' } });
  assert.deepEqual(changed.body.sink, { ...sink, mixpanelRegion: 'eu', ...masked });
});

test('secrets of sinks are sealed where they are stored, and masked on record', async () => {
  await api.post('/log-streams', { type: 'datadog', sink: { datadogApiKey: 'visible-nowhere', datadogRegion: 'us' } });
  const documents = await tenant.ctx.database.queries.selectFrom('documents').selectAll().execute();
  const events = await tenant.ctx.database.queries.selectFrom('logs').selectAll().execute();
  assert.ok(!JSON.stringify([documents, events]).includes('visible-nowhere'));
});

test('a stream of priority carries events of security alone', async () => {
  const filters = [{ type: 'category', name: 'auth.login.fail' }];
  const { body } = await api.post('/log-streams', { type: 'sumo', sink: sinks['sumo'], isPriority: true });
  const security = [{ type: 'category', name: 'security' }];
  assert.deepEqual(body.filters, security);
  assert.deepEqual((await api.patch(`/log-streams/${body.id}`, { filters })).body.filters, security);
  const usual = await api.patch(`/log-streams/${body.id}`, { filters, isPriority: false });
  assert.deepEqual(usual.body.filters, filters);
  assert.ok(!('filters' in (await api.patch(`/log-streams/${body.id}`, { filters: [] })).body));
});

test('personal data is hashed unless told otherwise, and told as it is once a sink is sent without a rule for it', async () => {
  const pii_config = { log_fields: ['email'] };
  const { body } = await api.post('/log-streams', { type: 'sumo', sink: sinks['sumo'], pii_config });
  const path = `/log-streams/${body.id}`;
  assert.deepEqual(body.pii_config, { ...pii_config, method: 'hash', algorithm: 'xxhash' });
  assert.deepEqual((await api.patch(path, { status: 'paused' })).body.pii_config, body.pii_config);
  assert.equal((await api.patch(path, { status: 'active' })).body.status, 'active');
  assert.ok(!('pii_config' in (await api.patch(path, { sink: sinks['sumo'] })).body));
});

test('a stream keeps its kind, and what its kind does not know is refused', async () => {
  const { body } = await api.post('/log-streams', { type: 'sumo', sink: sinks['sumo'] });
  for (const refused of [
    await api.patch(`/log-streams/${body.id}`, { sink: sinks['segment'] }),
    await api.patch(`/log-streams/${body.id}`, { type: 'http' }),
    await api.post('/log-streams', { type: 'http', sink: { httpEndpoint: 'http://example.com' } }),
    await api.post('/log-streams', { type: 'sumo', sink: sinks['http'] }),
    await api.post('/log-streams', { type: 'pigeon', sink: {} }),
  ]) {
    assert.deepEqual([refused.status, refused.body.errorCode], [400, 'invalid_body']);
  }
});
