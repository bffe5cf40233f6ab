// Tests the log as programs read it: searches, pages, checkpoints, and what is on record of operations.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;

const typesOf = (events: { type: string }[]) => events.map(({ type }) => type);

before(async () => {
  tenant = await openTestTenant();
  const { ctx } = tenant;
  api = await TestManagement.open(tenant);
  tenant.pass(1000);
  ctx.emit({ type: 'fu', ip: '192.0.2.1', user_name: 'nobody@example.com', connection: 'Nowhere' });
  tenant.pass(1000);
  ctx.emit({ type: 'fp', ip: '192.0.2.1', user_id: 'auth0|1', user_name: 'Jane%_Smith@example.com' });
  tenant.pass(1000);
  ctx.emit({ type: 's', ip: '2001:db8::1', user_id: 'auth0|1', user_name: 'Jane%_Smith@example.com' });
});
after(() => tenant.close());

test('events are listed newest first, with every member that Auth0 tells', async () => {
  const { body } = await api.get('/logs?per_page=3');
  assert.deepEqual(typesOf(body), ['s', 'fp', 'fu']);
  const [newest] = body;
  assert.match(newest.log_id, /^90020261123000003000000\d{33}$/);
  assert.deepEqual(newest, {
    _id: newest.log_id,
    log_id: newest.log_id,
    date: '2026-11-23T00:00:03.000Z',
    type: 's',
    description: '',
    connection: null,
    connection_id: '',
    organization_id: null,
    organization_name: null,
    client_id: '',
    client_name: '',
    ip: '2001:db8::1',
    hostname: 'id.example.com',
    details: null,
    user_id: 'auth0|1',
    user_name: 'Jane%_Smith@example.com',
    user_agent: '',
    audience: null,
    scope: null,
    strategy: null,
    strategy_type: null,
    isMobile: false,
    location_info: null,
  });
  assert.deepEqual((await api.get(`/logs/${newest.log_id}`)).body, newest);
});

test('an event that is not there is a 404', async () => {
  const { body } = await api.get(`/logs/900${'0'.repeat(53)}`);
  assert.deepEqual(body, { statusCode: 404, error: 'Not Found', message: 'Log not found.' });
});

const searches: readonly (readonly [string, readonly string[]])[] = [
  ['type:fp', ['fp']],
  ['type:(fp OR fu)', ['fp', 'fu']],
  ['user_id:"auth0|1" AND NOT type:s', ['fp']],
  ['ip:192.0.2.1 AND connection:Nowhere', ['fu']],
  ['user_name:Jane*', ['s', 'fp']],
  ['user_name:*Smith*', ['s', 'fp']],
  ['user_name:jane*', []],
  ['user_name:Jane_*', []],
  ['"nobody@example.com"', ['fu']],
  ['date:[2026-11-23T00:00:01 TO *] -user_id:"auth0|1"', ['fu']],
  ['date:[2026-11-23T00:00:02 TO 2026-11-23T00:00:03} AND _exists_:user_id', ['fp']],
  ['type:s AND NOT connection:Nowhere', ['s']],
];

for (const [q, types] of searches) {
  test(`the search ${q} finds ${types.length} events`, async () => {
    const { status, body } = await api.get(`/logs?q=${encodeURIComponent(q)}`);
    assert.deepEqual([status, typesOf(body)], [200, types]);
  });
}

for (const q of [
  'type:',
  'color:red',
  'user_name:*th',
  'user_name:J?ne',
  'date:yesterday',
  'date:2026-13',
  '(type:s',
]) {
  test(`the search ${q} is refused`, async () => {
    const { status, body } = await api.get(`/logs?q=${encodeURIComponent(q)}`);
    assert.deepEqual([status, body.errorCode], [400, 'invalid_query_string']);
  });
}

test('the older search begins with what it is told, and takes upper and lower case for the same', async () => {
  assert.deepEqual(typesOf((await api.get('/logs?search=jane')).body), ['s', 'fp']);
  assert.deepEqual(typesOf((await api.get('/logs?search=user:nobody%20connection:nowhere')).body), ['fu']);
});

test('pages are sorted as asked, and tell how many there are', async () => {
  const { body } = await api.get(
    '/logs?q=date:2026-11-23%20AND%20NOT%20type:seccft&sort=type:1&per_page=2&include_totals=true',
  );
  assert.deepEqual([body.start, body.limit, body.length, body.total, typesOf(body.logs)], [0, 2, 2, 3, ['fp', 'fu']]);
});

test('who pages too far is told to read by checkpoint', async () => {
  const { status, body } = await api.get('/logs?page=10&per_page=100');
  assert.deepEqual([status, body.errorCode], [400, 'invalid_query_string']);
});

test('by checkpoint events come oldest first, and an empty page tells its own address as the next', async () => {
  let path = '/logs?take=2';
  const seen: string[] = [];
  for (;;) {
    const { body, headers } = await api.get(path);
    const [, next = ''] =
      /^<https:\/\/id\.example\.com\/api\/v2([^>]+)>; rel="next"$/.exec(String(headers['link'])) ?? [];
    if (body.length === 0) {
      assert.equal(next, path);
      break;
    }
    seen.push(...typesOf(body));
    path = next;
  }
  assert.deepEqual(seen.slice(-3), ['fu', 'fp', 's']);
  tenant.ctx.emit({ type: 'slo' });
  assert.deepEqual(typesOf((await api.get(path)).body), ['slo']);
});

test('of a person only what they did is listed', async () => {
  assert.deepEqual(typesOf((await api.get('/users/auth0%7C1/logs')).body), ['s', 'fp']);
  assert.deepEqual((await api.get('/users/auth0%7C2/logs')).body, []);
});

test('a change is on record with who, what, before and after, when it is answered', async () => {
  const { body: role } = await api.post('/roles', { name: 'Auditor' });
  await api.patch(`/roles/${role.id}`, { description: 'Reads' });
  const { body } = await api.get('/logs?q=type:sapi&per_page=1');
  const [{ details, ...event }] = body;
  assert.deepEqual([event.description, event.client_name, event.user_id], ['Change a role', 'Program', null]);
  assert.deepEqual(details.request.auth.credentials.scopes.includes('update:roles'), true);
  assert.match(details.request.auth.credentials.jti, /./);
  const { auth, ip, userAgent, ...request } = details.request;
  assert.deepEqual(request, {
    method: 'patch',
    path: `/api/v2/roles/${role.id}`,
    query: {},
    body: { description: 'Reads' },
    channel: 'api',
  });
  assert.equal(details.response.statusCode, 200);
  assert.deepEqual(details.change, { before: {}, after: { description: 'Reads' } });
});

test('an operation that is refused is on record as well', async () => {
  await api.post('/roles', {});
  const weak = await TestManagement.open(tenant, ['read:roles']);
  await weak.delete('/roles/rol_0000000000000000');
  const { body } = await api.get('/logs?q=type:fapi&per_page=2');
  assert.deepEqual(
    body.map(({ details }: { details: { response: { statusCode: number } } }) => details.response.statusCode),
    [403, 400],
  );
});

test('who reads and who is unknown leaves no event', async () => {
  const before = (await api.get('/logs?take=100')).body.length;
  await api.get('/roles');
  await api.send('POST', '/roles', { name: 'x' }, { authorization: 'Bearer none' });
  assert.equal((await api.get('/logs?take=100')).body.length, before);
});
