// Tests applications: what a fresh one is, how it is changed, and who sees its secret.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

test('a fresh one may be used with codes, refresh tokens and by itself, and its secret is told to who made it', async () => {
  const { status, body } = await api.post('/clients', { name: 'Shop' });
  assert.equal(status, 201);
  assert.match(body.client_id, /^[A-Za-z0-9]{32}$/);
  assert.match(body.client_secret, /^[\w-]{64,}$/);
  assert.deepEqual(body.grant_types, ['authorization_code', 'implicit', 'refresh_token', 'client_credentials']);
  assert.deepEqual(
    [body.is_first_party, body.oidc_conformant, body.token_endpoint_auth_method, body.jwt_configuration.alg],
    [true, false, 'client_secret_post', 'RS256'],
  );
  const { signing_keys: _keys, ...told } = body;
  const { signing_keys: _same, ...read } = (await api.get(`/clients/${body.client_id}`)).body;
  assert.deepEqual(read, told);
});

test('its metadata is merged member by member, and null takes a member away', async () => {
  const { client_id } = (await api.post('/clients', { name: 'Merged', description: 'd' })).body;
  const path = `/clients/${client_id}`;
  await api.patch(path, { client_metadata: { a: 'b', c: 'd' } });
  const { body } = await api.patch(path, { client_metadata: { a: null }, description: null });
  assert.deepEqual([body.client_metadata, body.description, body.name], [{ c: 'd' }, undefined, 'Merged']);
});

test('its secret is changed by rotation, and the old one lets nobody in', async () => {
  const made = (await api.post('/clients', { name: 'Rotated', app_type: 'non_interactive' })).body;
  const rotated = await api.post(`/clients/${made.client_id}/rotate-secret`);
  assert.equal(rotated.status, 200);
  assert.notEqual(rotated.body.client_secret, made.client_secret);
  assert.equal((await api.get(`/clients/${made.client_id}`)).body.client_secret, rotated.body.client_secret);
});

test('names may be alike but hold no markup, one that is not there is missing, and its deletion is no fault', async () => {
  assert.equal((await api.post('/clients', { name: 'Shop' })).status, 201);
  assert.equal((await api.post('/clients', { name: '<b>' })).body.errorCode, 'invalid_body');
  const missing = await api.get('/clients/nothing');
  assert.deepEqual([missing.status, missing.body.errorCode], [404, 'inexistent_client']);
  assert.equal((await api.patch('/clients/nothing', { name: 'x' })).status, 404);
  assert.equal((await api.delete('/clients/nothing')).status, 204);
});

test('a deleted one gets no more tokens, and its grants go with it', async () => {
  const identifier = 'https://gone.example.com/';
  await api.post('/resource-servers', { identifier, scopes: [{ value: 'a' }] });
  const { client_id } = (await api.post('/clients', { name: 'Gone', app_type: 'non_interactive' })).body;
  await api.post('/client-grants', { client_id, audience: identifier, scope: ['a'] });
  assert.equal((await api.delete(`/clients/${client_id}`)).status, 204);
  assert.deepEqual((await api.get(`/client-grants?audience=${encodeURIComponent(identifier)}`)).body, []);
});
