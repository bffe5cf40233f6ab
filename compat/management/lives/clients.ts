// Owns the life of an application, with its secret and the keys that take the secret's place.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import type { ManagementClient } from 'auth0';
import { all, isMissing, type Life } from '../life.ts';

const publicKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }) as string;

async function liveWithCredentials(auth0: ManagementClient, client: string): Promise<void> {
  const { credentials } = auth0.clients;
  const sent = { credential_type: 'public_key', name: 'First', pem: publicKey(), alg: 'RS256' } as const;
  const { id = '', kid } = await credentials.create(client, sent);
  const changed = await auth0.clients.update(client, {
    client_authentication_methods: { private_key_jwt: { credentials: [{ id }] } },
    token_endpoint_auth_method: null,
  });
  assert.deepEqual(changed.client_authentication_methods?.private_key_jwt?.credentials, [{ id }]);
  const end = '2050-01-01T00:00:00.000Z';
  assert.equal((await credentials.update(client, id, { expires_at: end })).expires_at, end);
  assert.equal((await credentials.get(client, id)).kid, kid);
  await auth0.clients.update(client, {
    client_authentication_methods: null,
    token_endpoint_auth_method: 'client_secret_post',
  });
  await credentials.delete(client, id);
  assert.deepEqual(await credentials.list(client), []);
}

export const clients: Life = {
  resource: 'clients',
  async live(auth0) {
    const made = await auth0.clients.create({
      name: 'Shop',
      app_type: 'regular_web',
      callbacks: ['https://shop.example.com/callback'],
      client_metadata: { owner: 'sales' },
    });
    const { client_id = '' } = made;
    const changed = await auth0.clients.update(client_id, { name: 'Store', client_metadata: { desk: '4' } });
    assert.deepEqual([changed.name, changed.client_metadata], ['Store', { owner: 'sales', desk: '4' }]);
    const { client_secret } = await auth0.clients.rotateSecret(client_id);
    assert.notEqual(client_secret, made.client_secret);
    assert.equal((await auth0.clients.get(client_id)).client_secret, client_secret);
    const fields = await auth0.clients.get(client_id, { fields: 'name,callbacks', include_fields: true });
    assert.deepEqual([fields.callbacks, fields.app_type], [['https://shop.example.com/callback'], undefined]);
    await liveWithCredentials(auth0, client_id);
    assert.ok((await all(auth0.clients.list({ per_page: 1 }))).some((client) => client.client_id === client_id));
    assert.deepEqual(await all(auth0.clients.connections.get(client_id)), []);
    await auth0.clients.delete(client_id);
    await assert.rejects(auth0.clients.get(client_id), isMissing);
  },
};
