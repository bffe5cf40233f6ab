// Tests what applications are told, server to server, when a session ends (OpenID Connect Back-Channel Logout 1.0).
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { changeClient, createClient, type NewClient } from '#domain/clients';
import { clearExpired } from '#domain/housekeeping';
import { LogoutDeliveries } from '#domain/logout-deliveries';
import { endUserSessions } from '#domain/sessions';
import type { Client } from '#protocol/client';
import { claimsOf, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { type LogoutReceiver, logoutReceiver } from '../testing/receiver.ts';
import { blockTestUser, createTestUser, openTestTenant, type TestTenant } from '../testing/tenant.ts';

let email: string;
let made = 0;
let receiver: LogoutReceiver;
let tenant: TestTenant;
let userId: string;
let deliveries: LogoutDeliveries;
let browser: TestBrowser;

before(async () => {
  receiver = logoutReceiver();
  tenant = await openTestTenant({ outbound: receiver.outbound });
  await createTestUser(tenant, 'taro@example.com');
  deliveries = new LogoutDeliveries(tenant.ctx, (error) => assert.fail(String(error)));
});
after(() => tenant.close());

beforeEach(async () => {
  made += 1;
  email = `hana${made}@example.com`;
  userId = (await createTestUser(tenant, email)).user_id;
  browser = new TestBrowser(tenant);
  receiver.requests.length = 0;
  tenant.events.length = 0;
});

type Initiators = NonNullable<NonNullable<Client['oidc_logout']>['backchannel_logout_initiators']>;

/** An application that wants to be told, and where. */
async function listening(initiators?: Initiators, settings: Partial<NewClient> = {}) {
  made += 1;
  const url = `https://app${made}.example.com/backchannel`;
  const oidc_logout = {
    backchannel_logout_urls: [url],
    ...(initiators && { backchannel_logout_initiators: initiators }),
  };
  return { url, app: await TestApplication.create(tenant, { oidc_logout, ...settings }) };
}

/** Takes part in the browser's session, which is begun if there is none. Returns the claims of the ID token. */
async function join(app: TestApplication, visitor = browser): Promise<Record<string, unknown>> {
  const silent = await app.silently(visitor);
  const code = silent.get('code') ?? (await app.signIn(visitor, email)).get('code');
  const { status, body } = await app.redeem(code);
  assert.equal(status, 200);
  return claimsOf(body['id_token']);
}

describe('who is told', () => {
  test('every application of the session is told at its address, once', async () => {
    const one = await listening();
    const other = await listening();
    const { sid } = await join(one.app);
    assert.equal((await join(other.app)).sid, sid);
    await join(one.app);
    await browser.open('/v2/logout');
    assert.deepEqual(receiver.urls(), [], 'the answer waited for an application');
    await deliveries.deliver();
    assert.deepEqual(receiver.urls().sort(), [one.url, other.url].sort());
    await browser.open('/v2/logout');
    await deliveries.deliver();
    assert.equal(receiver.requests.length, 2);
  });

  test('an application that took no part is not told, nor is one of another session of the same person', async () => {
    const here = await listening();
    const elsewhere = await listening();
    const { sid } = await join(here.app);
    await join(elsewhere.app, new TestBrowser(tenant));
    await listening();
    await browser.open('/v2/logout');
    await deliveries.deliver();
    assert.deepEqual(receiver.urls(), [here.url]);
    assert.equal(claimsOf(receiver.tokens(here.url)[0]).sid, sid);
  });

  test('a code that nobody redeemed makes no application a part of the session', async () => {
    const { app } = await listening();
    await app.signIn(browser, email);
    await browser.open('/v2/logout');
    await deliveries.deliver();
    assert.deepEqual(receiver.urls(), []);
  });

  test('another person who signs in in the same browser ends the session of the first one', async () => {
    const { app, url } = await listening();
    const { sid, sub } = await join(app);
    await app.signIn(browser, 'taro@example.com', { prompt: 'login' });
    await deliveries.deliver();
    const claims = claimsOf(receiver.tokens(url)[0]);
    assert.deepEqual([claims.sid, claims.sub], [sid, sub]);
    assert.equal(receiver.requests.length, 1);
  });

  test('the same person who signs in again goes on with the session, and nobody is told', async () => {
    const { app } = await listening();
    await join(app);
    await app.signIn(browser, email, { prompt: 'login' });
    await deliveries.deliver();
    assert.deepEqual(receiver.urls(), []);
  });

  test('a session that idled away is no log-out, and told to who asked for that alone', async () => {
    const usual = await listening();
    const curious = await listening({ mode: 'custom', selected_initiators: ['session-expired'] });
    for (const { app } of [usual, curious]) await join(app);
    tenant.pass(80 * 60 * 60 * 1000);
    assert.equal((await usual.app.silently(browser)).get('error'), 'login_required');
    await clearExpired(tenant.ctx);
    await clearExpired(tenant.ctx);
    await deliveries.deliver();
    assert.deepEqual(receiver.urls(), [curious.url]);
  });

  test('backchannel_logout_initiators say which ends an application hears of', async () => {
    const usual = await listening();
    const all = await listening({ mode: 'all' });
    const deleted = await listening({ mode: 'custom', selected_initiators: ['account-deleted'] });
    const everywhere = async () => {
      for (const { app } of [usual, all, deleted]) await join(app);
    };
    await everywhere();
    assert.equal(await endUserSessions(tenant.ctx, userId, 'account-deleted'), 1);
    await deliveries.deliver();
    assert.deepEqual(receiver.urls().sort(), [all.url, deleted.url].sort());
    receiver.requests.length = 0;
    browser = new TestBrowser(tenant);
    await everywhere();
    await browser.open('/v2/logout');
    await deliveries.deliver();
    assert.deepEqual(receiver.urls().sort(), [all.url, usual.url].sort());
  });

  test('T12: all of a person’s sessions end together, with what was issued in them', async () => {
    const { app, url } = await listening({ mode: 'all' });
    const phone = new TestBrowser(tenant);
    const sids = [(await join(app)).sid, (await join(app, phone)).sid];
    await blockTestUser(tenant, userId);
    assert.equal(await endUserSessions(tenant.ctx, userId, 'account-deactivated'), 2);
    await blockTestUser(tenant, userId, false);
    await deliveries.deliver();
    assert.deepEqual(
      receiver
        .tokens(url)
        .map((token) => claimsOf(token).sid)
        .sort(),
      sids.sort(),
    );
    for (const visitor of [browser, phone]) {
      assert.equal((await app.silently(visitor)).get('error'), 'login_required');
    }
  });
});

describe('the logout token', () => {
  test('J18: says who, where and which session, that it is a log-out, and never a nonce', async () => {
    const { app, url } = await listening();
    const { sid, sub } = await join(app);
    await browser.open('/v2/logout');
    await deliveries.deliver();
    const [request] = receiver.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request?.headers?.['content-type'], 'application/x-www-form-urlencoded');
    const [token = ''] = receiver.tokens(url);
    const keys = createLocalJWKSet(tenant.ctx.keys.jwks as JSONWebKeySet);
    const { payload, protectedHeader } = await compactVerify(token, keys);
    assert.deepEqual([protectedHeader.typ, protectedHeader.alg], ['logout+jwt', 'RS256']);
    const { jti, ...claims } = JSON.parse(new TextDecoder().decode(payload));
    const iat = Math.floor(tenant.ctx.now() / 1000);
    assert.match(jti, /^[\w-]{22}$/);
    assert.deepEqual(claims, {
      iss: 'https://id.example.com/',
      sub,
      aud: app.client.client_id,
      iat,
      exp: iat + 120,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      sid,
    });
  });

  test('is signed as the application’s ID tokens are', async () => {
    const jwt_configuration = (alg: 'ES256' | 'HS256') => ({ alg, lifetime_in_seconds: 600 });
    const regular = { app_type: 'regular_web' } as const;
    const elliptic = await listening(undefined, { ...regular, jwt_configuration: jwt_configuration('ES256') });
    const shared = await listening(undefined, { ...regular, jwt_configuration: jwt_configuration('HS256') });
    for (const { app } of [elliptic, shared]) await join(app);
    await browser.open('/v2/logout');
    await deliveries.deliver();
    const keys = createLocalJWKSet(tenant.ctx.keys.jwks as JSONWebKeySet);
    const byKey = await compactVerify(receiver.tokens(elliptic.url)[0] ?? '', keys);
    assert.equal(byKey.protectedHeader.alg, 'ES256');
    const secret = new TextEncoder().encode(shared.app.secret);
    const bySecret = await compactVerify(receiver.tokens(shared.url)[0] ?? '', secret);
    assert.equal(bySecret.protectedHeader.typ, 'logout+jwt');
  });

  test('T11: is taken for no other kind of token', async () => {
    const { app, url } = await listening();
    await join(app);
    await browser.open('/v2/logout');
    await deliveries.deliver();
    const [token = ''] = receiver.tokens(url);
    assert.equal((await app.userinfo(token)).status, 401);
    for (const path of [
      `/oidc/logout?id_token_hint=${token}`,
      `${app.authorizeUrl({ prompt: 'none', id_token_hint: token })}`,
    ]) {
      const answer = await browser.request({ method: 'GET', url: path });
      assert.ok(answer.status === 400 || answer.location?.searchParams.get('error') === 'invalid_request', path);
    }
    for (const type of ['access_token', 'id_token', 'jwt']) {
      const answer = await app.post({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: token,
        subject_token_type: `urn:ietf:params:oauth:token-type:${type}`,
      });
      assert.notEqual(answer.status, 200);
    }
  });
});

describe('the addresses', () => {
  test('X09, O01: only https addresses are registered, for frames only of the application’s own origin', async () => {
    const backchannel = (url: string) => ({ oidc_logout: { backchannel_logout_urls: [url] } });
    const attempts: Partial<NewClient>[] = [
      ...[
        'http://app.example.com/',
        'javascript:alert(1)',
        'app:/x',
        '/relative',
        'https://a.test/#x',
        'https://u:p@a.test/',
        'https://*.a.test/',
        '',
      ].map(backchannel),
      ...[
        'http://app.example.com/',
        'javascript:alert(1)',
        'https://elsewhere.example.com/',
        'https://app.example.com:8443/',
      ].map((frontchannel_logout_uri) => ({ frontchannel_logout_uri })),
    ];
    for (const settings of attempts) {
      const fresh = { name: 'x', callbacks: ['https://app.example.com/callback'], ...settings };
      await assert.rejects(createClient(tenant.ctx, fresh), RangeError, JSON.stringify(settings));
    }
  });

  test('what an application no longer registers is not called', async () => {
    const { app } = await listening();
    await join(app);
    await browser.open('/v2/logout');
    await changeClient(tenant.ctx, app.client.client_id, { oidc_logout: {} });
    await deliveries.deliver();
    assert.deepEqual(receiver.urls(), []);
  });

  test('discovery tells that applications are told, in both ways, and of which session', async () => {
    const { body } = await browser.request({ method: 'GET', url: '/.well-known/openid-configuration' });
    const document = JSON.parse(body);
    for (const channel of ['backchannel', 'frontchannel']) {
      assert.equal(document[`${channel}_logout_supported`], true);
      assert.equal(document[`${channel}_logout_session_supported`], true);
    }
  });
});
