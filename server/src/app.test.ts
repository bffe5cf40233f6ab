// Tests what every answer has in common: host, methods, headers, sizes, and errors without a word too many.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { formType, TestApplication } from './testing/application.ts';
import { openTestTenant, type TestTenant } from './testing/tenant.ts';

const host = 'id.example.com';
let tenant: TestTenant;
let spa: TestApplication;

before(async () => {
  tenant = await openTestTenant();
  spa = await TestApplication.create(tenant);
});
after(() => tenant.close());

const ask = ({ headers, ...options }: InjectOptions) =>
  tenant.app.inject({ ...options, headers: { host, ...headers } });

const everywhere = [
  '/.well-known/openid-configuration',
  '/.well-known/jwks.json',
  '/authorize',
  '/oauth/token',
  '/userinfo',
  '/u/logged-out',
  '/u/login/identifier',
  '/healthz',
  '/nothing',
  '/',
];

test('S13: a request for another host is refused everywhere but at the probes', async () => {
  for (const other of [
    'evil.test',
    'id.example.com.evil.test',
    'id.example.com:8443',
    'id.example.com@evil.test',
    '127.0.0.1',
    '',
  ]) {
    for (const url of everywhere) {
      const response = await tenant.app.inject({ url, headers: { host: other } });
      assert.equal(response.statusCode, url === '/healthz' ? 200 : 421, `${url} for ${other}`);
      assert.doesNotMatch(response.body, /evil/);
    }
  }
});

test('S13: no header but the configuration says where we are', async () => {
  const lies = {
    'x-forwarded-host': 'evil.test',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': '81',
    forwarded: 'host=evil.test',
    'x-original-url': '/evil',
    'x-host': 'evil.test',
  };
  for (const url of [
    '/.well-known/openid-configuration',
    '/authorize',
    spa.authorizeUrl(),
    '/u/logged-out',
    '/nothing',
  ]) {
    const [plain, lied] = [await ask({ url }), await ask({ url, headers: lies })];
    assert.equal(lied.statusCode, plain.statusCode);
    assert.doesNotMatch(lied.body + JSON.stringify(lied.headers), /evil\.test/);
  }
  assert.equal(
    (await ask({ url: '/.well-known/openid-configuration', headers: lies })).json().issuer,
    'https://id.example.com/',
  );
});

test('S14: every answer is guarded by headers, refusals too', async () => {
  const requests: InjectOptions[] = [
    ...everywhere.map((url) => ({ url })),
    { url: '/oauth/token', method: 'POST', payload: 'x', headers: { 'content-type': 'text/plain' } },
    { url: '/authorize', headers: { host: 'evil.test' } },
    { url: '/%ff' },
  ];
  for (const request of requests) {
    const { headers } = await ask(request);
    assert.equal(headers['x-content-type-options'], 'nosniff', String(request.url));
    assert.equal(headers['strict-transport-security'], 'max-age=31536000; includeSubDomains', String(request.url));
    assert.equal(headers['referrer-policy'], 'same-origin', String(request.url));
    assert.equal(headers['x-powered-by'], undefined);
    assert.equal(headers['server'], undefined);
  }
});

test('S06, S14: every page has a strict policy, is framed by nobody and kept by nobody', async () => {
  for (const url of [
    '/authorize',
    '/u/logged-out',
    '/u/login/identifier?state=x',
    '/u/consent',
    '/authorize/resume',
    '/v2/logout?returnTo=x',
    '/oidc/logout?id_token_hint=x',
  ]) {
    const { headers, statusCode } = await ask({ url });
    assert.ok(statusCode === 200 || statusCode === 400, url);
    const policy = String(headers['content-security-policy']);
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
      assert.ok(policy.includes(part), `${url} ${part}`);
    assert.doesNotMatch(policy, /unsafe|\*|http:/);
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.match(String(headers['permissions-policy']), /camera=\(\)/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  }
});

test('S14: no two pages share a nonce', async () => {
  const policies = await Promise.all(
    Array.from({ length: 20 }, async () => (await ask({ url: '/u/logged-out' })).headers['content-security-policy']),
  );
  assert.equal(new Set(policies).size, policies.length);
});

test('T07: what may be kept sets no cookie, and is checked by its ETag', async () => {
  for (const url of [
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/.well-known/jwks.json',
  ]) {
    const response = await ask({ url });
    assert.equal(response.statusCode, 200);
    assert.match(String(response.headers['cache-control']), /^public, max-age=\d+/);
    assert.equal(response.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(response.headers['access-control-allow-origin'], '*');
    assert.equal(response.headers['set-cookie'], undefined);
    const again = await ask({ url, headers: { 'if-none-match': String(response.headers['etag']) } });
    assert.equal(again.statusCode, 304);
    assert.equal(again.body, '');
  }
});

test('J15: the published keys have no private part', async () => {
  const { keys } = (await ask({ url: '/.well-known/jwks.json' })).json();
  assert.equal(keys.length, 2);
  for (const key of keys)
    assert.deepEqual(Object.keys(key).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t']);
});

test('every endpoint that the metadata names is there', async () => {
  const metadata = (await ask({ url: '/.well-known/openid-configuration' })).json();
  for (const [name, address] of Object.entries(metadata)) {
    if (!/_endpoint$|_uri$/.test(name)) continue;
    const { pathname } = new URL(String(address));
    // What streams is asked for something that it refuses.
    const statuses = [await ask({ url: `${pathname}?after=none` }), await ask({ url: pathname, method: 'POST' })].map(
      ({ statusCode }) => statusCode,
    );
    assert.ok(
      statuses.some((status) => status !== 404),
      `${name} ${statuses}`,
    );
  }
});

test('A11: a method that an endpoint has not is not found, and no header changes the method', async () => {
  for (const method of ['DELETE', 'PUT', 'PATCH'] as const) {
    for (const url of ['/oauth/token', '/userinfo', '/authorize', '/u/login/identifier', '/.well-known/jwks.json']) {
      assert.equal((await ask({ method, url, headers: formType, payload: 'x=1' })).statusCode, 404, `${method} ${url}`);
    }
  }
  assert.equal((await ask({ url: '/oauth/token', headers: { 'x-http-method-override': 'POST' } })).statusCode, 404);
  assert.equal((await ask({ url: '/oauth/token?_method=POST' })).statusCode, 404);
});

test('HEAD answers as GET does where everybody is told the same, and uses nothing up elsewhere', async () => {
  for (const [url, status] of [
    ['/.well-known/jwks.json', 200],
    ['/.well-known/openid-configuration', 200],
    ['/authorize', 404],
    ['/authorize/resume', 404],
    ['/v2/logout', 404],
    ['/nothing', 404],
  ] as const) {
    const head = await ask({ method: 'HEAD', url });
    assert.equal(head.statusCode, status, url);
    assert.equal(head.body, '', url);
  }
});

test('I16: where there is nothing, a person is told on a page and an application in JSON', async () => {
  const page = await ask({ url: '/nothing', headers: { accept: 'text/html,application/xhtml+xml' } });
  assert.equal(page.statusCode, 404);
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  for (const accept of ['application/json', '*/*']) {
    const json = await ask({ url: '/nothing<svg>', headers: { accept } });
    assert.equal(json.statusCode, 404);
    assert.equal(json.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(json.json().error, 'not_found');
    assert.doesNotMatch(json.body, /svg/);
  }
});

test('A10: an address that is only nearly one of ours is none', async () => {
  for (const url of [
    '//authorize',
    '/authorize/',
    '/Authorize',
    '/authorize%00',
    '/authorize;x=1',
    '/authorize%2fresume',
    '/oauth//token',
    '/.well-known/jwks.json/',
  ]) {
    assert.equal((await ask({ url })).statusCode, 404, url);
  }
});

test('D01: a body of more than 64 kB is refused', async () => {
  for (const url of ['/oauth/token', '/authorize', '/userinfo', '/oidc/logout', '/u/login/password']) {
    const response = await ask({ method: 'POST', url, headers: formType, payload: `scope=${'x'.repeat(65_536)}` });
    assert.equal(response.statusCode, 400, url);
    assert.match(response.body, /too large|error/i);
  }
});

test('D01, D03, D04: ten thousand parameters, nested ones and long ones are refused', async () => {
  const bodies = [
    Array.from({ length: 10_000 }, (_, n) => `p${n}=`)
      .join('&')
      .slice(0, 60_000),
    `a${'[a]'.repeat(10_000)}=1`,
    'a[]=1&'.repeat(9000),
    `grant_type=refresh_token&client_id=${spa.client.client_id}&refresh_token=v1.x&scope=${'s '.repeat(20_000)}`,
    `client_id=${'x'.repeat(60_000)}`,
  ];
  for (const payload of bodies) {
    for (const url of ['/oauth/token', '/authorize']) {
      const { statusCode } = await ask({ method: 'POST', url, headers: formType, payload });
      assert.ok(statusCode >= 400 && statusCode < 500, `${statusCode} ${payload.slice(0, 40)}`);
    }
  }
});

test('D09: a compressed body is not inflated', async () => {
  const { gzipSync } = await import('node:zlib');
  const payload = gzipSync(
    `grant_type=refresh_token&client_id=${spa.client.client_id}&refresh_token=${'x'.repeat(50_000_000)}`,
  );
  const response = await ask({
    method: 'POST',
    url: '/oauth/token',
    headers: { ...formType, 'content-encoding': 'gzip' },
    payload,
  });
  assert.ok([400, 401].includes(response.statusCode), response.body);
});

test('a body of another type is refused with a sentence that says which are taken', async () => {
  for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/xml', 'application/jsonp']) {
    const response = await ask({
      method: 'POST',
      url: '/oauth/token',
      headers: { 'content-type': type },
      payload: 'grant_type=x',
    });
    assert.equal(response.statusCode, 400, type);
    assert.match(response.json().error_description, /application\/x-www-form-urlencoded/);
  }
});

test('Z02: a fault of ours is told by its id, and nothing more', async (context) => {
  context.mock.method(tenant.ctx.documents, 'get', () => {
    throw new Error('SELECT secret FROM documents');
  });
  const json = await ask({ method: 'POST', url: '/oauth/token', headers: formType, payload: 'client_id=x' });
  assert.equal(json.statusCode, 500);
  assert.equal(json.json().error, 'server_error');
  assert.doesNotMatch(json.body, /SELECT|secret|at /);
});

test('D14: whatever the address, the method and the headers are, the answer is never a fault of ours', async () => {
  const paths = fc.oneof(
    fc.constantFrom(
      ...everywhere,
      '/authorize/resume',
      '/v2/logout',
      '/oidc/logout',
      '/u/consent',
      '/u/select-account',
      '/u/logout',
      '/u/signup/password',
    ),
    fc.webPath(),
    fc.string().map((text) => `/${encodeURIComponent(text)}`),
    fc.constantFrom('/%', '/%ff', '/%c0%ae', '/%00'),
  );
  const queries = fc.oneof(
    fc.webQueryParameters(),
    fc.string().map((text) => encodeURIComponent(text)),
    fc.constantFrom('%', '%ff=%ff', '&&&', '=', 'state=%', 'ui_locales=%00', 'state=x&state=y'),
  );
  const methods = fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'PUT');
  const text = fc.string({ unit: fc.constantFrom(...'abc;=,"/ %-_*<>') });
  const headers = fc.record(
    {
      cookie: fc.oneof(
        text,
        text.map((value) => `__Host-warifu_session=${value}`),
      ),
      authorization: text,
      'accept-language': text,
      origin: text,
      accept: fc.constantFrom('text/html', '*/*', ''),
      'user-agent': text,
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(methods, paths, queries, headers, async (method, path, query, given) => {
      const body = method === 'POST' ? { payload: query } : {};
      const response = await ask({
        method: method as 'GET',
        url: `${path}?${query}`,
        headers: { ...given, ...(method === 'POST' ? formType : {}) },
        ...body,
      });
      assert.ok(response.statusCode < 500, `${response.statusCode} ${method} ${path}?${query}`);
    }),
    { numRuns: 400 },
  );
});
