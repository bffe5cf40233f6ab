// Tests the keys by which the server proves itself at the identity providers of connections.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, test } from 'node:test';
import { connectionKeys } from '#domain/connection-keys';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
});
after(() => tenant.close());

interface Key {
  readonly kid: string;
  readonly current?: boolean;
  readonly next?: boolean;
  readonly previous?: boolean;
}

const make = async (name: string, strategy: string, options: object = {}): Promise<string> =>
  (await api.post('/connections', { name, strategy, options })).body.id;
const keyed = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES384' };
const roles = (keys: readonly Key[]) =>
  keys.map(({ current, next, previous }) => (current && 'current') || (next && 'next') || (previous && 'previous'));

test('a connection that proves itself by keys has one in use and one to come', async () => {
  const id = await make('keyed', 'oidc', keyed);
  const { body: keys } = await api.get(`/connections/${id}/keys`);
  assert.deepEqual(roles(keys), ['current', 'next']);
  const [current] = keys;
  const certificate = new X509Certificate(current.cert);
  assert.equal(certificate.subject, 'CN=keyed');
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'secp384r1');
  assert.equal(current.fingerprint, certificate.fingerprint);
  assert.equal(current.thumbprint, certificate.fingerprint.replaceAll(':', ''));
  assert.match(current.pkcs, /^-----BEGIN PKCS7-----\r\n/);
  assert.deepEqual([current.algorithm, current.key_use, current.subject_dn], ['ES384', 'signing', '/CN=keyed']);
  assert.deepEqual((await api.get(`/connections/${id}/keys`)).body, keys);
});

test('after a rotation the next key is in use, and the one before is still told', async () => {
  const id = await make('rotated', 'okta', { ...keyed, domain: 'example.okta.com' });
  const { body: before } = await api.get(`/connections/${id}/keys`);
  const { status, body: fresh } = await api.post(`/connections/${id}/keys/rotate`);
  assert.deepEqual([status, fresh.next], [201, true]);
  const { body: keys } = await api.get(`/connections/${id}/keys`);
  assert.deepEqual(roles(keys), ['current', 'previous', 'next']);
  assert.deepEqual(
    keys.map(({ kid }: Key) => kid),
    [before[1].kid, before[0].kid, fresh.kid],
  );
});

test('keys are made before they are used, once', async () => {
  const id = await make('prepared', 'oidc');
  assert.equal((await api.get(`/connections/${id}/keys`)).status, 400);
  assert.equal((await api.post(`/connections/${id}/keys/rotate`)).status, 400);
  const made = await api.post(`/connections/${id}/keys`, { signing_alg: 'ES256' });
  assert.deepEqual([made.status, made.body.length, made.body[0].algorithm], [201, 2, 'ES256']);
  assert.equal((await api.post(`/connections/${id}/keys`, {})).status, 409);
});

test('databases have no keys', async () => {
  const id = await make('database', 'auth0');
  assert.equal((await api.get(`/connections/${id}/keys`)).body.message, 'keys are not available for this connection');
  assert.equal((await api.post(`/connections/${id}/keys`, {})).status, 400);
});

test('a rotation needs both scopes', async () => {
  const half = await TestManagement.open(tenant, ['update:connections_keys']);
  const { status, body } = await half.post('/connections/con_nothing/keys/rotate');
  assert.deepEqual([status, body.errorCode], [403, 'insufficient_scope']);
  assert.equal(body.message, 'Insufficient scope, expected all of: create:connections_keys,update:connections_keys');
});

test('private halves are sealed where they lie, told to nobody, and gone with the connection', async () => {
  const id = await make('sealed', 'oidc', keyed);
  const { body } = await api.get(`/connections/${id}/keys`);
  assert.equal(JSON.stringify(body).includes('PRIVATE'), false);
  const kept = JSON.stringify(await connectionKeys.find(tenant.ctx, id));
  assert.equal(kept.includes('PRIVATE'), false);
  await api.delete(`/connections/${id}`);
  assert.equal(await connectionKeys.find(tenant.ctx, id), undefined);
});
