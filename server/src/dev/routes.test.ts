// Tests the development pages and files over HTTP: headers, languages, and that nothing on them is inline.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createServer } from '#http/server';
import { locales } from '#i18n/locale';
import { fileAddresses } from './files.ts';
import { devRoutes } from './routes.ts';
import { devTexts } from './texts.ts';

// The real server, because it reads requests in its own way (it leaves the query to the handlers).
const issuer = 'http://localhost:4000/';
const app = createServer({ issuer, logger: false, flushed: () => undefined, requestId: () => 'request' });
for (const route of devRoutes({
  issuer,
  demoClientId: 'demoClient',
  demoAudience: 'http://localhost:4000/demo/api',
  verifyAccessToken: async () => ({
    sub: 'auth0|1',
    client_id: 'demoClient',
    scope: ['read:demo'],
    confirmation: undefined,
  }),
})) {
  app.route(route);
}

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers: { host: 'localhost:4000', ...headers } });
const langOf = (document: string) => /<html lang="([^"]+)"/.exec(document)?.[1];

for (const url of ['/', '/demo/']) {
  test(`${url} is a page with a strict policy, and nothing on it is inline`, async () => {
    const response = await get(url);
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(response.headers['cache-control'], 'no-store');
    assert.equal(response.headers['x-content-type-options'], 'nosniff');
    assert.equal(response.headers['referrer-policy'], 'no-referrer');
    const policy = String(response.headers['content-security-policy']);
    for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
      assert.ok(policy.split('; ').includes(directive), directive);
    }
    assert.doesNotMatch(policy, /unsafe|blob:/);
    assert.doesNotMatch(response.body, /<style|\sstyle=|\son[a-z]+=|javascript:/i);
    assert.doesNotMatch(response.body, /<script(?![^>]* src=)/i);
    assert.doesNotMatch(response.body, /undefined|\[object/);
  });

  test(`${url} speaks the browser's language, and English where it speaks none that we know`, async () => {
    assert.equal(langOf((await get(url, { 'accept-language': 'fr, ja;q=0.8, en;q=0.5' })).body), 'ja');
    assert.equal(langOf((await get(url, { 'accept-language': 'en-GB' })).body), 'en');
    assert.equal(langOf((await get(url, { 'accept-language': 'fr' })).body), 'en');
    assert.equal(langOf((await get(url)).body), 'en');
  });

  test(`${url} keeps the language that was asked for with ui_locales`, async () => {
    const asked = await get(`${url}?ui_locales=ja`, { 'accept-language': 'en' });
    assert.equal(langOf(asked.body), 'ja');
    const cookie = String(asked.headers['set-cookie']).split(';')[0] as string;
    assert.equal(langOf((await get(url, { 'accept-language': 'en', cookie: `a=b; ${cookie}` })).body), 'ja');
    assert.equal(langOf((await get(`${url}?ui_locales=en`, { cookie })).body), 'en');
  });

  test(`${url} passes over languages that it doesn't know, and broken parameters`, async () => {
    assert.equal(langOf((await get(`${url}?ui_locales=xx%20ja-JP`)).body), 'ja');
    assert.equal(langOf((await get(`${url}?ui_locales=%22%3E%3Cscript%3E`, { 'accept-language': 'ja' })).body), 'ja');
    assert.equal(langOf((await get(`${url}?ui_locales=ja&ui_locales=en`)).body), 'ja');
    assert.equal(langOf((await get(url, { cookie: 'warifu_dev_locale=zz' })).body), 'en');
  });
}

test('the welcome page leads to the demo, the discovery document and the keys, and shows how to connect', async () => {
  const { body } = await get('/');
  for (const href of [
    '/demo/',
    'http://localhost:4000/.well-known/openid-configuration',
    'http://localhost:4000/.well-known/jwks.json',
  ]) {
    assert.ok(body.includes(`href="${href}"`), href);
  }
  assert.match(body, /domain: &#39;http:\/\/localhost:4000&#39;/);
  assert.match(body, /clientId: &#39;demoClient&#39;/);
});

test('the demo page has the elements that its script and the browser tests look for', async () => {
  const { body } = await get('/demo/');
  const script = (await get('/demo/app.js')).body;
  const wanted = [...script.matchAll(/find\('([a-z-]+)'\)/g)].map((match) => match[1] as string);
  assert.ok(wanted.length > 10);
  for (const id of [...wanted, 'login', 'signup', 'call-api-id-token', 'tally']) {
    assert.ok(body.includes(`id="${id}"`), id);
  }
});

test('/demo leads to /demo/', async () => {
  const response = await get('/demo');
  assert.equal(response.statusCode, 302);
  assert.equal(response.headers.location, '/demo/');
});

test('every file is served with its type and the policy', async () => {
  for (const address of fileAddresses) {
    const response = await get(address);
    assert.equal(response.statusCode, 200, address);
    assert.match(String(response.headers['content-type']), /^(text\/javascript|text\/css|image\/svg\+xml)/, address);
    assert.ok(response.headers['content-security-policy'], address);
    assert.ok(response.body.length > 100, address);
  }
});

test('a file that the browser has already is not sent again', async () => {
  const first = await get('/demo/app.js');
  const second = await get('/demo/app.js', { 'if-none-match': String(first.headers.etag) });
  assert.equal(second.statusCode, 304);
  assert.equal(second.body, '');
});

test('every module that the demo imports is served', async () => {
  for (const address of fileAddresses.filter((name) => name.endsWith('.js') && !name.includes('vendor'))) {
    for (const [, specifier] of (await get(address)).body.matchAll(/from '(\.\/[^']+)'|importScripts\('([^']+)'\)/g)) {
      if (specifier === undefined) continue;
      const url = new URL(specifier, `http://localhost:4000${address}`).pathname;
      assert.equal((await get(url)).statusCode, 200, `${address} imports ${url}`);
    }
  }
});

test("Auth0's SDK is served byte for byte as it comes in its package", async () => {
  const folder = new URL('../', import.meta.resolve('@auth0/auth0-spa-js'));
  for (const [address, name] of [
    ['/demo/vendor/auth0-spa-js.js', 'auth0-spa-js.production.esm.js'],
    ['/demo/vendor/auth0-spa-js.worker.js', 'auth0-spa-js.worker.production.js'],
  ] as const) {
    assert.ok((await get(address)).rawPayload.equals(await readFile(new URL(name, folder))), address);
  }
});

test('the settings and the sentences are modules of plain JSON', async () => {
  const read = async (url: string, name: string) => {
    const { body } = await get(url);
    const prefix = `export const ${name} = `;
    assert.ok(body.startsWith(prefix));
    return JSON.parse(body.slice(prefix.length).replace(/;\n$/, ''));
  };
  assert.deepEqual(await read('/demo/settings.js', 'settings'), {
    clientId: 'demoClient',
    audience: 'http://localhost:4000/demo/api',
  });
  assert.deepEqual(Object.keys(await read('/demo/texts.js', 'texts')), [...locales]);
});

test('every language explains the same claims', () => {
  for (const locale of locales) {
    for (const kind of ['header', 'id', 'access'] as const) {
      const names = Object.keys(devTexts[locale].client.claims[kind]);
      assert.deepEqual(names, Object.keys(devTexts.en.client.claims[kind]), `${locale} ${kind}`);
    }
  }
});

test('every sentence keeps the places that its English original fills in', () => {
  const places = (texts: unknown): string[] =>
    typeof texts === 'string'
      ? [(texts.match(/\{\w+\}/g) ?? []).sort().join()]
      : Object.values(texts as Record<string, unknown>).flatMap(places);
  for (const locale of locales) assert.deepEqual(places(devTexts[locale]), places(devTexts.en), locale);
});
