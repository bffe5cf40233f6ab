// Tests @warifu/verify/session against us: an HTML application on several servers, its people, and what ends their sessions.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createSessions, type SessionOptions, type Sessions } from '@warifu/verify/session';
import { changeAccount } from '../server/src/domain/account-changes.ts';
import { LogoutDeliveries } from '../server/src/domain/logout-deliveries.ts';
import type { User } from '../server/src/domain/users.ts';
import type { Outbound } from '../server/src/protocol/outbound.ts';
import { createTestUser, openTestTenant, type TestTenant } from '../server/src/testing/tenant.ts';
import { application, baseUrl, email, register, Visitor } from './session-application.ts';

describe('sessions of an HTML application', () => {
  let tenant: TestTenant;
  let options: SessionOptions;
  let first: Sessions;
  let second: Sessions;
  let hana: User;
  /** Whom back-channel log-out reaches: one of the servers. */
  let reached: Sessions | undefined;
  /** What it answered. */
  const told: number[] = [];

  const outbound: Outbound = async ({ url, body = '' }) => {
    const answer = await reached?.handle(new Request(url, { method: 'POST', body }));
    told.push(answer?.status ?? 500);
    return { status: answer?.status ?? 500, headers: {}, body: (await answer?.text()) ?? '' };
  };

  before(async () => {
    tenant = await openTestTenant({ outbound });
    hana = await createTestUser(tenant, email);
    const oidc_logout = { backchannel_logout_urls: [`${baseUrl}/auth/backchannel-logout`] };
    options = await register(tenant, baseUrl, { oidc_logout });
    [first, second] = [createSessions(options), createSessions(options)];
  });
  after(async () => {
    for (const server of [first, second]) server.close();
    await tenant.close();
  });

  const page = `${baseUrl}/things`;
  const visitor = (server = first) => new Visitor(tenant, application(server));

  async function signedIn(server = first): Promise<Visitor> {
    const hers = visitor(server);
    assert.equal((await hers.visit()).user.sub, hana.user_id);
    return hers;
  }

  /** Waits until every server knows that a session is over: they ask every few milliseconds. */
  async function ended(hers: Visitor, servers = [first, second]): Promise<void> {
    for (const server of servers) {
      while (await server.read(hers.request(page))) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  test('begin with a sign-in, and are an opaque cookie that no script and no other host can have', async () => {
    const hers = visitor();
    const shown = await hers.visit('/things');
    assert.deepEqual([shown.path, shown.user.sub, shown.user.email], ['/things', hana.user_id, email]);
    assert.deepEqual([...hers.cookies.keys()], ['__Host-session']);
    const content = Buffer.from(hers.cookies.get('__Host-session')?.slice(2) ?? '', 'base64url').toString('latin1');
    assert.doesNotMatch(content, /hana|auth0/);
  });

  test('are cookies for this host alone, over https, as long as the session lasts', async () => {
    const hers = visitor();
    const begun = await hers.open(first.loginUrl());
    await hers.open(await hers.signIn(begun.headers.get('location') ?? ''));
    const header = hers.set.find((line) => line.startsWith('__Host-session='));
    assert.match(header ?? '', /; Path=\/; HttpOnly; SameSite=Lax; Max-Age=28800; Secure$/);
  });

  test('are known to every server of the application', async () => {
    const hers = await signedIn();
    assert.equal((await second.read(hers.request(page)))?.user.sub, hana.user_id);
  });

  test('are the same for everybody who reads them, and nobody can change them', async () => {
    const hers = await signedIn();
    const session = (await first.read(hers.request(page))) as unknown as { sid: string; user: { sub: string } };
    assert.throws(() => {
      session.user.sub = 'somebody else';
    }, TypeError);
    assert.throws(() => {
      session.sid = 'another';
    }, TypeError);
  });

  test('are found in requests of Node, too', async () => {
    const hers = await signedIn();
    const cookie = hers.request(page).headers.get('cookie') ?? '';
    assert.equal((await first.read({ headers: { cookie } }))?.user.sub, hana.user_id);
    assert.equal(await first.read({ headers: {} }), undefined);
  });

  test('end everywhere when the person logs out at the issuer', async () => {
    const hers = await signedIn();
    await hers.issuer.open(`/v2/logout?client_id=${options.clientId}`);
    await ended(hers);
  });

  test('end everywhere when the person is blocked', async () => {
    const hers = await signedIn();
    await changeAccount(tenant.ctx, hana.user_id, { blocked: true }, undefined);
    await ended(hers);
    await changeAccount(tenant.ctx, hana.user_id, { blocked: false }, undefined);
    await signedIn();
  });

  test('end at a server that is told by back-channel log-out, though it hears no feed', async () => {
    const { fetch: ask = fetch } = options;
    let isLost = false;
    const deaf = createSessions({
      ...options,
      onFeedLoss: 'accept',
      fetch: async (input, init) => {
        const isFeed = String(input).includes('/revocations') && isLost;
        return isFeed ? Promise.reject(new Error('no feed')) : ask(input, init);
      },
    });
    reached = deaf;
    const hers = await signedIn(deaf);
    isLost = true;
    await hers.issuer.open(`/v2/logout?client_id=${options.clientId}`);
    assert.ok(await deaf.read(hers.request(page)));
    const deliveries = new LogoutDeliveries(tenant.ctx, (error) => assert.fail(String(error)));
    told.length = 0;
    deliveries.start();
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await deliveries.stop();
    assert.ok(
      told.every((status) => status === 200),
      String(told),
    );
    assert.equal(await deaf.read(hers.request(page)), undefined);
    deaf.close();
    reached = undefined;
  });

  test('end with a form of the application, at the issuer too', async () => {
    const hers = await signedIn();
    const kept = new Map(hers.cookies);
    const url = `${baseUrl}/auth/logout`;
    const foreign = await hers.open(url, { method: 'POST', headers: { origin: 'https://evil.example.com' } });
    assert.equal(foreign.status, 403);
    const answer = await hers.open(url, { method: 'POST', headers: { origin: baseUrl } });
    assert.equal(answer.status, 303);
    assert.equal(hers.cookies.size, 0);
    assert.equal(await hers.signIn(answer.headers.get('location') ?? ''), `${baseUrl}/`);
    for (const [name, value] of kept) hers.cookies.set(name, value);
    await ended(hers);
  });

  test('last as long as was said, and begin again without a question', async () => {
    const hers = await signedIn();
    tenant.pass(8 * 3600 * 1000);
    assert.equal(await first.read(hers.request(page)), undefined);
    await hers.visit();
  });

  test('begin in several tabs at the same time, each where it was meant to', async () => {
    const hers = visitor();
    const tabs = await Promise.all(['/one', '/two', '/three'].map((path) => hers.open(first.loginUrl(path))));
    for (const [at, path] of ['/one', '/two', '/three'].entries()) {
      const callback = await hers.signIn(tabs[at]?.headers.get('location') ?? '');
      assert.equal((await hers.open(callback)).headers.get('location'), baseUrl + path);
    }
    assert.deepEqual([...hers.cookies.keys()], ['__Host-session']);
  });

  test('are begun as often as one likes without an end, and what browsers send stays small', async () => {
    const hers = visitor();
    for (let times = 0; times < 30; times += 1) await hers.open(first.loginUrl());
    assert.ok(hers.cookies.size <= 8, String(hers.cookies.size));
    await hers.visit();
  });

  test('begin though the person took hours at the sign-in, or goes back to it', async () => {
    const hers = visitor();
    const begun = await hers.open(first.loginUrl('/things'));
    hers.cookies.clear();
    const callback = await hers.signIn(begun.headers.get('location') ?? '');
    assert.equal((await hers.go(callback)).status, 200);
    assert.equal((await hers.open(callback)).headers.get('location'), `${baseUrl}/`);
  });

  test('do not begin in a browser that keeps no cookies, which is told so once', async () => {
    const hers = visitor();
    hers.keep = () => undefined;
    const refused = await hers.go(page);
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /keeps no cookies/);
  });

  test('tell people in their language what went wrong', async () => {
    const hers = visitor();
    const url = `${baseUrl}/auth/callback?error=access_denied&error_description=No`;
    const texts = ['ja,en;q=0.8', 'en-US,ja', 'fr'].map(async (language) => {
      const answer = await hers.open(url, { headers: { 'accept-language': language } });
      return [answer.status, answer.headers.get('content-language'), /もう一度/.test(await answer.text())];
    });
    assert.deepEqual(await Promise.all(texts), [
      [400, 'ja', true],
      [400, 'en', false],
      [400, 'en', false],
    ]);
  });

  test('never show what an address says as anything but text', async () => {
    const begun = await visitor().open(first.loginUrl());
    const hers = visitor();
    hers.keep(begun.headers.getSetCookie());
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const query = new URLSearchParams({ error: 'x', error_description: '<script>alert(1)</script>', state });
    const answer = await hers.open(`${baseUrl}/auth/callback?${query}`);
    const text = await answer.text();
    assert.match(text, /&lt;script&gt;alert\(1\)/);
    assert.doesNotMatch(text, /<script/);
    assert.match(answer.headers.get('content-security-policy') ?? '', /^default-src 'none'/);
  });

  test('hand on what a link wishes of the sign-in, and nothing that an application relies upon', async () => {
    const hers = visitor();
    const link = first.loginUrl('/things', { screen_hint: 'signup', ui_locales: 'ja' });
    const answer = await hers.open(`${link}&scope=openid&redirect_uri=https://evil.example.com/`);
    const asked = new URL(answer.headers.get('location') ?? '').searchParams;
    assert.deepEqual(
      ['screen_hint', 'ui_locales', 'scope', 'redirect_uri'].map((name) => asked.getAll(name)),
      [['signup'], ['ja'], ['openid profile email'], [`${baseUrl}/auth/callback`]],
    );
  });

  test('are read with the secret before, while the new one seals', async () => {
    const { secret } = options;
    const next = createSessions({
      ...options,
      secret: ['a new secret, which is just as long as the other', String(secret)],
    });
    const hers = await signedIn();
    assert.ok(await next.read(hers.request(page)));
    hers.send = application(next);
    hers.cookies.clear();
    await hers.visit();
    assert.equal(await first.read(hers.request(page)), undefined);
    next.close();
  });

  test('are nobody’s who made a cookie, changed one, or brings another’s answer', async () => {
    const hers = await signedIn();
    const cookie = hers.cookies.get('__Host-session') ?? '';
    const forged = { '__Host-session': `${cookie.slice(0, -3)}AAA`, session: cookie };
    for (const [name, value] of Object.entries({ ...forged, '__Host-session ': '1.abc' })) {
      assert.equal(await first.read({ headers: { cookie: `${name.trim()}=${value}` } }), undefined, name);
    }
    const strangers = createSessions({ ...options, secret: 'another secret, which somebody made up by himself' });
    assert.equal(await strangers.read(hers.request(page)), undefined);
    strangers.close();
    const other = visitor();
    const begun = await other.open(first.loginUrl());
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state');
    for (const query of [`?code=x&state=${state}`, '?error=access_denied&state=wrong', '?state=y', '']) {
      assert.equal((await other.open(`${baseUrl}/auth/callback${query}`)).status, 400, query);
    }
  });

  test('of somebody else do not begin by a link with their answer', async () => {
    const attacker = visitor();
    const begun = await attacker.open(first.loginUrl());
    const callback = await attacker.signIn(begun.headers.get('location') ?? '');
    const victim = visitor();
    const answer = await victim.open(callback);
    assert.match(answer.headers.get('location') ?? '', /\/auth\/login\?returnTo=%2F&again=1$/);
    assert.equal(victim.cookies.size, 0);
  });

  test('send nobody to another site', async () => {
    for (const target of [
      'https://evil.example.com/',
      '//evil.example.com/',
      '/\\evil.example.com',
      'javascript:alert(1)',
    ]) {
      assert.ok(first.loginUrl(target).startsWith(`${baseUrl}/auth/login?returnTo=%2F`), target);
      const hers = visitor();
      const begun = await hers.open(`${baseUrl}/auth/login?${new URLSearchParams({ returnTo: target })}`);
      const done = await hers.open(await hers.signIn(begun.headers.get('location') ?? ''));
      assert.equal(new URL(done.headers.get('location') ?? '').origin, baseUrl);
    }
  });

  test('say so when the issuer cannot be reached, and go on when it can', async () => {
    const { fetch: ask = fetch } = options;
    let isAway = true;
    const lonely = createSessions({
      ...options,
      fetch: async (input, init) => (isAway ? Promise.reject(new Error('away')) : ask(input, init)),
    });
    const hers = visitor(lonely);
    assert.equal((await hers.open(lonely.loginUrl())).status, 503);
    isAway = false;
    const begun = await hers.open(lonely.loginUrl());
    const callback = await hers.signIn(begun.headers.get('location') ?? '');
    isAway = true;
    assert.equal((await hers.open(callback)).status, 503);
    isAway = false;
    assert.equal((await hers.open(callback)).status, 303);
    lonely.close();
  });

  test('are not made with options that would not be safe', () => {
    const wrong = [{ secret: 'short' }, { secret: [] }, { lifetime: 86_401 }, { baseUrl: 'http://app.example.com' }];
    for (const each of [...wrong, { feed: 'off' as 'poll' }]) {
      assert.throws(() => createSessions({ ...options, ...each }), TypeError);
    }
  });

  test('refuse a logout token that is none', async () => {
    for (const body of ['', 'logout_token=abc', 'logout_token=e30.e30.AA']) {
      const answer = await visitor().open(`${baseUrl}/auth/backchannel-logout`, { method: 'POST', body });
      assert.equal(answer.status, 400);
    }
  });
});
