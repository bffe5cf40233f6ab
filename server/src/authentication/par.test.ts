// Tests pushed authorization requests (RFC 9126; C18), and codes that are bound to a key (RFC 9449 §10).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { changeClient } from '#domain/clients';
import { withDatabase } from '#storage/testing';
import { assertRefused, type Fields, formType, TestApplication } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { DpopSender } from '#testing/dpop';
import { push, pushedUrl } from '#testing/pushing';
import { createTestUser, openTestTenant, type TestTenant, testCallback, testPassword } from '#testing/tenant';

const email = 'hana@example.com';
let tenant: TestTenant;
let web: TestApplication;
let spa: TestApplication;
let signedIn: TestBrowser;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  web = await TestApplication.create(tenant, { app_type: 'regular_web' });
  spa = await TestApplication.create(tenant);
  signedIn = new TestBrowser(tenant);
  await web.signIn(signedIn, email);
});
after(() => tenant.close());

async function pushed(application = web, extra: Fields = {}, headers: Record<string, string> = {}): Promise<string> {
  const { status, body } = await push(tenant, application, extra, headers);
  assert.equal(status, 201, JSON.stringify(body));
  return body['request_uri'] as string;
}

async function open(requestUri: string, application = web, extra: Fields = {}, browser = signedIn) {
  return browser.open(pushedUrl(application, requestUri, extra));
}

async function codeOf(requestUri: string, application = web): Promise<string> {
  const { location, body } = await open(requestUri, application);
  return location?.searchParams.get('code') ?? assert.fail(`no code, but ${location ?? body}`);
}

function assertDead(answer: Awaited<ReturnType<typeof open>>): void {
  assert.equal(answer.status, 400);
  assert.equal(answer.location, undefined);
  assert.match(answer.body, /invalid_request_uri/);
}

test('what was pushed is opened by its reference, and a code comes of it', async () => {
  for (const application of [web, spa]) {
    const { status, headers, body } = await push(tenant, application, { state: 'pushed-state' });
    assert.equal(status, 201);
    assert.equal(headers['cache-control'], 'no-store');
    assert.deepEqual(Object.keys(body), ['request_uri', 'expires_in']);
    assert.equal(body['expires_in'], 30);
    assert.match(body['request_uri'] ?? '', /^urn:ietf:params:oauth:request_uri:[\w-]{43}$/);
    const { location } = await open(body['request_uri'] as string, application);
    assert.equal(location?.searchParams.get('state'), 'pushed-state');
    assert.equal((await application.redeem(location.searchParams.get('code'))).status, 200);
  }
});

test('a person who must sign in first takes longer than the reference lives, and arrives', async () => {
  const uri = await pushed();
  const browser = new TestBrowser(tenant);
  const first = await open(uri, web, {}, browser);
  tenant.pass(10 * 60_000);
  const second = await browser.submit(first, { username: email });
  const { location } = await browser.submit(second, { password: testPassword });
  assert.equal((await web.redeem(location?.searchParams.get('code') ?? null)).status, 200);
  assertDead(await open(uri));
  signedIn = browser;
});

test('what stands beside the reference is ignored', async () => {
  const uri = await pushed();
  const outer = { redirect_uri: 'https://evil.test/', response_type: 'token', state: 'evil', scope: 'openid email' };
  const { location } = await open(uri, web, outer);
  assert.equal(location?.href.startsWith(`${testCallback}?`), true);
  assert.equal(location?.searchParams.get('state'), 'the-state');
  const { body } = await web.redeem(location?.searchParams.get('code') ?? null);
  assert.equal(body['scope'], 'openid');
});

test('a form posted from elsewhere goes on to the same request, and a page may be opened again until it is answered', async () => {
  const uri = await pushed();
  const browser = new TestBrowser(tenant);
  const posted = await browser.request({
    method: 'POST',
    url: '/authorize',
    headers: formType,
    payload: new URL(pushedUrl(web, uri), tenant.ctx.issuer).search.slice(1),
  });
  assert.equal(posted.status, 303);
  await browser.open(`${posted.location?.pathname}${posted.location?.search}`);
  const again = await open(uri, web, {}, browser);
  assert.match(again.body, /name="username"/);
});

describe('C18', () => {
  test('a reference works once', async () => {
    const uri = await pushed();
    await codeOf(uri);
    assertDead(await open(uri));
  });

  test('a refusal uses it up too', async () => {
    const uri = await pushed(web, { prompt: 'none' });
    const stranger = new TestBrowser(tenant);
    const { location } = await open(uri, web, {}, stranger);
    assert.equal(location?.searchParams.get('error'), 'login_required');
    assertDead(await open(uri));
  });

  test('of two sign-ins that were begun with one reference, one is answered', async () => {
    const uri = await pushed();
    const journeys = await Promise.all(
      [new TestBrowser(tenant), new TestBrowser(tenant)].map(async (browser) => {
        const first = await open(uri, web, {}, browser);
        return { browser, second: await browser.submit(first, { username: email }) };
      }),
    );
    const ends = await Promise.all(
      journeys.map(({ browser, second }) => browser.submit(second, { password: testPassword })),
    );
    assert.equal(ends.filter(({ location }) => location?.searchParams.has('code')).length, 1);
    assert.equal(ends.filter(({ status }) => status === 400).length, 1);
  });

  test('another application cannot use it, and it stays good for its own', async () => {
    const uri = await pushed();
    assertDead(await open(uri, spa));
    await codeOf(uri);
  });

  test('it expires after 30 seconds', async () => {
    const late = await pushed();
    tenant.pass(29_999);
    await codeOf(late);
    const tooLate = await pushed();
    tenant.pass(30_000);
    assertDead(await open(tooLate));
  });

  test('a guessed one is refused, and so is a code in its place', async () => {
    const code = (await web.silently(signedIn)).get('code');
    for (const guess of ['', 'x', 'A'.repeat(43), code]) {
      assertDead(await open(`urn:ietf:params:oauth:request_uri:${guess}`));
    }
    assert.equal((await web.redeem(code)).status, 200);
  });

  for (const dialect of ['sqlite', 'postgres'] as const) {
    test(`${dialect}: of many responses at once to one reference exactly one has a code`, () =>
      withDatabase(dialect, async (databaseUrl) => {
        const own = await openTestTenant({ databaseUrl });
        await createTestUser(own, email);
        const application = await TestApplication.create(own);
        const browser = new TestBrowser(own);
        await application.signIn(browser, email);
        const { body } = await push(own, application);
        const url = pushedUrl(application, body['request_uri']);
        const ends = await Promise.all(Array.from({ length: 8 }, () => browser.open(url)));
        assert.equal(ends.filter(({ location }) => location?.searchParams.has('code')).length, 1);
        await own.close();
      }));
  }
});

describe('what is pushed is judged at once', () => {
  test('who pushes it proves who it is', async () => {
    assertRefused(await push(tenant, web, { client_secret: 'wrong' }), 401, 'invalid_client');
    assertRefused(await push(tenant, web, { client_secret: undefined }), 401, 'invalid_client');
    assertRefused(await push(tenant, web, { client_id: 'nobody' }), 401, 'invalid_client');
  });

  test('what /authorize would refuse is refused', async () => {
    const wrong: readonly (readonly [Fields, number, string])[] = [
      [{ redirect_uri: 'https://evil.test/' }, 400, 'invalid_request'],
      [{ redirect_uri: undefined }, 400, 'invalid_request'],
      [{ response_type: undefined }, 400, 'invalid_request'],
      [{ response_type: 'none' }, 400, 'unsupported_response_type'],
      [{ response_type: 'token' }, 403, 'unauthorized_client'],
      [{ code_challenge_method: 'plain' }, 400, 'invalid_request'],
      [{ audience: 'https://unknown.example.com/' }, 403, 'access_denied'],
      [{ request: 'x' }, 400, 'invalid_request_object'],
      [{ dpop_jkt: 'x' }, 400, 'invalid_request'],
    ];
    for (const [fields, status, error] of wrong) assertRefused(await push(tenant, web, fields), status, error);
    assertRefused(await push(tenant, spa, { code_challenge: undefined }), 400, 'invalid_request');
    assert.equal(tenant.events.at(-1)?.type, 'par_failed');
  });

  test('a reference cannot be pushed', async () => {
    const request_uri = await pushed();
    assertRefused(await push(tenant, web, { request_uri }), 400, 'invalid_request');
  });

  test('a request is sent by value or by reference, not both', async () => {
    const { location } = await open(await pushed(), web, { request: 'x.y.z', redirect_uri: testCallback });
    assert.equal(location?.searchParams.get('error'), 'invalid_request');
  });

  test('neither the secret nor an assertion is kept with it', async () => {
    await pushed();
    const rows = await tenant.ctx.database.queries.selectFrom('single_use_tokens').select('body').execute();
    assert.equal(
      rows.some(({ body }) => body.includes(web.secret as string)),
      false,
    );
  });
});

test("an application's own origin may push, and no other", async () => {
  const origin = 'https://app.example.com';
  assert.equal((await push(tenant, spa, {}, { origin })).headers['access-control-allow-origin'], origin);
  const { headers } = await push(tenant, spa, {}, { origin: 'https://evil.test' });
  assert.equal(headers['access-control-allow-origin'], undefined);
  const host = new URL(tenant.ctx.issuer).host;
  const preflight = await tenant.app.inject({ method: 'OPTIONS', url: '/oauth/par', headers: { host, origin } });
  assert.equal(preflight.headers['access-control-allow-origin'], origin);
});

test('an application that must push its requests cannot send a browser with them', async () => {
  const strict = await TestApplication.create(tenant, { require_pushed_authorization_requests: true });
  const { location } = await signedIn.open(strict.authorizeUrl());
  assert.equal(location?.searchParams.get('error'), 'invalid_request');
  await codeOf(await pushed(strict), strict);
});

test('what is no longer right when the browser comes is told to the application, and uses the reference up', async () => {
  const moved = await TestApplication.create(tenant, { app_type: 'regular_web' });
  const uri = await pushed(moved);
  await changeClient(tenant.ctx, moved.client.client_id, { grant_types: ['refresh_token'] });
  assert.equal((await open(uri, moved)).location?.searchParams.get('error'), 'unauthorized_client');
  assertDead(await open(uri, moved));
});

describe('RFC 9449 §10: a code that is bound to a key', () => {
  const parUrl = 'https://id.example.com/oauth/par';

  test('is redeemed with a proof by that key, and with nothing else', async () => {
    const sender = new DpopSender(tenant);
    const other = new DpopSender(tenant);
    const bound = async () => (await web.silently(signedIn, { dpop_jkt: sender.jkt })).get('code');
    const { body } = await web.redeem(await bound(), {}, { dpop: await sender.proof() });
    assert.equal(body['token_type'], 'DPoP');
    assertRefused(await web.redeem(await bound()), 403, 'invalid_grant');
    assertRefused(await web.redeem(await bound(), {}, { dpop: await other.proof() }), 403, 'invalid_grant');
  });

  test('comes of a proof where the request is pushed', async () => {
    const sender = new DpopSender(tenant);
    const other = new DpopSender(tenant);
    const bound = async () => codeOf(await pushed(web, {}, { dpop: await sender.proof({ url: parUrl }) }));
    assert.equal((await web.redeem(await bound(), {}, { dpop: await sender.proof() })).status, 200);
    assertRefused(await web.redeem(await bound(), {}, { dpop: await other.proof() }), 403, 'invalid_grant');
    assertRefused(await web.redeem(await bound()), 403, 'invalid_grant');
  });

  test('the proof and the parameter must agree, and a proof for another endpoint is none', async () => {
    const sender = new DpopSender(tenant);
    const proof = () => sender.proof({ url: parUrl });
    assert.equal((await push(tenant, web, { dpop_jkt: sender.jkt }, { dpop: await proof() })).status, 201);
    const mismatch = await push(tenant, web, { dpop_jkt: 'A'.repeat(43) }, { dpop: await proof() });
    assertRefused(mismatch, 400, 'invalid_dpop_proof');
    assertRefused(await push(tenant, web, {}, { dpop: await sender.proof() }), 400, 'invalid_dpop_proof');
  });
});

test('discovery tells where to push', async () => {
  const host = new URL(tenant.ctx.issuer).host;
  const document = (await tenant.app.inject({ url: '/.well-known/openid-configuration', headers: { host } })).json();
  assert.equal(document.pushed_authorization_request_endpoint, 'https://id.example.com/oauth/par');
  assert.equal(document.require_pushed_authorization_requests, false);
});
