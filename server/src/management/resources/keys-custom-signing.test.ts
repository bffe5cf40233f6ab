// Tests /api/v2/keys/custom-signing: public keys that are set as a whole, and nothing secret or weak among them.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const path = '/keys/custom-signing';
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });

test('keys are set as a whole, read, and deleted, twice without complaint', async () => {
  assert.equal((await api.get(path)).status, 404);
  const first = { keys: [{ ...elliptic.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' }] };
  const second = { keys: [{ ...rsa(2048), kid: 'two' }] };
  for (const keys of [first, second]) {
    const { status, body } = await api.put(path, keys);
    assert.deepEqual([status, body], [200, keys]);
    assert.deepEqual((await api.get(path)).body, keys);
  }
  for (let twice = 0; twice < 2; twice += 1) assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.get(path)).body.errorCode, 'inexistent_custom_signing_keys');
});

test('a private key, a weak one, none, and what is no key are refused', async () => {
  const refused = [
    [elliptic.privateKey.export({ format: 'jwk' })],
    [rsa(1024)],
    [],
    [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
  ];
  for (const keys of refused) assert.equal((await api.put(path, { keys })).status, 400);
  assert.equal((await api.get(path)).status, 404);
});

test('setting them needs both scopes', async () => {
  const half = await TestManagement.open(tenant, ['update:custom_signing_keys']);
  assert.equal((await half.put(path, { keys: [rsa(2048)] })).status, 403);
});
