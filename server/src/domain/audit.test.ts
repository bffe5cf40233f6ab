// Tests what is on record of an operation, and what is not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditRecord, type Operation, tellsSecrets } from './audit.ts';

const caller = {
  ...{ client_id: 'app', user_id: undefined, jti: 'token-1', scope: ['update:clients'] },
  ...{ ip: '192.0.2.1', userAgent: 'curl' },
};

function operation(values: Partial<Operation> = {}): Operation {
  return {
    description: 'Change a client',
    caller,
    request: { method: 'PATCH', path: '/api/v2/clients/1', query: {}, body: {} },
    response: { statusCode: 200, body: {} },
    ...values,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: tests know what they asked for
const detailsOf = (values: Partial<Operation>): any => auditRecord(operation(values)).details;

test('an operation has the type of its outcome', () => {
  const type = (statusCode: number, method = 'PATCH') =>
    auditRecord(operation({ request: { ...operation().request, method }, response: { statusCode, body: {} } })).type;
  assert.deepEqual([type(200), type(404), type(200, 'GET')], ['sapi', 'fapi', 'mgmt_api_read']);
});

test('a person who acts is named', () => {
  const record = auditRecord(operation({ caller: { ...caller, user_id: 'auth0|1' } }));
  assert.equal(record.user_id, 'auth0|1');
});

test('of a change only the members that differ are told, and a changed secret is told masked', () => {
  const before = { name: 'A', client_secret: 'old', tags: ['x'] };
  const after = { name: 'A', client_secret: 'new', tags: ['y'], logo: 'z' };
  assert.deepEqual(detailsOf({ change: { before, after } }).change, {
    before: { client_secret: '*****', tags: ['x'] },
    after: { client_secret: '*****', tags: ['y'], logo: 'z' },
  });
  assert.deepEqual(detailsOf({ change: { after } }).change.before, null);
  assert.equal(detailsOf({ change: {} }).change, undefined);
});

test('where everything is a secret only the names are told', () => {
  const request = { method: 'POST', path: '/api/v2/hooks/01/secrets', query: {}, body: { GREETING: 'hello' } };
  assert.deepEqual(detailsOf({ request }).request.body, { GREETING: '*****' });
});

test('a refusal does not repeat the secret that it refuses', () => {
  const refused = (property: string) => ({
    statusCode: 400,
    body: {
      message: `Payload validation error: 'String does not match pattern x: it's hunter2' on property ${property}.`,
    },
  });
  const { message } = detailsOf({ response: refused('options.client_secret') }).response.body;
  assert.equal(message, "Payload validation error: '*****' on property options.client_secret.");
  assert.match(detailsOf({ response: refused('name') }).response.body.message, /hunter2/);
});

test('what is too large is told by its size', () => {
  const body = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${index}`, 'x'.repeat(1000)]));
  assert.match(
    detailsOf({ request: { ...operation().request, body } }).request.body.left_out,
    /^\d+ characters of JSON$/,
  );
});

test('an answer tells secrets when it has one that is there', () => {
  const path = '/api/v2/clients/1';
  assert.equal(tellsSecrets(path, { client_id: 'app', client_secret: 'x' }), true);
  assert.equal(
    tellsSecrets(path, [{ client_id: 'app', signing_keys: [{ cert: 'public' }], refresh_token: { leeway: 0 } }]),
    false,
  );
  assert.equal(tellsSecrets(path, { html: 'x'.repeat(5000) }), false);
});
