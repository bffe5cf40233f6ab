// Tests A04 and A05: who may call each endpoint of the Management API, and that a person reaches nobody but themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { grantClient } from '#domain/client-grants';
import { ensureManagementClient } from '#domain/first-start';
import { managementAudience } from '#protocol/access-token';
import { isAt } from '../testing/api-requests.ts';
import { TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { type ManagementAnswer, TestManagement } from '../testing/management.ts';
import { createTestApi, createTestUser, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';
import type { Endpoint } from './resource.ts';
import { managementScopes, resources } from './resources.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
  await createTestApi(tenant);
});
after(() => tenant.close());

const endpoints = resources.flatMap((resource) => resource.endpoints);
const filled = ({ path }: Endpoint) => path.replaceAll(/\{\w+\}/g, 'x');

function refusal({ status, body }: ManagementAnswer): readonly unknown[] {
  return [status, body?.statusCode, body?.error];
}

async function refusedEverywhere(token: string, message: string): Promise<void> {
  const stranger = new TestManagement(tenant, token);
  for (const endpoint of endpoints) {
    const answer = await stranger.send(endpoint.method, filled(endpoint), {});
    const name = `${endpoint.method} ${endpoint.path}`;
    assert.deepEqual(refusal(answer), [401, 401, 'Unauthorized'], name);
    assert.equal(answer.body.message, message, name);
  }
}

test('without a token every endpoint answers 401', async () => {
  for (const endpoint of endpoints) {
    const answer = await tenant.app.inject({
      method: endpoint.method,
      url: `/api/v2${filled(endpoint)}`,
      headers: { host: 'id.example.com' },
    });
    assert.deepEqual([answer.statusCode, answer.json().message], [401, 'Missing authentication'], endpoint.path);
  }
});

test('and so with a token for another API, with an ID token, with one that is cut off, expired or revoked', async () => {
  await createTestUser(tenant, 'ann@example.com');
  const application = await TestApplication.create(tenant);
  const tokens = await application.tokens('ann@example.com', { audience: testAudience });
  await refusedEverywhere(String(tokens['access_token']), 'Bad audience: the access token is for another API');
  await refusedEverywhere(
    String(tokens['id_token']),
    'Invalid token: this is an ID token, send the access token instead',
  );
  await refusedEverywhere(api.token.slice(0, -1), 'Invalid token');
});

test('and so with a token that has expired', async () => {
  const early = await TestManagement.open(tenant);
  tenant.pass(8 * 86_400_000);
  await refusedEverywhere(early.token, 'Expired token received for JSON Web Token validation');
  api = await TestManagement.open(tenant);
});

test('and so with a token that was revoked', async () => {
  const { client, secret } = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  const audience = managementAudience(tenant.ctx.issuer);
  await grantClient(tenant.ctx, { client_id: client.client_id, audience, scope: managementScopes });
  const application = new TestApplication(tenant, client, secret);
  const { body } = await application.post({ grant_type: 'client_credentials', audience });
  const token = String(body['access_token']);
  assert.equal((await new TestManagement(tenant, token).get('/roles')).status, 200);
  const form = new URLSearchParams({ token, client_id: client.client_id, client_secret: String(secret) });
  const revoked = await tenant.app.inject({
    method: 'POST',
    url: '/oauth/revoke',
    headers: { host: 'id.example.com', 'content-type': 'application/x-www-form-urlencoded' },
    payload: form.toString(),
  });
  assert.equal(revoked.statusCode, 200, revoked.body);
  await refusedEverywhere(token, 'The access token has been revoked');
});

test('with every scope but its own an endpoint answers 403, names what is needed, and did nothing', async () => {
  const counted = () => tenant.ctx.database.queries.selectFrom('documents').selectAll().execute();
  const before = await counted();
  const tokens = new Map<string, TestManagement>();
  for (const endpoint of endpoints) {
    if (endpoint.scopes.length === 0) continue;
    const wanted = [...endpoint.scopes, ...(endpoint.selfScopes ?? [])].sort().join(' ');
    const others = managementScopes.filter((scope) => !wanted.split(' ').includes(scope));
    const caller = tokens.get(wanted) ?? (await TestManagement.open(tenant, others));
    tokens.set(wanted, caller);
    const answer = await caller.send(endpoint.method, filled(endpoint), {});
    const name = `${endpoint.method} ${endpoint.path}`;
    assert.deepEqual(refusal(answer), [403, 403, 'Forbidden'], name);
    assert.equal(answer.body.errorCode, 'insufficient_scope', name);
    const which = endpoint.everyScope ? 'all' : 'any';
    assert.equal(answer.body.message, `Insufficient scope, expected ${which} of: ${endpoint.scopes.join(',')}`, name);
  }
  const kinds = (rows: Awaited<ReturnType<typeof counted>>) =>
    rows.filter(({ kind }) => kind !== 'clients' && kind !== 'client-grants').length;
  assert.equal(kinds(await counted()), kinds(before));
});

test('with one of its scopes an endpoint is open, and with all where all are needed', async () => {
  const callers = new Map<string, TestManagement>();
  for (const endpoint of endpoints.filter(({ method }) => method === 'GET')) {
    const asked = endpoint.everyScope ? endpoint.scopes : endpoint.scopes.slice(0, 1);
    const key = asked.join(' ');
    const caller = callers.get(key) ?? (await TestManagement.open(tenant, asked));
    callers.set(key, caller);
    const answer = await caller.get(filled(endpoint));
    assert.notEqual(answer.status, 401, endpoint.path);
    assert.ok(answer.status !== 403 || answer.body.errorCode !== 'insufficient_scope', endpoint.path);
  }
});

test('only the methods that are declared are there, and no header makes one of another', async () => {
  for (const endpoint of endpoints) {
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'POST'] as const) {
      if (endpoints.some((other) => other.method === method && isAt(other, filled(endpoint)))) continue;
      assert.equal((await api.send(method, filled(endpoint))).status, 404, `${method} ${endpoint.path}`);
    }
  }
  const { id } = (await api.post('/roles', { name: 'Stays' })).body;
  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    assert.equal((await api.send('GET', `/roles/${id}`, undefined, { [name]: 'DELETE' })).status, 200);
  }
  assert.equal((await api.get(`/roles/${id}`)).status, 200);
});

async function tokenOfPerson(email: string): Promise<{ readonly user_id: string; readonly own: TestManagement }> {
  const { user_id } = await createTestUser(tenant, email);
  const scope = managementScopes.filter((name) => name.includes('current_user'));
  const application = await TestApplication.create(tenant);
  const audience = managementAudience(tenant.ctx.issuer);
  const response = await application.signIn(new TestBrowser(tenant), email, {
    audience,
    scope: ['openid', ...scope].join(' '),
  });
  const { body } = await application.redeem(response.get('code'));
  return { user_id, own: new TestManagement(tenant, String(body['access_token'])) };
}

test('a person with the scopes for themselves reaches themselves, and of everything else nothing', async () => {
  const { user_id, own } = await tokenOfPerson('self@example.com');
  const { user_id: other } = await createTestUser(tenant, 'other@example.com');
  const me = `/users/${encodeURIComponent(user_id)}`;
  assert.equal((await own.get(me)).body.user_id, user_id);
  assert.deepEqual((await own.patch(me, { user_metadata: { color: 'red' } })).body.user_metadata, { color: 'red' });
  for (const endpoint of endpoints) {
    const scopes = endpoint.scopes;
    if (scopes.length === 0 || scopes.some((scope) => scope.includes('current_user'))) continue;
    const path = endpoint.path.replace(/\{(?:id|user_id)\}/, encodeURIComponent(other)).replaceAll(/\{\w+\}/g, 'x');
    const answer = await own.send(endpoint.method, path, { user_metadata: { color: 'black' } });
    assert.deepEqual(refusal(answer), [403, 403, 'Forbidden'], `${endpoint.method} ${path}`);
  }
  assert.deepEqual((await api.get(`/users/${encodeURIComponent(other)}`)).body.user_metadata, undefined);
});

test('a person changes of themselves their metadata, and nothing that decides what they may', async () => {
  const { user_id, own } = await tokenOfPerson('modest@example.com');
  const me = `/users/${encodeURIComponent(user_id)}`;
  const changes = [
    ...[{ app_metadata: { admin: true } }, { email_verified: true }, { blocked: false }, { email: 'x@example.com' }],
    ...[{ password: 'Another-horse-battery-2' }, { name: 'Root' }, { user_metadata: {}, app_metadata: { a: 1 } }],
  ];
  for (const change of changes) {
    const answer = await own.patch(me, change);
    assert.ok(answer.status === 403 || answer.status === 400, `${JSON.stringify(change)} ${answer.status}`);
  }
  const { body } = await api.get(me);
  assert.deepEqual(
    [body.app_metadata, body.email, body.email_verified, body.name],
    [undefined, 'modest@example.com', false, 'modest@example.com'],
  );
});

test('the token of a program that may do everything fits into the 8 KiB that proxies give a header', async () => {
  const spacious = await openTestTenant({ issuer: 'https://login.example.co.jp/' });
  try {
    const { ctx } = spacious;
    const program = { client_id: 'x'.repeat(32), client_secret: 'y'.repeat(64) };
    await ensureManagementClient(ctx, program);
    const machine = await TestApplication.create(spacious, { app_type: 'non_interactive' });
    const audience = managementAudience(ctx.issuer);
    const { body } = await machine.post({ grant_type: 'client_credentials', audience, ...program });
    const header = `Authorization: Bearer ${body['access_token']}\r\n`;
    assert.ok(header.length > 6000 && header.length < 8192, `${header.length} bytes`);
  } finally {
    await spacious.close();
  }
});
