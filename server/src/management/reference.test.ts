// Tests the page that tells people of the API: every endpoint that there is, in both languages, complete without a script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { resources } from './resources.ts';

let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant();
});
after(() => tenant.close());

const get = (url: string) => tenant.app.inject({ url, headers: { host: 'id.example.com' } });
const endpoints = resources.flatMap((resource) => resource.endpoints);

for (const [locale, word] of [
  ['en', 'Resources'],
  ['ja', 'リソース一覧'],
] as const) {
  test(`the page in ${locale} has every endpoint, and runs nothing but its own script`, async () => {
    const { payload, headers } = await get(`/api/v2/reference?ui_locales=${locale}`);
    assert.ok(payload.includes(`<html lang="${locale}">`) && payload.includes(word));
    const policy = String(headers['content-security-policy']);
    const [, nonce = ''] = /script-src 'nonce-([^']+)'/.exec(policy) ?? [];
    assert.match(policy, /default-src 'none'/);
    assert.deepEqual(payload.match(/<script[^>]*>/g), [`<script type="module" nonce="${nonce}">`]);
    for (const { path } of endpoints) assert.ok(payload.includes(`<code>${path}</code>`), path);
  });
}

test('the page in Japanese leaves nothing in English', async () => {
  const { payload } = await get('/api/v2/reference?ui_locales=ja');
  assert.ok(payload.includes('ロールの一覧を取得する'));
  assert.deepEqual(payload.match(/<span lang="en">[^<]*/g) ?? [], []);
});

test('the page tells how to call with the addresses of this server', async () => {
  const { payload } = await get('/api/v2/reference');
  assert.ok(payload.includes('curl https://id.example.com/oauth/token'));
  assert.ok(payload.includes('-d audience=https://id.example.com/api/v2/'));
});

test('no two places of the page have one id, and every link within it leads somewhere', async () => {
  const { payload: whole } = await get('/api/v2/reference');
  const [payload = ''] = whole.split('<script');
  const ids = [...payload.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id as string);
  assert.equal(new Set(ids).size, ids.length);
  const links = [...payload.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id as string);
  assert.deepEqual(
    links.filter((id) => !ids.includes(id)),
    [],
  );
});

test('resources are sorted by their names', () => {
  const names = resources.map(({ name }) => name);
  assert.deepEqual(names, [...names].sort());
});
