// Tests what a person is signed in by: sessions and refresh tokens are seen, kept notes with, and ended.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { createTestAccount, pathOf } from '../../testing/accounts.ts';
import { TestApplication } from '../../testing/application.ts';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const offline = { scope: 'openid offline_access' };
let count = 0;

/** A person with two sessions, and a refresh token of each. */
async function signedIn() {
  count += 1;
  const email = `person${count}@example.com`;
  const person = await createTestAccount(api, { email });
  const app = await TestApplication.create(tenant);
  tenant.pass(1000);
  const first = await app.tokens(email, offline);
  tenant.pass(1000);
  const second = await app.tokens(email, offline);
  return { person, app, first, second, path: pathOf(person) };
}

const isLive = async (app: TestApplication, token: string | undefined) => (await app.refresh(token)).status === 200;

describe('sessions', () => {
  test('are listed and read with the applications that took part', async () => {
    const { person, app, path } = await signedIn();
    const { sessions } = (await api.get(`${path}/sessions`)).body;
    assert.equal(sessions.length, 2);
    const [session] = sessions;
    assert.equal(session.user_id, person.user_id);
    assert.deepEqual(session.clients, [{ client_id: app.client.client_id }]);
    assert.equal(session.authentication.methods[0].name, 'pwd');
    assert.equal(session.device.last_ip, '127.0.0.1');
    assert.ok(session.expires_at > session.idle_expires_at && session.idle_expires_at > session.created_at);
    assert.deepEqual((await api.get(`/sessions/${session.id}`)).body, session);
    const page = (await api.get(`${path}/sessions?take=1`)).body;
    assert.deepEqual(page.sessions, [session]);
    assert.equal((await api.get(`${path}/sessions?take=1&from=${page.next}`)).body.sessions[0].id, sessions[1].id);
  });

  test('keep metadata for applications', async () => {
    const { path } = await signedIn();
    const [{ id }] = (await api.get(`${path}/sessions`)).body.sessions;
    const changed = await api.patch(`/sessions/${id}`, { session_metadata: { shop: 'a' } });
    assert.deepEqual([changed.status, changed.body.session_metadata], [200, { shop: 'a' }]);
    assert.deepEqual((await api.get(`/sessions/${id}`)).body.session_metadata, { shop: 'a' });
    assert.equal('session_metadata' in (await api.patch(`/sessions/${id}`, { session_metadata: null })).body, false);
    assert.equal((await api.patch('/sessions/nothing', { session_metadata: {} })).status, 404);
    assert.equal((await api.patch(`/sessions/${id}`, { user_id: 'x' })).status, 400);
  });

  test('end one by one with their tokens, and the others go on', async () => {
    const { app, first, second, path } = await signedIn();
    const [{ id }] = (await api.get(`${path}/sessions`)).body.sessions;
    const { status, body } = await api.delete(`/sessions/${id}`);
    assert.deepEqual([status, body], [202, {}]);
    assert.equal((await api.delete(`/sessions/${id}`)).status, 202);
    assert.equal((await api.get(`/sessions/${id}`)).status, 404);
    assert.deepEqual(
      [await isLive(app, first['refresh_token']), await isLive(app, second['refresh_token'])],
      [false, true],
    );
    assert.equal((await app.userinfo(first['access_token'])).status, 401);
  });

  test('of a person end together', async () => {
    const { app, first, second, path } = await signedIn();
    const { status, body } = await api.delete(`${path}/sessions`);
    assert.deepEqual([status, body], [202, {}]);
    assert.deepEqual((await api.get(`${path}/sessions`)).body, { sessions: [] });
    for (const { access_token } of [first, second]) assert.equal((await app.userinfo(access_token)).status, 401);
  });
});

describe('refresh tokens', () => {
  test('are listed and read with what they are for', async () => {
    const { person, app, path } = await signedIn();
    const { tokens } = (await api.get(`${path}/refresh-tokens?include_totals=true&per_page=50`)).body;
    assert.equal(tokens.length, 2);
    const [token] = tokens;
    assert.deepEqual([token.user_id, token.client_id, token.rotating], [person.user_id, app.client.client_id, true]);
    assert.deepEqual(token.resource_servers, [
      { audience: `${tenant.ctx.issuer}userinfo`, scopes: 'openid offline_access' },
    ]);
    assert.deepEqual((await api.get(`/refresh-tokens/${token.id}`)).body, token);
    const query = `user_id=${encodeURIComponent(person.user_id)}`;
    assert.equal((await api.get(`/refresh-tokens?${query}`)).body.refresh_tokens.length, 2);
    assert.deepEqual((await api.get(`/refresh-tokens?${query}&client_id=other`)).body, { refresh_tokens: [] });
    assert.equal((await api.get('/refresh-tokens')).status, 400);
  });

  test('tell whether their application rotates them, and keep metadata', async () => {
    const { person } = await signedIn();
    const app = await TestApplication.create(tenant, {
      refresh_token: {
        rotation_type: 'non-rotating',
        expiration_type: 'expiring',
        leeway: 0,
        token_lifetime: 3600,
        infinite_token_lifetime: false,
        infinite_idle_token_lifetime: false,
        idle_token_lifetime: 1800,
      },
    });
    await app.tokens(person.email, offline);
    const query = `user_id=${encodeURIComponent(person.user_id)}&client_id=${app.client.client_id}`;
    const [token] = (await api.get(`/refresh-tokens?${query}`)).body.refresh_tokens;
    assert.equal(token.rotating, false);
    assert.ok(token.expires_at > token.idle_expires_at);
    const kept = await api.patch(`/refresh-tokens/${token.id}`, { refresh_token_metadata: { a: 'b' } });
    assert.deepEqual([kept.status, kept.body.refresh_token_metadata], [200, { a: 'b' }]);
    tenant.pass(2000 * 1000);
    assert.equal((await api.get(`/refresh-tokens/${token.id}`)).status, 404);
  });

  test('end by their ids, by their person, or by their application', async () => {
    const { person, app, first, second } = await signedIn();
    const { refresh_tokens } = (await api.get(`/refresh-tokens?user_id=${encodeURIComponent(person.user_id)}`)).body;
    assert.equal((await api.post('/refresh-tokens/revoke', { ids: [refresh_tokens[0].id] })).status, 202);
    assert.deepEqual(
      [await isLive(app, first['refresh_token']), await isLive(app, second['refresh_token'])],
      [false, true],
    );
    const other = await TestApplication.create(tenant);
    const elsewhere = await other.tokens(person.email, offline);
    const client_id = app.client.client_id;
    assert.equal((await api.post('/refresh-tokens/revoke', { client_id, user_id: person.user_id })).status, 202);
    assert.equal(await isLive(app, second['refresh_token']), false);
    assert.equal(await isLive(other, elsewhere['refresh_token']), true);
    assert.equal((await api.post('/refresh-tokens/revoke', { client_id: other.client.client_id })).status, 202);
    assert.equal(await isLive(other, elsewhere['refresh_token']), false);
    for (const body of [{}, { ids: ['x'], client_id }, { user_id: 'auth0|nobody' }, { client_id: 'nobody' }]) {
      assert.equal((await api.post('/refresh-tokens/revoke', body)).status, 400, JSON.stringify(body));
    }
  });

  test('end one by one, or all of a person, whose sessions go on', async () => {
    const { app, first, second, path } = await signedIn();
    const [{ id }] = (await api.get(`${path}/refresh-tokens`)).body.tokens;
    assert.equal((await api.delete(`/refresh-tokens/${id}`)).status, 202);
    assert.equal((await api.get(`/refresh-tokens/${id}`)).status, 404);
    assert.equal(await isLive(app, first['refresh_token']), false);
    assert.equal((await api.delete(`${path}/refresh-tokens`)).status, 202);
    assert.equal(await isLive(app, second['refresh_token']), false);
    assert.equal((await api.get(`${path}/sessions`)).body.sessions.length, 2);
  });
});

test('access is revoked as a whole, or that of one session of the person alone', async () => {
  const { app, first, second, path } = await signedIn();
  const another = await signedIn();
  const [{ id }] = (await api.get(`${path}/sessions`)).body.sessions;
  assert.equal((await api.post(`${another.path}/revoke-access`, { session_id: id })).status, 202);
  assert.equal((await api.get(`/sessions/${id}`)).status, 200, "another person's session is none of theirs");
  assert.equal((await api.post(`${path}/revoke-access`, { session_id: id })).status, 202);
  assert.deepEqual(
    [await isLive(app, first['refresh_token']), await isLive(app, second['refresh_token'])],
    [false, true],
  );
  assert.equal((await api.post(`${path}/revoke-access`, {})).status, 202);
  assert.equal(await isLive(app, second['refresh_token']), false);
  assert.deepEqual((await api.get(`${path}/sessions`)).body, { sessions: [] });
});

test('sessions that are over are seen no more', async () => {
  const { path } = await signedIn();
  const [{ id }] = (await api.get(`${path}/sessions`)).body.sessions;
  tenant.pass(31 * 24 * 60 * 60 * 1000);
  const later = await TestManagement.open(tenant);
  assert.equal((await later.get(`/sessions/${id}`)).status, 404);
  assert.deepEqual((await later.get(`${path}/sessions`)).body, { sessions: [] });
});
