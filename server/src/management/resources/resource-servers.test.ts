// Tests APIs: what a fresh one is, how long its tokens live, and what null gives back.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

test('a fresh one has its identifier for a name, and tokens of a day', async () => {
  const identifier = 'https://fresh.example.com/';
  const { status, body } = await api.post('/resource-servers', { identifier });
  const { id, ...rest } = body;
  assert.equal(status, 201);
  assert.match(id, /^[\da-f]{24}$/);
  assert.deepEqual(rest, {
    ...{ identifier, name: identifier, scopes: [], allow_offline_access: false, signing_alg: 'RS256' },
    ...{ token_lifetime: 86_400, token_lifetime_for_web: 7200, skip_consent_for_verifiable_first_party_clients: false },
    subject_type_authorization: { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } },
  });
  assert.deepEqual((await api.get(`/resource-servers/${encodeURIComponent(identifier)}`)).body, body);
});

test('an identifier belongs to one, and never changes', async () => {
  const identifier = 'https://one.example.com/';
  const { id } = (await api.post('/resource-servers', { identifier })).body;
  assert.equal((await api.post('/resource-servers', { identifier })).status, 409);
  const changed = await api.patch(`/resource-servers/${id}`, { identifier: 'https://two.example.com/' });
  assert.deepEqual([changed.status, changed.body.errorCode], [400, 'invalid_body']);
});

test('a token for browsers never lives longer than the others', async () => {
  const { id } = (await api.post('/resource-servers', { identifier: 'https://short.example.com/' })).body;
  const { body } = await api.patch(`/resource-servers/${id}`, { token_lifetime: 60 });
  assert.deepEqual([body.token_lifetime, body.token_lifetime_for_web], [60, 60]);
});

test('null gives the default back where something must be', async () => {
  const identifier = 'https://null.example.com/';
  const { id } = (await api.post('/resource-servers', { identifier, name: 'N', signing_alg: 'PS256' })).body;
  const { status, body } = await api.patch(`/resource-servers/${id}`, {
    ...{ name: null, signing_alg: null, token_lifetime: null, allow_offline_access: null, scopes: null },
  });
  assert.deepEqual(
    [status, body.name, body.signing_alg, body.token_lifetime, body.allow_offline_access, body.scopes],
    [200, identifier, 'RS256', 86_400, false, []],
  );
});

test('the secret of HS256 is told to who sets it and to no reader', async () => {
  const secret = 's'.repeat(64);
  const sent = { identifier: 'https://shared.example.com/', signing_alg: 'HS256', signing_secret: secret };
  const { body } = await api.post('/resource-servers', sent);
  assert.equal(body.signing_secret, secret);
  assert.equal('signing_secret' in (await api.get(`/resource-servers/${body.id}`)).body, false);
});

test('types of authorization details have a type, or discovery could not name them', async () => {
  const sent = { identifier: 'https://rich.example.com/', authorization_details: [null] };
  assert.equal((await api.post('/resource-servers', sent)).body.errorCode, 'invalid_body');
});

test('the system API stays, a name that looks encoded is a name, and one that is not there is missing', async () => {
  const own = encodeURIComponent(`${tenant.ctx.issuer}api/v2/`);
  assert.equal((await api.delete(`/resource-servers/${own}`)).body.errorCode, 'operation_not_supported');
  for (const name of ['nothing', '%25ff', '%2500']) {
    const missing = await api.get(`/resource-servers/${name}`);
    assert.deepEqual([missing.status, missing.body.errorCode], [404, 'inexistent_resource_server']);
  }
  assert.equal((await api.delete('/resource-servers/nothing')).status, 204);
});
