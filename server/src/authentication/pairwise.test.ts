// Tests pairwise subjects (OpenID Connect Core §8.1): who knows a person by which name, in all that an application is told.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createVault } from '#crypto/vault';
import type { NewClient } from '#domain/clients';
import { LogoutDeliveries } from '#domain/logout-deliveries';
import { createResourceServer } from '#domain/resource-servers';
import { subjectFor } from '#domain/subjects';
import { tokenTypes } from '#protocol/token-exchange';
import { claimsOf, type Fields, formType, TestApplication } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { cibaGrant, postForm } from '#testing/polling';
import { type LogoutReceiver, logoutReceiver } from '#testing/receiver';
import {
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
  testCallback,
} from '#testing/tenant';

const email = 'hana@example.com';
const host = 'id.example.com';
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const downstream = 'https://orders.example.com/';
const forApi = { audience: testAudience, scope: 'openid offline_access read:things' };
let tenant: TestTenant;
let receiver: LogoutReceiver;
let userId: string;
let otherUserId: string;

before(async () => {
  receiver = logoutReceiver();
  tenant = await openTestTenant({ outbound: receiver.outbound });
  userId = (await createTestUser(tenant, email)).user_id;
  otherUserId = (await createTestUser(tenant, 'taro@example.com')).user_id;
  await createTestApi(tenant);
});
after(() => tenant.close());

/** A pairwise application of a sector; of the callback's host unless said otherwise. */
function application(sector?: string, settings: Partial<NewClient> = {}): Promise<TestApplication> {
  return TestApplication.create(tenant, {
    app_type: 'regular_web',
    subject_type: 'pairwise',
    ...(sector === undefined ? {} : { sector_identifier_uri: `https://${sector}/list.json` }),
    ...settings,
  });
}

const subjectOf = async (app: TestApplication, person = email) =>
  String(claimsOf((await app.tokens(person))['id_token'])['sub']);

async function introspect(app: TestApplication, token: string | undefined) {
  const payload = new URLSearchParams({
    token: token ?? '',
    client_id: app.client.client_id,
    client_secret: app.secret ?? '',
  }).toString();
  const headers = { host, ...formType };
  return (await tenant.app.inject({ method: 'POST', url: '/oauth/introspect', headers, payload })).json();
}

describe('the name of a person', () => {
  test('is one in a sector, and another in each other one, at each other person', async () => {
    const [one, same, other] = [await application('a.test'), await application('a.test'), await application('b.test')];
    const sub = await subjectOf(one);
    assert.match(sub, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(await subjectOf(one), sub);
    assert.equal(await subjectOf(same), sub);
    const names = new Set([sub, await subjectOf(other), await subjectOf(one, 'taro@example.com'), userId]);
    assert.equal(names.size, 4);
  });

  test('is made for the host of the callback where no sector is registered', async () => {
    const [plain, named] = [await application(), await application(new URL(testCallback).host)];
    assert.equal(await subjectOf(plain), await subjectOf(named));
  });

  test('is of one application alone where its callbacks have no one host', async () => {
    const callbacks = [testCallback, 'https://other.example.com/callback'];
    const [one, other] = [await application(undefined, { callbacks }), await application(undefined, { callbacks })];
    assert.notEqual(await subjectOf(one), await subjectOf(other));
  });

  test('is public unless an application wants it otherwise, and such tokens carry nothing more', async () => {
    const app = await application('a.test', { subject_type: 'public' });
    const { id_token, access_token } = await app.tokens(email, forApi);
    for (const claims of [claimsOf(id_token), claimsOf(access_token)]) {
      assert.equal(claims['sub'], userId);
      assert.equal('sealed_sub' in claims, false);
    }
  });

  test('cannot be made by who knows the person and the sector, with another key', async () => {
    const own = await openTestTenant();
    const { client } = await application('a.test');

    const vault = createVault(new Uint8Array(32).fill(8));
    assert.notEqual(subjectFor({ vault }, client, userId), subjectFor(tenant.ctx, client, userId));
    assert.equal(subjectFor(own.ctx, client, userId), subjectFor(tenant.ctx, client, userId));
    await own.close();
  });
});

describe('what an application is told', () => {
  for (const [name, extra] of [
    ['a token for userinfo', {}],
    ['a token for an API', forApi],
  ] as const) {
    test(`agrees, and has the person's id nowhere: ${name}`, async () => {
      const app = await application('a.test');
      const tokens = await app.tokens(email, extra);
      const sub = subjectFor(tenant.ctx, app.client, userId);
      const userinfo = await app.userinfo(tokens['access_token']);
      const active = await introspect(app, tokens['access_token']);
      assert.equal(claimsOf(tokens['id_token'])['sub'], sub);
      assert.deepEqual([userinfo.body['sub'], active.sub], [sub, sub]);
      const id = userId.slice('auth0|'.length);
      for (const said of [userinfo.body, active, claimsOf(tokens['id_token'])]) {
        assert.equal(JSON.stringify(said).includes(id), false);
      }
      assert.equal('sealed_sub' in active || 'sealed_sub' in userinfo.body, false);
    });
  }

  test('agrees after a refresh, and of the refresh token', async () => {
    const app = await application('a.test');
    const sub = subjectFor(tenant.ctx, app.client, userId);
    const { refresh_token } = await app.tokens(email, forApi);
    const { username, ...active } = await introspect(app, refresh_token);
    assert.deepEqual([active.sub, username], [sub, undefined]);
    const { body } = await app.refresh(refresh_token);
    assert.equal(claimsOf(body['id_token'])['sub'], sub);
    assert.equal(claimsOf(body['access_token'])['sub'], sub);
  });

  test('is the same when a session ends', async () => {
    const url = 'https://app.example.com/backchannel';
    const app = await application('a.test', { oidc_logout: { backchannel_logout_urls: [url] } });
    const browser = new TestBrowser(tenant);
    await app.redeem((await app.signIn(browser, email)).get('code'));
    await browser.open('/v2/logout');
    await new LogoutDeliveries(tenant.ctx, (error) => assert.fail(String(error))).deliver();
    const [token] = receiver.tokens(url);
    assert.equal(claimsOf(token)['sub'], subjectFor(tenant.ctx, app.client, userId));
  });
});

describe('what an application sends back', () => {
  test('is an id_token_hint for the person that its ID token names', async () => {
    const app = await application('a.test');
    const browser = new TestBrowser(tenant);
    const { body } = await app.redeem((await app.signIn(browser, email)).get('code'));
    const id_token_hint = body['id_token'];
    assert.ok((await app.silently(browser, { id_token_hint })).get('code'));
    const other = (await app.tokens('taro@example.com'))['id_token'];
    assert.equal((await app.silently(browser, { id_token_hint: other })).get('error'), 'login_required');
    const query = new URLSearchParams({ id_token_hint: String(id_token_hint) });
    await browser.open(`/oidc/logout?${query}`);
    assert.equal((await app.silently(browser)).get('error'), 'login_required');
  });

  test('is the claim sub, asked for by the name it knows', async () => {
    const app = await application('a.test');
    const browser = new TestBrowser(tenant);
    await app.signIn(browser, email);
    const ask = (value: string): Fields => ({ claims: JSON.stringify({ id_token: { sub: { value } } }) });
    const right = subjectFor(tenant.ctx, app.client, userId);
    assert.ok((await app.silently(browser, ask(right))).get('code'));
    for (const wrong of [userId, subjectFor(tenant.ctx, app.client, otherUserId)]) {
      assert.equal((await app.silently(browser, ask(wrong))).get('error'), 'login_required');
    }
  });

  test('is a hint by which a person is asked behind the scenes', async () => {
    const app = await application('a.test', { grant_types: ['authorization_code', cibaGrant] });
    const { id_token } = await app.tokens(email);
    const { status, body } = await postForm(tenant, '/bc-authorize', {
      client_id: app.client.client_id,
      client_secret: app.secret,
      scope: 'openid',
      binding_message: 'Till 7',
      id_token_hint: id_token,
    });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(tenant.notices.at(-1)?.user.user_id, userId);
  });

  test('is exchanged for a token of the same person, whom the API’s application knows by its own name', async () => {
    const app = await application('a.test', { grant_types: ['authorization_code', exchange] });
    const face = await application('b.test', {
      app_type: 'resource_server',
      resource_server_identifier: testAudience,
      grant_types: [exchange],
    });
    const clients = [
      { client_id: app.client.client_id, scope: ['read:orders'] },
      { client_id: face.client.client_id, scope: ['read:orders'] },
    ];
    await createResourceServer(tenant.ctx, {
      name: 'Orders',
      identifier: downstream,
      scopes: [{ value: 'read:orders' }],
      token_exchange: { clients },
    });
    const { access_token, id_token } = await app.tokens(email, forApi);
    const given = async (who: TestApplication, subject_token: string | undefined, subject_token_type: string) => {
      const { status, body } = await who.post({
        grant_type: exchange,
        subject_token,
        subject_token_type,
        audience: downstream,
      });
      assert.equal(status, 200, JSON.stringify(body));
      return claimsOf(body['access_token'])['sub'];
    };
    const [ofApp, ofFace] = [app, face].map(({ client }) => subjectFor(tenant.ctx, client, userId));
    assert.equal(await given(app, access_token, tokenTypes.accessToken), ofApp);
    assert.equal(await given(app, id_token, tokenTypes.idToken), ofApp);
    assert.equal(await given(face, access_token, tokenTypes.accessToken), ofFace);
  });
});

test('discovery tells of both kinds', async () => {
  const metadata = (await tenant.app.inject({ url: '/.well-known/openid-configuration', headers: { host } })).json();
  assert.deepEqual(metadata.subject_types_supported, ['public', 'pairwise']);
});
