// Tests what is told of the API to machines: OpenAPI, of every endpoint that there is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { componentName } from './answers.ts';
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

/** Every value of a keyword below a node. */
function valuesOf(keyword: string, node: unknown): unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => [
    ...(key === keyword ? [value] : []),
    ...valuesOf(keyword, value),
  ]);
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
}

type Operation = Record<string, unknown> & { parameters: Parameter[]; security: Record<string, string[]>[] };

test('the document is whole: references lead somewhere, parameters are those of the path, security is known', async () => {
  const { paths, components } = (await get('/api/v2/openapi.json')).json();
  const references = valuesOf('$ref', paths).map(String);
  assert.ok(references.length > endpoints.length);
  for (const reference of references) {
    const [, name = ''] = /^#\/components\/schemas\/(\w+)$/.exec(reference) ?? [];
    assert.ok(components.schemas[name], reference);
  }
  const { scopes } = components.securitySchemes.oauth2.flows.clientCredentials;
  for (const [path, operations] of Object.entries<Record<string, Operation>>(paths)) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    for (const { parameters, security } of Object.values(operations)) {
      const inPath = parameters.filter((one) => one.in === 'path' && one.required).map(({ name }) => name);
      assert.deepEqual(inPath.sort(), named, path);
      for (const [scheme, wanted] of security.flatMap((way) => Object.entries(way))) {
        assert.ok(components.securitySchemes[scheme], scheme);
        for (const scope of wanted) assert.ok(scope in scopes, scope);
      }
    }
  }
});

test('two things that are answered never share a name in the document', () => {
  const schemas = new Map<string, string>();
  for (const { answer } of endpoints) {
    if (answer === undefined) continue;
    const text = JSON.stringify(answer.schema);
    const name = componentName(answer.noun);
    assert.match(name, /^[A-Z][A-Za-z0-9]+$/);
    assert.equal(schemas.get(name) ?? text, text, name);
    schemas.set(name, text);
  }
});

test('a list is described as it is answered: bare, with totals, and by checkpoint', async () => {
  const { paths, components } = (await get('/api/v2/openapi.json')).json();
  const role = { $ref: '#/components/schemas/Role' };
  const count = { type: 'integer' };
  assert.deepEqual(paths['/roles'].get.responses[200].content['application/json'].schema.anyOf, [
    { type: 'array', items: role },
    {
      type: 'object',
      required: ['roles'],
      properties: { roles: { type: 'array', items: role }, start: count, limit: count, total: count },
    },
    {
      type: 'object',
      required: ['roles'],
      properties: { roles: { type: 'array', items: role }, next: { type: 'string' } },
    },
  ]);
  assert.deepEqual(paths['/roles'].post.responses[200].content['application/json'].schema, role);
  assert.deepEqual(components.schemas.Role.properties.id, { type: 'string' });
  assert.equal(components.schemas.Role.required, undefined);
  assert.ok(components.schemas.Client.properties.client_id);
});
