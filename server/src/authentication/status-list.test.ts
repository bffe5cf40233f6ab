import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { clearExpired } from '#domain/housekeeping';
import { claimsOf, TestApplication } from '../testing/application.ts';
import { statusOf } from '../testing/feed-reader.ts';
import { createTestApi, createTestUser, openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

const host = 'id.example.com';
const asked = { scope: 'openid offline_access read:things', audience: testAudience };

interface Reference {
  readonly idx: number;
  readonly uri: string;
}

const referenceOf = (token: string | undefined) =>
  (claimsOf(token) as { status: { status_list: Reference } }).status.status_list;

describe('a status list', () => {
  let tenant: TestTenant;
  let app: TestApplication;
  before(async () => {
    tenant = await openTestTenant();
    await createTestApi(tenant);
    await createTestUser(tenant, 'hana@example.com');
    app = await TestApplication.create(tenant);
  });
  after(() => tenant.close());
  const ask = (url: string, headers: Record<string, string> = {}) =>
    tenant.app.inject({ url, headers: { host, ...headers } });

  test('has an entry for every access token, which refreshes share until one of them is ended', async () => {
    const first = await app.tokens('hana@example.com', asked);
    const second = (await app.refresh(first['refresh_token'])).body;
    assert.deepEqual(referenceOf(second['access_token']), referenceOf(first['access_token']));
    assert.equal(await statusOf(tenant, first['access_token'] ?? ''), 0);
    const answer = await tenant.app.inject({
      method: 'POST',
      url: '/oauth/revoke',
      headers: { host, 'content-type': 'application/json' },
      payload: { client_id: app.client.client_id, token: second['access_token'] },
    });
    assert.equal(answer.statusCode, 200);
    const third = (await app.refresh(second['refresh_token'])).body;
    tenant.pass(15_000);
    assert.equal(await statusOf(tenant, second['access_token'] ?? ''), 1);
    assert.equal(await statusOf(tenant, third['access_token'] ?? ''), 0);
  });

  test('has another entry for each sign-in, at a place that tells nothing', async () => {
    const places = new Set<number>();
    for (let count = 0; count < 8; count += 1) {
      const tokens = await app.tokens('hana@example.com', asked);
      const { uri, idx } = referenceOf(tokens['access_token']);
      assert.match(uri, /^https:\/\/id\.example\.com\/status-lists\/\d+$/);
      places.add(idx);
    }
    assert.equal(places.size, 8);
    const [first = 0, second = 0, third = 0] = places;
    assert.ok(second - first !== 1 || third - second !== 1, `${[...places]} are in a row`);
  });

  test('is told of by the metadata, and by the list of lists', async () => {
    const metadata = (await ask('/.well-known/openid-configuration')).json();
    assert.equal(metadata.status_list_aggregation_endpoint, 'https://id.example.com/status-lists');
    const { uri } = referenceOf((await app.tokens('hana@example.com', asked))['access_token']);
    const { status_lists } = (await ask('/status-lists')).json();
    assert.ok(status_lists.includes(uri));
    const { headers } = await ask(new URL(uri).pathname);
    assert.equal(headers['access-control-allow-origin'], '*');
  });

  test('is not there for another number, nor for another time', async () => {
    for (const name of ['0', '999999', '-1', '1.5', 'x', '1e3']) {
      assert.equal((await ask(`/status-lists/${name}`)).statusCode, 404, name);
    }
    const { uri } = referenceOf((await app.tokens('hana@example.com', asked))['access_token']);
    assert.equal((await ask(`${new URL(uri).pathname}?time=1795446000`)).statusCode, 501);
  });

  test('is forgotten when all of its tokens have expired', async () => {
    const other = await openTestTenant();
    await createTestApi(other);
    await createTestUser(other, 'hana@example.com');
    const spa = await TestApplication.create(other);
    const { uri } = referenceOf((await spa.tokens('hana@example.com', asked))['access_token']);
    await clearExpired(other.ctx);
    const path = new URL(uri).pathname;
    assert.equal((await other.app.inject({ url: path, headers: { host } })).statusCode, 200);
    other.pass(3 * 86_400_000);
    await clearExpired(other.ctx);
    assert.equal((await other.app.inject({ url: path, headers: { host } })).statusCode, 404);
    await other.close();
  });
});
