// Tests what applications are granted of APIs: one grant for each kind of subject, of scopes that there are.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const audience = 'https://things.example.com/';
await api.post('/resource-servers', { identifier: audience, scopes: [{ value: 'read' }, { value: 'write' }] });
const client = async () =>
  (await api.post('/clients', { name: 'Machine', app_type: 'non_interactive' })).body.client_id;

test('a fresh one is for the application itself, and is found by what it joins', async () => {
  const client_id = await client();
  const { status, body } = await api.post('/client-grants', { client_id, audience, scope: ['read'] });
  const { id, ...rest } = body;
  assert.equal(status, 201);
  assert.match(id, /^cgr_[A-Za-z0-9]{16}$/);
  assert.deepEqual(rest, { client_id, audience, scope: ['read'], subject_type: 'client' });
  assert.deepEqual((await api.get(`/client-grants?client_id=${client_id}`)).body, [body]);
  assert.deepEqual((await api.get(`/client-grants?client_id=${client_id}&subject_type=user`)).body, []);
});

test('there is one for an application and an API, and another for the people who use it', async () => {
  const grant = { client_id: await client(), audience, scope: ['read'] };
  const statuses: number[] = [];
  for (const more of [{}, {}, { subject_type: 'user' }, { subject_type: 'user' }]) {
    statuses.push((await api.post('/client-grants', { ...grant, ...more })).status);
  }
  assert.deepEqual(statuses, [201, 409, 201, 409]);
});

test('its scopes are replaced by a change, and neither the API nor the application is', async () => {
  const { id } = (await api.post('/client-grants', { client_id: await client(), audience, scope: ['read'] })).body;
  assert.deepEqual((await api.patch(`/client-grants/${id}`, { scope: ['write'] })).body.scope, ['write']);
  assert.equal((await api.patch(`/client-grants/${id}`, { audience: 'x' })).body.errorCode, 'invalid_body');
});

test('one for nobody is refused, one that is not there is missing, and its deletion is no fault', async () => {
  const nobody = await api.post('/client-grants', { client_id: 'nobody', audience, scope: [] });
  assert.deepEqual([nobody.status, nobody.body.errorCode], [404, 'inexistent_client']);
  assert.equal((await api.get('/client-grants/nothing')).body.errorCode, 'inexistent_client_grant');
  assert.equal((await api.delete('/client-grants/nothing')).status, 204);
});
