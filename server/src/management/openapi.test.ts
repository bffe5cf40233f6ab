// Tests what is told of the API: to machines in OpenAPI, to people on a page, of every endpoint that there is.
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

test('every endpoint is described, under an id of its own, and no two have one method and path', async () => {
  const document = (await get('/api/v2/openapi.json')).json();
  assert.equal(document.openapi, '3.1.0');
  const operations = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap(Object.values);
  assert.equal(operations.length, endpoints.length);
  assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, endpoints.length);
});

test('every reference within the document leads somewhere, and one name is one thing', async () => {
  const { payload } = await get('/api/v2/openapi.json');
  const { components } = JSON.parse(payload);
  const named = [...payload.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name as string);
  assert.ok(new Set(named).size > 20);
  for (const name of named) assert.ok(name in components.schemas, name);
  const schemas = new Map<string, string>();
  for (const { answer } of endpoints) {
    if (!answer) continue;
    const schema = JSON.stringify(answer.schema);
    assert.equal(schemas.get(answer.name) ?? schema, schema, answer.name);
    schemas.set(answer.name, schema);
  }
});

test('what is declared of a path is in it', () => {
  for (const { path, params = {} } of endpoints) {
    for (const name of Object.keys(params)) assert.ok(path.includes(`{${name}}`), `${path} has no ${name}`);
  }
});

test('the reference is there in both languages, without a script', async () => {
  for (const [locale, word] of [
    ['en', 'Resources'],
    ['ja', 'リソース一覧'],
  ]) {
    const { payload, headers } = await get(`/api/v2/reference?ui_locales=${locale}`);
    assert.ok(payload.includes(`<html lang="${locale}">`) && payload.includes(String(word)));
    assert.doesNotMatch(payload, /<script/);
    assert.match(String(headers['content-security-policy']), /default-src 'none'/);
    for (const { path } of endpoints) assert.ok(payload.includes(`<code>${path}</code>`), path);
  }
});
