// Tests the front door over HTTP: who is let through, who is sent back, and by which way.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createConnection } from '#domain/connections';
import { type Fields, formType, TestApplication } from '../testing/application.ts';
import { type Answer, formRequest, TestBrowser } from '../testing/browser.ts';
import {
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
  testCallback,
} from '../testing/tenant.ts';

const email = 'hana@example.com';
const other = 'taro@example.com';
const issuer = 'https://id.example.com/';
let tenant: TestTenant;
let spa: TestApplication;
let web: TestApplication;
/** Signed in; tests must leave it so. */
let signedIn: TestBrowser;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  await createTestUser(tenant, other);
  await createTestApi(tenant);
  await createConnection(tenant.ctx, { name: 'Staff' });
  spa = await TestApplication.create(tenant);
  web = await TestApplication.create(tenant, { app_type: 'regular_web' });
  signedIn = new TestBrowser(tenant);
  await spa.signIn(signedIn, email);
});
after(() => tenant.close());

const ask = (extra: Fields, browser = new TestBrowser(tenant)) =>
  browser.request({ method: 'GET', url: spa.authorizeUrl(extra) });

/** A refusal that stays with us: a page, and nothing that leads anywhere. */
function assertPage(answer: Answer, status: number): void {
  assert.equal(answer.status, status);
  assert.equal(answer.location, undefined);
  assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(answer.headers['x-frame-options'], 'DENY');
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.doesNotMatch(answer.body, /evil\.test/);
  assert.doesNotMatch(answer.body, /[?&]code=/);
}

/** A response of the application's, with its state and the issuer (RFC 9207). */
function assertSentBack(answer: Answer, error: string | undefined): URLSearchParams {
  assert.equal(answer.status, 302, answer.body);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { location } = answer;
  assert.ok(location, answer.body);
  assert.ok(location.href.startsWith(`${testCallback}?`), location.href);
  assert.equal(location.searchParams.get('error') ?? undefined, error);
  assert.equal(location.searchParams.get('state'), 'the-state');
  assert.equal(location.searchParams.get('iss'), issuer);
  assert.equal(location.searchParams.has('code'), error === undefined);
  return location.searchParams;
}

test('R01, R02, R03, R04, R06, R08, R09, R11: a redirect_uri that is not registered is refused on a page of ours', async () => {
  for (const redirect_uri of [
    'https://evil.test/cb',
    'https://app.example.com.evil.test/callback',
    'https://app.example.com/callback/x',
    'https://app.example.com@evil.test/callback',
    'https://app.example.com/callback/../evil',
    'https://app.example.com/callback/..%2fevil.test',
    '//evil.test',
    '/\\evil.test',
    `${testCallback}\r\nX-Evil: evil.test`,
    `${testCallback}#evil.test`,
    `${testCallback}?x=evil.test`,
    'https://APP.example.com/callback',
    'javascript:alert(document.domain)//evil.test',
  ]) {
    assertPage(await ask({ redirect_uri }), 400);
    assertPage(await ask({ redirect_uri }, signedIn), 400);
  }
  assertPage(await ask({ redirect_uri: undefined }), 400);
});

test('R12: a parameter that comes twice is refused on a page of ours', async () => {
  const browser = new TestBrowser(tenant);
  for (const name of [
    'redirect_uri',
    'client_id',
    'state',
    'response_type',
    'scope',
    'prompt',
    'unknown',
    'redirect%5furi',
  ]) {
    const twice = `${name}=https%3A%2F%2Fevil.test&${spa.request({ unknown: 'x', prompt: 'login' })}`;
    assertPage(await browser.request({ method: 'GET', url: `/authorize?${twice}` }), 400);
    assertPage(await browser.request({ method: 'POST', url: '/authorize', headers: formType, payload: twice }), 400);
  }
});

test('R12: the query of a POST adds nothing to its body', async () => {
  const url = '/authorize?redirect_uri=https%3A%2F%2Fevil.test&state=evil&prompt=none';
  const answer = await signedIn.request({ method: 'POST', url, headers: formType, payload: spa.request() });
  assertSentBack(answer, undefined);
});

test('R13: nothing is sent to an address before the application is known', async () => {
  for (const client_id of ['unknown', '', '__proto__', "' OR 1=1--", 'x'.repeat(2000)]) {
    assertPage(await ask({ client_id, redirect_uri: 'https://evil.test/cb' }), client_id === '' ? 400 : 403);
    assertPage(
      await ask({ client_id, redirect_uri: testCallback, response_type: 'nonsense' }),
      client_id === '' ? 400 : 403,
    );
  }
  assertPage(await ask({ client_id: undefined }), 400);
});

test('R13: what is wrong after that is told to the application', async () => {
  const wrong: readonly (readonly [Fields, string])[] = [
    [{ response_type: undefined }, 'invalid_request'],
    [{ response_mode: 'web_message.jwt' }, 'invalid_request'],
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ prompt: 'nonsense' }, 'invalid_request'],
    [{ max_age: '-1' }, 'invalid_request'],
    [{ scope: 'open"id' }, 'invalid_request'],
    [{ nonce: 'x'.repeat(3000) }, 'invalid_request'],
    [{ connection: 'Staff' }, 'invalid_request'],
    [{ connection: 'nonsense' }, 'invalid_request'],
    [{ audience: 'https://unknown.example.com/' }, 'access_denied'],
    [{ request: 'x' }, 'invalid_request_object'],
    [{ request_uri: 'https://evil.test/' }, 'invalid_request_uri'],
    [{ dpop_jkt: 'short' }, 'invalid_request'],
  ];
  for (const [fields, error] of wrong) assertSentBack(await ask(fields, signedIn), error);
});

test('R16: every response type but code is refused, in the fragment, until the application is given the implicit grant', async () => {
  for (const response_type of ['token', 'id_token', 'id_token token', 'code id_token', 'token id_token code']) {
    for (const response_mode of [undefined, 'fragment']) {
      const { location } = await ask({ response_type, response_mode, nonce: 'n' }, signedIn);
      assert.match(location?.hash ?? '', /^#error=unauthorized_client&/);
    }
  }
  assertSentBack(await ask({ response_type: 'none' }, signedIn), 'unsupported_response_type');
});

test('R16: the request is frozen at the first hit: what a later address says changes nothing', async () => {
  const browser = new TestBrowser(tenant);
  const page = await browser.open(spa.authorizeUrl());
  const tampered = { ...page, url: `${page.url}&redirect_uri=https://evil.test/&response_mode=fragment&scope=admin` };
  const second = await browser.submit(tampered, {
    username: email,
    redirect_uri: 'https://evil.test/',
    client_id: web.client.client_id,
  });
  const done = await browser.submit(second, { password: 'Correct-horse-battery-1', response_type: 'token' });
  assertSentBack(done, undefined);
});

test('R17: after a password the browser is redirected with a status that repeats no form', async () => {
  const browser = new TestBrowser(tenant);
  const first = await browser.open(spa.authorizeUrl());
  const second = await browser.submit(first, { username: email });
  const posted = await browser.request(formRequest(second, { password: 'Correct-horse-battery-1' }));
  assert.equal(posted.status, 303);
  const resumed = await browser.request({
    method: 'GET',
    url: `${posted.location?.pathname}${posted.location?.search}`,
  });
  assertSentBack(resumed, undefined);
});

test('T04: an application without the grant is refused', async () => {
  const machine = await TestApplication.create(tenant, { app_type: 'non_interactive', callbacks: [testCallback] });
  const answer = await signedIn.request({ method: 'GET', url: machine.authorizeUrl() });
  assertSentBack(answer, 'unauthorized_client');
});

test('C05: a public application must send a challenge, one with a secret may', async () => {
  const none = { code_challenge: undefined, code_challenge_method: undefined };
  assertSentBack(await ask(none, signedIn), 'invalid_request');
  const answer = await signedIn.request({ method: 'GET', url: web.authorizeUrl(none) });
  assertSentBack(answer, undefined);
});

test('C06: every challenge method but S256 is refused', async () => {
  for (const code_challenge_method of ['plain', undefined, 's256', 'none']) {
    assertSentBack(await ask({ code_challenge_method }, signedIn), 'invalid_request');
  }
});

test('C12: the issuer is in every response and equal to the metadata', async () => {
  const metadata = await tenant.app.inject({
    url: '/.well-known/openid-configuration',
    headers: { host: 'id.example.com' },
  });
  assert.equal(metadata.json().issuer, issuer);
  assert.equal(metadata.json().authorization_response_iss_parameter_supported, true);
  assert.equal(assertSentBack(await ask({}, signedIn), undefined).get('iss'), issuer);
  assert.equal(assertSentBack(await ask({ prompt: 'none' }), 'login_required').get('iss'), issuer);
});

test('C15: prompt=none without a session is login_required, and nothing is stored or shown', async () => {
  const browser = new TestBrowser(tenant);
  assertSentBack(await ask({ prompt: 'none' }, browser), 'login_required');
  assert.equal(browser.cookies.size, 0);
});

test('C15: prompt=none with a session that is older than max_age is login_required', async () => {
  tenant.pass(11_000);
  assertSentBack(await ask({ prompt: 'none', max_age: '10' }, signedIn), 'login_required');
  assertSentBack(await ask({ prompt: 'none', max_age: '1000' }, signedIn), undefined);
});

test('C15: max_age=0 asks for a fresh sign-in, however young the session', async () => {
  const browser = new TestBrowser(tenant);
  await spa.signIn(browser, email);
  assertSentBack(await ask({ prompt: 'none', max_age: '0' }, browser), 'login_required');
});

test('prompt=none with a session is a code, and the session stays', async () => {
  const before = signedIn.cookies.get('__Host-warifu_session');
  assertSentBack(await ask({ prompt: 'none' }, signedIn), undefined);
  assert.equal(signedIn.cookies.get('__Host-warifu_session'), before);
});

test('a session is enough for another application', async () => {
  const answer = await signedIn.request({ method: 'GET', url: web.authorizeUrl() });
  assertSentBack(answer, undefined);
});

test('the login page is shown where a sign-in is needed, with the hint filled in and in the language asked for', async () => {
  const browser = new TestBrowser(tenant, { 'accept-language': 'en' });
  const page = await browser.open(spa.authorizeUrl({ login_hint: 'someone@example.com', ui_locales: 'fr ja' }));
  assert.match(page.url, /^\/u\/login\/identifier\?state=/);
  assert.match(page.body, /<html lang="ja">/);
  assert.match(page.body, /name="username" value="someone@example\.com"/);
});

test('screen_hint=signup shows the sign-up, and another hint the login', async () => {
  const browser = new TestBrowser(tenant);
  assert.match((await browser.open(spa.authorizeUrl({ screen_hint: 'signup' }))).url, /^\/u\/signup\/identifier\?/);
  assert.match((await browser.open(spa.authorizeUrl({ screen_hint: 'nonsense' }))).url, /^\/u\/login\/identifier\?/);
});

test('a connection that the application may use is accepted', async () => {
  const page = await new TestBrowser(tenant).open(spa.authorizeUrl({ connection: 'Username-Password-Authentication' }));
  assert.equal(page.status, 200);
});

test('I01: nothing of the request stands unescaped on a page of ours', async () => {
  const hostile = '"><svg onload=alert(1)>\'javascript:alert(1)';
  const wrong = [
    { redirect_uri: hostile },
    { client_id: hostile },
    { state: hostile, redirect_uri: 'https://evil.test' },
    { login_hint: hostile, ui_locales: hostile, screen_hint: hostile, state: hostile, nonce: hostile },
    { login_hint: hostile, screen_hint: 'signup' },
  ];
  for (const fields of wrong) {
    const page = await new TestBrowser(tenant).open(spa.authorizeUrl(fields));
    assert.ok(page.status === 200 || page.status >= 400);
    assert.doesNotMatch(page.body, /<svg onload|"javascript:/);
    assert.match(String(page.headers['content-security-policy']), /script-src 'nonce-[\w-]{22}';/);
  }
  const repeated = await new TestBrowser(tenant).open(
    `/authorize?${encodeURIComponent(hostile)}=1&${encodeURIComponent(hostile)}=2`,
  );
  assert.equal(repeated.status, 400);
  assert.match(repeated.body, /&lt;svg onload/);
  assert.doesNotMatch(repeated.body, /<svg onload/);
});

test('POST /authorize with cookies answers as GET does', async () => {
  const answer = await signedIn.request({
    method: 'POST',
    url: '/authorize',
    headers: formType,
    payload: spa.request(),
  });
  assertSentBack(answer, undefined);
});

test('POST /authorize from another site, without cookies, finds the session on the way', async () => {
  const stranger = new TestBrowser(tenant);
  const posted = await stranger.request({
    method: 'POST',
    url: '/authorize',
    headers: { ...formType, origin: 'https://app.example.com' },
    payload: spa.request({ prompt: 'none' }),
  });
  assert.equal(posted.status, 303);
  assert.equal(posted.location?.pathname, '/authorize');
  assert.equal(
    stranger.cookies.size,
    0,
    'a cookie here would take the place of the one that other sign-ins are bound to',
  );
  // The browser comes back by itself, with the session that it had.
  for (const [name, value] of signedIn.cookies) stranger.cookies.set(name, value);
  assertSentBack(await stranger.open(`${posted.location?.pathname}${posted.location?.search}`), undefined);
});

test('POST /authorize without any session is login_required with prompt=none, and the login page without', async () => {
  const browser = new TestBrowser(tenant);
  const post = async (extra: Fields) => {
    const { location } = await browser.request({
      method: 'POST',
      url: '/authorize',
      headers: formType,
      payload: spa.request(extra),
    });
    return browser.open(`${location?.pathname}${location?.search}`);
  };
  assertSentBack(await post({ prompt: 'none' }), 'login_required');
  assert.match((await post({})).url, /^\/u\/login\/identifier\?/);
});

test('T05: the token says which of the scopes were granted', async () => {
  const params = await spa.silently(signedIn, {
    scope: 'openid read:things admin delete:users',
    audience: testAudience,
  });
  const { body } = await spa.redeem(params.get('code'));
  assert.equal(body['scope'], 'openid read:things');
});

test('R15: form_post posts to the registered address, with everything escaped and one script that has the nonce', async () => {
  const state = '"><script>alert(1)</script>\u2028';
  const page = await signedIn.request({ method: 'GET', url: spa.authorizeUrl({ response_mode: 'form_post', state }) });
  assert.equal(page.status, 200);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(page.headers['cache-control'], 'no-store');
  const policy = String(page.headers['content-security-policy']);
  const nonce = /script-src 'nonce-([\w-]{22})'/.exec(policy)?.[1];
  assert.match(policy, /form-action 'self' https:\/\/app\.example\.com;/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.deepEqual(page.body.match(/<script[^>]*>/g), [`<script nonce="${nonce}">`]);
  assert.match(page.body, /<form method="post" action="https:\/\/app\.example\.com\/callback">/);
  assert.ok(page.body.includes('name="state" value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\u2028"'));
  assert.match(page.body, /name="code" value="[\w-]{43}"/);
  assert.match(page.body, /name="iss" value="https:\/\/id\.example\.com\/"/);
  const refusal = await ask({ response_mode: 'form_post', prompt: 'none' });
  assert.match(refusal.body, /name="error" value="login_required"/);
});

test('fragment carries the response behind the hash', async () => {
  const { location, status } = await ask({ response_mode: 'fragment' }, signedIn);
  assert.equal(status, 302);
  assert.equal(location?.search, '');
  assert.equal(new URLSearchParams(location?.hash.slice(1)).get('state'), 'the-state');
  assert.equal(new URLSearchParams(location?.hash.slice(1)).get('iss'), issuer);
});

test('S12: web_message tells the registered origin only, which alone may frame the page', async () => {
  const state = '</script><script>alert(1)</script>';
  const page = await signedIn.request({
    method: 'GET',
    url: spa.authorizeUrl({ response_mode: 'web_message', prompt: 'none', state }),
  });
  assert.equal(page.status, 200);
  const policy = String(page.headers['content-security-policy']);
  assert.match(policy, /frame-ancestors https:\/\/app\.example\.com;/);
  assert.equal(page.headers['x-frame-options'], undefined);
  assert.equal(page.headers['cross-origin-opener-policy'], undefined);
  assert.match(page.body, /data-target-origin="https:\/\/app\.example\.com"/);
  assert.doesNotMatch(page.body, /<script>|postMessage\([^)]*\*/);
  const message =
    /data-message="([^"]+)"/
      .exec(page.body)?.[1]
      ?.replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>') ?? '';
  const { type, response } = JSON.parse(message);
  assert.equal(type, 'authorization_response');
  assert.deepEqual(Object.keys(response).sort(), ['code', 'iss', 'state']);
  assert.equal(response.state, state);
});

test('R15: web_message to an origin that is not registered is refused by way of the redirect', async () => {
  const closed = await TestApplication.create(tenant, { web_origins: ['https://other.example.com'] });
  const answer = await signedIn.request({
    method: 'GET',
    url: closed.authorizeUrl({ response_mode: 'web_message', prompt: 'none' }),
  });
  assertSentBack(answer, 'invalid_request');
});

test('a custom scheme is redirected to as it was registered', async () => {
  const redirect_uri = 'com.example.app:/callback';
  const native = await TestApplication.create(tenant, { app_type: 'native', callbacks: [redirect_uri] });
  const { headers, status } = await signedIn.request({ method: 'GET', url: native.authorizeUrl({ redirect_uri }) });
  assert.equal(status, 302);
  assert.ok(String(headers['location']).startsWith(`${redirect_uri}?code=`));
});

test('C16: the page of a completed sign-in leads nowhere', async () => {
  const browser = new TestBrowser(tenant);
  const page = await browser.open(spa.authorizeUrl());
  const second = await browser.submit(page, { username: email });
  await browser.submit(second, { password: 'Correct-horse-battery-1' });
  for (const old of [page, second]) {
    const again = await browser.open(old.url);
    assertPage(again, 400);
    assertPage(await browser.submit(old, { username: email, password: 'Correct-horse-battery-1' }), 400);
  }
  const state = new URL(page.url, issuer).searchParams.get('state');
  assertPage(await browser.open(`/authorize/resume?state=${state}`), 400);
});

test('D14: whatever is in the query or the form, the answer is never a fault of ours', async () => {
  const names = fc.oneof(
    fc.constantFrom(
      'client_id',
      'redirect_uri',
      'scope',
      'state',
      'prompt',
      'max_age',
      'ui_locales',
      'response_mode',
      'audience',
      'connection',
      'login_hint',
    ),
    fc.string(),
  );
  const values = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.constantFrom(spa.client.client_id, testCallback, 'none', '0'),
  );
  const browser = new TestBrowser(tenant);
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, values), fc.boolean(), async (extra, proved) => {
      const payload = proved ? spa.request(extra) : new URLSearchParams(extra).toString();
      const posted = await browser.request({ method: 'POST', url: '/authorize', headers: formType, payload });
      const got = await browser.request({ method: 'GET', url: `/authorize?${payload}` });
      for (const { status, location } of [posted, got]) {
        assert.ok(status < 500, `${status} for ${payload}`);
        assert.ok(
          location === undefined || [testCallback, issuer].some((start) => location.href.startsWith(start)),
          String(location),
        );
      }
    }),
    { numRuns: 150 },
  );
});

describe('id_token_hint', () => {
  const hintOf = async (who: string) => (await spa.tokens(who))['id_token'];

  test('of the person who is signed in is answered without a question, expired or not', async () => {
    const hint = await hintOf(email);
    tenant.pass(11 * 60 * 60 * 1000);
    assertSentBack(await signedIn.open(spa.authorizeUrl({ prompt: 'none', id_token_hint: hint })), undefined);
  });

  test('of somebody else is login_required with prompt=none, and the login page without', async () => {
    const hint = await hintOf(other);
    assertSentBack(await signedIn.open(spa.authorizeUrl({ prompt: 'none', id_token_hint: hint })), 'login_required');
    assert.match((await signedIn.open(spa.authorizeUrl({ id_token_hint: hint }))).url, /^\/u\/login\/identifier\?/);
  });

  test('is kept to the end: who logs in as somebody else gets no code', async () => {
    const answer = await spa.signIn(new TestBrowser(tenant), email, { id_token_hint: await hintOf(other) });
    assert.equal(answer.get('error'), 'login_required');
    assert.equal(answer.get('code'), null);
  });

  test('X08: what is no ID token of ours is refused', async () => {
    const { access_token, id_token = '' } = await spa.tokens(email, {
      audience: testAudience,
      scope: 'openid read:things',
    });
    for (const id_token_hint of [access_token, `${id_token}x`, 'x', id_token.replace(/\.[^.]*$/, '.')]) {
      assertSentBack(await signedIn.open(spa.authorizeUrl({ prompt: 'none', id_token_hint })), 'invalid_request');
    }
  });
});
