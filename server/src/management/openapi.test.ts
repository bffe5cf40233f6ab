// Tests what is told of the API to machines: OpenAPI, of every endpoint that there is.
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

test('what is declared of a path is in it', () => {
  for (const { path, params = {} } of endpoints) {
    for (const name of Object.keys(params)) assert.ok(path.includes(`{${name}}`), `${path} has no ${name}`);
  }
});
