// Tests A01 and I06: members that nobody declared are refused at every endpoint, and no name of a member reaches further
// than the object that it stands in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isAt } from '../testing/api-requests.ts';
import { TestManagement } from '../testing/management.ts';
import { populate } from '../testing/population.ts';
import type { RightRequest } from '../testing/settlement.ts';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { resources } from './resources.ts';

let tenant: TestTenant;
let api: TestManagement;
let requests: readonly RightRequest[];

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
  requests = await populate(api);
});
after(() => tenant.close());

const endpoints = resources.flatMap((resource) => resource.endpoints);
const declarationOf = ({ method, path }: RightRequest) =>
  endpoints.find((endpoint) => endpoint.method === method && isAt(endpoint, path));
/** Whether any name may stand in a body: of secrets, texts and pages that their author names. */
const isOpen = (request: RightRequest) => {
  const body = declarationOf(request)?.body;
  return typeof body !== 'object' || body['type'] !== 'object' || body['additionalProperties'] !== false;
};

test('nearly every body is of named members only', () => {
  const open = new Set(requests.filter(isOpen).map((request) => declarationOf(request)?.path));
  assert.ok(open.size < 12, [...open].join('\n'));
});

test('a member that nobody declared is refused, whatever it is called', async () => {
  for (const request of requests.filter((one) => !isOpen(one))) {
    for (const name of ['unheard_of', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'is_system']) {
      const text = JSON.stringify({ ...(request.body as object), unheard_of: {} }).replace('unheard_of', name);
      const { status, body } = await api.send(request.method, request.path, text);
      const story = `${request.method} ${request.path} ${name}: ${status} ${JSON.stringify(body)}`;
      assert.deepEqual([status, body?.errorCode], [400, 'invalid_body'], story);
      assert.match(body.message, /Additional properties not allowed/, story);
    }
  }
});

const polluting =
  '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"a":{"__proto__":[1]}}';

test('where names are free the names of prototypes are names like others, which come back as they were sent', async () => {
  const user = requests.find(({ method, path }) => method === 'POST' && path === '/users')?.answer.user_id;
  const place = `/users/${encodeURIComponent(user)}`;
  for (const member of ['user_metadata', 'app_metadata']) {
    for (const again of [1, 2]) {
      const changed = await api.send('PATCH', place, `{"${member}":${polluting}}`);
      assert.equal(changed.status, 200, `${again} ${JSON.stringify(changed.body)}`);
    }
    const read = (await api.get(place)).body[member];
    assert.deepEqual(Object.getOwnPropertyDescriptor(read, '__proto__')?.value, { polluted: 'yes' });
    assert.deepEqual(read.constructor, { prototype: { polluted: 'yes' } });
  }
  assert.equal(Reflect.get({}, 'polluted'), undefined);
  assert.equal(Reflect.get([], 'polluted'), undefined);
});

test('nor does a query reach further', async () => {
  for (const query of ['a[__proto__][x]=1', '__proto__[x]=1', 'constructor.prototype.x=1', '__proto__=1']) {
    assert.equal((await api.get(`/roles?${query}`)).status, 400);
  }
  for (const fields of ['__proto__', 'constructor', 'constructor.prototype', 'toString']) {
    assert.deepEqual((await api.get(`/clients?fields=${fields}`)).status, 200);
  }
  assert.equal(Reflect.get({}, 'x'), undefined);
});

test('a body of which a member stands twice is taken as JSON says, with the last of them', async () => {
  const { status, body } = await api.send('POST', '/roles', '{"name":"First","name":"Last"}');
  assert.deepEqual([status, body.name], [200, 'Last']);
});
