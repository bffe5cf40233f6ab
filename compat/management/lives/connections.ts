// Owns the life of a connection, with its applications and its keys.
import assert from 'node:assert/strict';
import { ManagementError } from 'auth0';
import type { Life } from '../life.ts';

export const connections: Life = {
  resource: 'connections',
  async live(auth0) {
    const { connections: api } = auth0;
    const made = await api.create({
      name: 'partner',
      strategy: 'oidc',
      options: { client_id: 'ours', token_endpoint_auth_method: 'private_key_jwt' },
    });
    const { id = '' } = made;
    assert.equal((await api.get(id)).name, 'partner');
    assert.equal((await api.update(id, { display_name: 'Partner' })).display_name, 'Partner');
    const listed = await api.list({ strategy: ['oidc'], take: 10 });
    assert.ok(listed.data.some((connection) => connection.id === id));
    const { client_id = '' } = await auth0.clients.create({ name: 'Shop of the partner' });
    await api.clients.update(id, [{ client_id, status: true }]);
    assert.deepEqual(
      (await api.clients.get(id)).data.map((client) => client.client_id),
      [client_id],
    );
    await auth0.clients.delete(client_id);
    const [current, next] = await api.keys.get(id);
    assert.deepEqual([current?.current, next?.next], [true, true]);
    assert.equal((await api.keys.rotate(id)).next, true);
    assert.equal((await api.keys.get(id))[0]?.kid, next?.kid);
    await api.delete(id);
    await assert.rejects(api.get(id), (error) => error instanceof ManagementError && error.statusCode === 404);
  },
};
