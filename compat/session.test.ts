// Tests @warifu/verify/session against us: an HTML application on several servers, its people, and what ends their sessions.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createSessions, type SessionOptions, type Sessions } from '@warifu/verify/session';
import { changeAccount } from '../server/src/domain/account-changes.ts';
import { createClient } from '../server/src/domain/clients.ts';
import { LogoutDeliveries } from '../server/src/domain/logout-deliveries.ts';
import type { User } from '../server/src/domain/users.ts';
import type { Outbound } from '../server/src/protocol/outbound.ts';
import { TestBrowser } from '../server/src/testing/browser.ts';
import { createTestUser, openTestTenant, type TestTenant, testPassword } from '../server/src/testing/tenant.ts';

const baseUrl = 'https://app.example.com';
const secret = 'the servers of the application share this secret';

describe('sessions of an HTML application', () => {
  let tenant: TestTenant;
  let options: SessionOptions;
  let servers: Sessions[] = [];
  let hana: User;
  /** Whom back-channel log-out reaches: one of the servers. */
  let reached: Sessions | undefined;
  /** What it answered. */
  const told: number[] = [];

  const toIssuer: typeof fetch = async (input, init) => {
    const { pathname, search, host } = new URL(String(input));
    const method = (init?.method ?? 'GET') as 'GET';
    const answer = await tenant.app.inject({
      method,
      url: pathname + search,
      headers: {
        host,
        ...(method === ('POST' as string) ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(init?.body ? { payload: String(init.body) } : {}),
    });
    return new Response(answer.statusCode === 204 ? null : answer.body, { status: answer.statusCode });
  };
  const outbound: Outbound = async ({ url, body = '' }) => {
    const answer = await reached?.handle(new Request(url, { method: 'POST', body }));
    told.push(answer?.status ?? 500);
    return { status: answer?.status ?? 500, headers: {}, body: (await answer?.text()) ?? '' };
  };

  before(async () => {
    tenant = await openTestTenant({ outbound });
    hana = await createTestUser(tenant, 'hana@example.com');
    const { client, client_secret = '' } = await createClient(tenant.ctx, {
      name: 'Application',
      app_type: 'regular_web',
      callbacks: [`${baseUrl}/auth/callback`],
      allowed_logout_urls: [`${baseUrl}/`],
      oidc_logout: { backchannel_logout_urls: [`${baseUrl}/auth/backchannel-logout`] },
    });
    options = {
      issuer: tenant.ctx.issuer,
      clientId: client.client_id,
      clientSecret: client_secret,
      baseUrl,
      secret,
      feed: 'poll',
      pollInterval: 0.01,
      fetch: toIssuer,
      now: tenant.ctx.now,
    };
    servers = [createSessions(options), createSessions(options)];
  });
  after(async () => {
    for (const server of servers) server.close();
    await tenant.close();
  });

  const cookiesOf = (response: Response | undefined) =>
    (response?.headers.getSetCookie() ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
  const withCookie = (url: string, cookie: string, init: RequestInit = {}) =>
    new Request(url, { ...init, headers: { cookie, ...(init.headers as object) } });

  /** Signs in at one of the servers. Returns the browser at the issuer, and the application's cookie. */
  async function signIn([server] = servers as [Sessions], browser = new TestBrowser(tenant), path = '/things') {
    const begun = await server.handle(new Request(server.loginUrl(path)));
    const { pathname, search } = new URL(begun?.headers.get('location') ?? '');
    let page = await browser.open(pathname + search);
    if (!page.location) {
      page = await browser.submit(page, { username: 'hana@example.com' });
      page = await browser.submit(page, { password: testPassword });
    }
    const callback = withCookie(String(page.location), cookiesOf(begun));
    const done = await server.handle(callback);
    assert.equal(done?.status, 303, String(await done?.clone().text()));
    const session = done?.headers.getSetCookie().find((cookie) => cookie.startsWith('__Host-session=')) ?? '';
    return { browser, done, header: session, cookie: session.split(';', 1)[0] as string };
  }
  const read = (cookie: string, server = servers[0] as Sessions) =>
    server.read(withCookie(`${baseUrl}/things`, cookie));

  /** Waits until a server knows that a session is over: it asks every few milliseconds. */
  async function ended(cookie: string, server?: Sessions): Promise<void> {
    while (await read(cookie, server)) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  test('begin with a sign-in, and are one opaque cookie that no script and no other host can have', async () => {
    const { done, header, cookie } = await signIn();
    assert.equal(done?.headers.get('location'), `${baseUrl}/things`);
    assert.match(header, /; Path=\/; HttpOnly; SameSite=Lax; Max-Age=28800; Secure$/);
    assert.doesNotMatch(Buffer.from(cookie.split('=')[1] ?? '', 'base64url').toString('latin1'), /hana|auth0/);
    const session = await read(cookie);
    assert.equal(session?.user.sub, hana.user_id);
    assert.equal(session?.user['email'], 'hana@example.com');
  });

  test('are known to every server of the application', async () => {
    const { cookie } = await signIn();
    assert.equal((await read(cookie, servers[1]))?.user.sub, hana.user_id);
  });

  test('end everywhere when the person logs out at the issuer', async () => {
    const { cookie, browser } = await signIn();
    await browser.open(`/v2/logout?client_id=${options.clientId}`);
    for (const server of servers) await ended(cookie, server);
  });

  test('end everywhere when the person is blocked', async () => {
    const { cookie } = await signIn();
    await changeAccount(tenant.ctx, hana.user_id, { blocked: true }, undefined);
    for (const server of servers) await ended(cookie, server);
    await changeAccount(tenant.ctx, hana.user_id, { blocked: false }, undefined);
    assert.ok(await read((await signIn()).cookie));
  });

  test('end at a server that is told by back-channel log-out, though it hears no feed', async () => {
    const deaf = createSessions({
      ...options,
      onFeedLoss: 'accept',
      fetch: async (input, init) => {
        const isFeed = String(input).includes('/revocations') && isLost;
        return isFeed ? Promise.reject(new Error('no feed')) : toIssuer(input, init);
      },
    });
    let isLost = false;
    reached = deaf;
    const { cookie, browser } = await signIn([deaf]);
    isLost = true;
    await browser.open(`/v2/logout?client_id=${options.clientId}`);
    assert.ok(await read(cookie, deaf));
    const deliveries = new LogoutDeliveries(tenant.ctx, (error) => assert.fail(String(error)));
    told.length = 0;
    deliveries.start();
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await deliveries.stop();
    assert.ok(
      told.every((status) => status === 200),
      String(told),
    );
    assert.equal(await read(cookie, deaf), undefined);
    deaf.close();
    reached = undefined;
  });

  test('end with a form of the application, at the issuer too', async () => {
    const { cookie, browser } = await signIn();
    const [server] = servers as [Sessions];
    const url = `${baseUrl}/auth/logout`;
    const foreign = withCookie(url, cookie, { method: 'POST', headers: { origin: 'https://evil.example.com' } });
    assert.equal((await server.handle(foreign))?.status, 403);
    const answer = await server.handle(withCookie(url, cookie, { method: 'POST', headers: { origin: baseUrl } }));
    assert.equal(answer?.status, 303);
    assert.match(cookiesOf(answer), /^__Host-session=$/);
    const { pathname, search } = new URL(answer?.headers.get('location') ?? '');
    const end = await browser.open(pathname + search);
    assert.equal(end.location?.href, `${baseUrl}/`);
    await ended(cookie);
  });

  test('last as long as was said, and begin again without a question', async () => {
    const { cookie, browser } = await signIn();
    tenant.pass(8 * 3600 * 1000);
    assert.equal(await read(cookie), undefined);
    assert.ok(await read((await signIn(servers as [Sessions], browser)).cookie));
  });

  test('are nobody’s who made a cookie, changed one, or brings another’s answer', async () => {
    const { cookie } = await signIn();
    const [server] = servers as [Sessions];
    for (const forged of [`${cookie.slice(0, -3)}AAA`, '__Host-session=abc', `session=${cookie.split('=')[1]}`]) {
      assert.equal(await read(forged), undefined, forged);
    }
    const strangers = createSessions({ ...options, secret: 'another secret, which somebody made up by himself' });
    assert.equal(await read(cookie, strangers), undefined);
    strangers.close();
    const begun = await server.handle(new Request(server.loginUrl()));
    const callbacks = ['?code=x&state=wrong', '?code=x', '?error=access_denied&state=wrong'];
    for (const query of callbacks) {
      const answer = await server.handle(withCookie(`${baseUrl}/auth/callback${query}`, cookiesOf(begun)));
      assert.equal(answer?.status, 400);
    }
    assert.equal((await server.handle(new Request(`${baseUrl}/auth/callback?code=x&state=y`)))?.status, 400);
  });

  test('send nobody to another site', async () => {
    const [server] = servers as [Sessions];
    for (const target of [
      'https://evil.example.com/',
      '//evil.example.com/',
      '/\\evil.example.com',
      'javascript:alert(1)',
    ]) {
      assert.ok(server.loginUrl(target).startsWith(`${baseUrl}/auth/login?returnTo=%2F`), target);
      const { done } = await signIn(servers as [Sessions], new TestBrowser(tenant), target);
      assert.equal(new URL(done?.headers.get('location') ?? '').origin, baseUrl);
    }
  });

  test('are not made with options that would not be safe', () => {
    for (const wrong of [{ secret: 'short' }, { lifetime: 86_401 }, { baseUrl: 'http://app.example.com' }]) {
      assert.throws(() => createSessions({ ...options, ...wrong }), TypeError);
    }
  });

  test('refuse a logout token that is none', async () => {
    const [server] = servers as [Sessions];
    for (const body of ['', 'logout_token=abc', 'logout_token=e30.e30.AA']) {
      const answer = await server.handle(new Request(`${baseUrl}/auth/backchannel-logout`, { method: 'POST', body }));
      assert.equal(answer?.status, 400);
    }
  });
});
