// Tests the joining of a person's accounts and their parting: who may, what stays, what goes.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { grantClient } from '#domain/client-grants';
import { createConnection } from '#domain/connections';
import { managementAudience } from '#protocol/access-token';
import { createTestAccount, pathOf, testConnection } from '../../testing/accounts.ts';
import { TestApplication } from '../../testing/application.ts';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, testPassword } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const create = (name: string, settings: object = {}) =>
  createTestAccount(api, { email: `${name}@example.com`, ...settings });

describe('two accounts that are joined', () => {
  test('are one with two identities, each with what it says of the person', async () => {
    const first = await create('first', { given_name: 'Ann', email_verified: true, app_metadata: { a: 1 } });
    const second = await create('second', { username: 'second', app_metadata: { b: 2 } });
    const body = { provider: 'auth0', user_id: second.user_id };
    const { status, body: identities } = await api.post(`${pathOf(first)}/identities`, body);
    assert.equal(status, 201);
    assert.deepEqual(
      identities.map((identity: { profileData: object; user_id: string }) => [identity.user_id, identity.profileData]),
      [
        [
          first.user_id.slice(6),
          {
            email: 'first@example.com',
            email_verified: true,
            given_name: 'Ann',
            nickname: 'first',
            picture: first.picture,
          },
        ],
        [
          second.user_id.slice(6),
          {
            email: 'second@example.com',
            email_verified: false,
            username: 'second',
            nickname: 'second',
            picture: second.picture,
          },
        ],
      ],
    );
    assert.equal((await api.get(pathOf(second))).status, 404);
    const whole = (await api.get(pathOf(first))).body;
    assert.deepEqual([whole.identities, whole.app_metadata], [identities, { a: 1 }]);
    assert.equal((await api.get('/users?q=identities.profileData.username:second')).body[0].user_id, first.user_id);
  });

  test('let the person sign in by either to the one that stays', async () => {
    const first = await create('stays');
    const second = await create('goes');
    const app = await TestApplication.create(tenant);
    const before = await app.tokens('goes@example.com', { scope: 'openid offline_access' });
    await api.post(`${pathOf(first)}/identities`, { provider: 'auth0', user_id: second.user_id.slice(6) });
    assert.equal((await app.refresh(before['refresh_token'])).status, 403);
    assert.equal((await app.userinfo(before['access_token'])).status, 401);
    const { access_token } = await app.tokens('goes@example.com');
    assert.equal((await app.userinfo(access_token)).body['sub'], first.user_id);
  });

  test('are two again when they are parted, and what one is found by goes with it', async () => {
    const first = await create('parts');
    const second = await create('departs', { given_name: 'Dep' });
    await api.post(`${pathOf(first)}/identities`, { provider: 'auth0', user_id: second.user_id });
    const path = `${pathOf(first)}/identities/auth0/${second.user_id.slice(6)}`;
    const { status, body } = await api.delete(path);
    assert.deepEqual([status, body.length, body[0].user_id], [200, 1, first.user_id.slice(6)]);
    const alone = (await api.get(pathOf(second))).body;
    assert.deepEqual(
      [alone.email, alone.given_name, alone.identities.length, alone.identities[0].profileData],
      ['departs@example.com', 'Dep', 1, undefined],
    );
    assert.equal((await api.get('/users?q=email:departs@example.com')).body[0].user_id, second.user_id);
    const app = await TestApplication.create(tenant);
    const { access_token } = await app.tokens('departs@example.com');
    assert.equal((await app.userinfo(access_token)).body['sub'], second.user_id);
    assert.equal((await api.delete(path)).status, 404);
  });

  test('are changed each by itself where they are in different connections', async () => {
    await createConnection(tenant.ctx, { name: 'Staff', is_domain_connection: true });
    const first = await create('primary');
    const second = await create('staff', { connection: 'Staff' });
    await api.post(`${pathOf(first)}/identities`, { provider: 'auth0', user_id: second.user_id });
    const { body } = await api.patch(pathOf(first), { connection: 'Staff', email: 'boss@example.com' });
    assert.equal(body.email, 'primary@example.com');
    assert.deepEqual(
      body.identities.map(({ profileData }: { profileData: { email: string } }) => profileData.email),
      ['primary@example.com', 'boss@example.com'],
    );
    const clash = await api.post('/users', { connection: 'Staff', email: 'boss@example.com', password: testPassword });
    assert.equal(clash.status, 409);
    const named = await api.patch(pathOf(first), { connection: 'Staff', name: 'Boss' });
    assert.match(named.body.message, /belongs to a secondary identity/);
    const nowhere = await api.patch(pathOf(first), { connection: 'nothing', email: 'x@example.com' });
    assert.equal(nowhere.status, 400);
  });

  test('must both be there, not be the same, and be named', async () => {
    const one = await create('one');
    const path = `${pathOf(one)}/identities`;
    const cases: readonly (readonly [object, number, RegExp])[] = [
      [{ provider: 'auth0', user_id: one.user_id }, 400, /Main identity and the new one are the same/],
      [{ provider: 'auth0', user_id: 'nobody' }, 404, /does not exist/],
      [{ provider: 'auth0' }, 400, /Missing required property: user_id/],
      [{ provider: 'auth0', connection_id: 'con_0000000000000000', user_id: 'x' }, 404, /connection does not exist/],
      [{ link_with: 'nothing' }, 400, /Invalid token \(link_with\)/],
      [{}, 400, /Too few properties/],
    ];
    for (const [body, status, message] of cases) {
      const answer = await api.post(path, body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.body.message, message);
    }
    const main = await api.delete(`${path}/auth0/${one.user_id.slice(6)}`);
    assert.deepEqual([main.status, main.body.message], [400, 'Main identity cannot be removed.']);
  });
});

describe('a person who joins accounts of their own', () => {
  async function ownApplication() {
    const app = await TestApplication.create(tenant);
    const audience = managementAudience(tenant.ctx.issuer);
    const scope = ['update:current_user_identities', 'read:current_user'];
    await grantClient(tenant.ctx, { client_id: app.client.client_id, audience, scope, subject_type: 'user' });
    const ask = { audience, scope: `openid ${scope.join(' ')}` };
    return { app, ask };
  }

  test('proves the other one by its ID token, and may join no other', async () => {
    const { app, ask } = await ownApplication();
    const mine = await create('mine');
    const also = await create('also-mine');
    const foreign = await create('foreign');
    const { access_token = '' } = await app.tokens('mine@example.com', ask);
    const own = new TestManagement(tenant, access_token);
    const path = `${pathOf(mine)}/identities`;
    const named = await own.post(path, { provider: 'auth0', user_id: foreign.user_id });
    assert.deepEqual([named.status, named.body.errorCode], [403, 'insufficient_scope']);
    const other = await TestApplication.create(tenant);
    const elsewhere = (await other.tokens('also-mine@example.com'))['id_token'];
    assert.match((await own.post(path, { link_with: elsewhere })).body.message, /aud claim/);
    assert.match((await own.post(path, { link_with: access_token })).body.message, /Invalid token/);
    const { id_token } = await app.tokens('also-mine@example.com');
    const linked = await own.post(path, { link_with: id_token });
    assert.deepEqual([linked.status, linked.body.length], [201, 2]);
    assert.equal((await own.post(`${pathOf(foreign)}/identities`, { link_with: id_token })).status, 403);
    const parted = await own.delete(`${path}/auth0/${also.user_id.slice(6)}`);
    assert.deepEqual([parted.status, parted.body.length], [200, 1]);
    assert.equal(parted.body[0].connection, testConnection);
  });

  test('does so with a token that has not expired', async () => {
    const { app, ask } = await ownApplication();
    const mine = await create('late');
    await create('later');
    const { id_token } = await app.tokens('later@example.com');
    tenant.pass(37 * 60 * 60 * 1000);
    const { access_token = '' } = await app.tokens('late@example.com', ask);
    const own = new TestManagement(tenant, access_token);
    const { status, body } = await own.post(`${pathOf(mine)}/identities`, { link_with: id_token });
    assert.deepEqual([status, body.message], [400, 'Invalid token (link_with).']);
  });
});
