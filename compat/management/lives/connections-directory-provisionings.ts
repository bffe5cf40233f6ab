// Owns the life of a connection to which a directory is fetched.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const connectionsDirectoryProvisionings: Life = {
  resource: 'connections-directory-provisionings',
  async live(auth0) {
    const { connections } = auth0;
    const { id = '' } = await connections.create({
      name: 'fetched',
      strategy: 'google-apps',
      options: { domain: 'example.com', api_enable_users: true, api_enable_groups: true, ext_groups: true },
    });
    const directory = connections.directoryProvisioning;
    const { mapping } = await directory.create(id, { synchronize_groups: 'selected' });
    assert.deepEqual((await directory.getDefaultMapping(id)).mapping, mapping);
    assert.equal((await directory.update(id, { synchronize_groups: 'all' })).synchronize_groups, 'all');
    await directory.set(id, { groups: [{ id: 'staff1' }] });
    const groups = await directory.listSynchronizedGroups(id);
    assert.deepEqual(groups.data, [{ id: 'staff1' }]);
    const listed = await directory.list();
    assert.ok(listed.data.some(({ connection_id }) => connection_id === id));
    await directory.delete(id);
    await connections.delete(id);
  },
};
