// Owns the life of an API, which has two names: its id and its identifier.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';

export const resourceServers: Life = {
  resource: 'resource-servers',
  async live(auth0) {
    const identifier = 'https://api.example.com/things/';
    const scopes = [{ value: 'read:things', description: 'Read things' }];
    const { id = '' } = await auth0.resourceServers.create({ name: 'Things', identifier, scopes });
    await auth0.resourceServers.update(id, { token_lifetime: 3600, allow_offline_access: true });
    const read = await auth0.resourceServers.get(identifier);
    assert.deepEqual([read.id, read.token_lifetime, read.scopes], [id, 3600, scopes]);
    const listed = await all(auth0.resourceServers.list({ identifiers: [identifier] }));
    assert.deepEqual(
      listed.map((api) => api.id),
      [id],
    );
    await auth0.resourceServers.delete(id);
    await assert.rejects(auth0.resourceServers.get(id), isMissing);
  },
};
