// Owns the life of a connection to which a directory pushes.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const connectionsScimConfigurations: Life = {
  resource: 'connections-scim-configurations',
  async live(auth0) {
    const { connections } = auth0;
    const { id = '' } = await connections.create({ name: 'pushing', strategy: 'samlp' });
    const scim = connections.scimConfiguration;
    assert.equal((await scim.create(id)).user_id_attribute, 'userName');
    const { mapping = [] } = await scim.getDefaultMapping(id);
    assert.deepEqual((await scim.get(id)).mapping, mapping);
    assert.equal((await scim.update(id, { user_id_attribute: 'externalId', mapping })).user_id_attribute, 'externalId');
    const { token_id = '', token = '' } = await scim.tokens.create(id, { scopes: ['get:users'] });
    assert.ok(token.length > 40);
    assert.deepEqual(
      (await scim.tokens.get(id)).map((one) => one.token_id),
      [token_id],
    );
    await scim.tokens.delete(id, token_id);
    const listed = await auth0.connections.scimConfiguration.list();
    assert.ok(listed.data.some(({ connection_id }) => connection_id === id));
    await scim.delete(id);
    await connections.delete(id);
  },
};
