// Owns the life of a client grant, between an application and an API.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';

export const clientGrants: Life = {
  resource: 'client-grants',
  async live(auth0) {
    const audience = 'https://grants.example.com/';
    const scopes = [{ value: 'read:things' }, { value: 'write:things' }];
    const { id: api = '' } = await auth0.resourceServers.create({ name: 'Things', identifier: audience, scopes });
    const { client_id = '' } = await auth0.clients.create({ name: 'Machine', app_type: 'non_interactive' });
    const { id = '' } = await auth0.clientGrants.create({ client_id, audience, scope: ['read:things'] });
    await auth0.clientGrants.update(id, { scope: ['read:things', 'write:things'] });
    assert.deepEqual((await auth0.clientGrants.get(id)).scope, ['read:things', 'write:things']);
    assert.deepEqual(
      (await all(auth0.clientGrants.list({ client_id, audience, take: 1 }))).map((grant) => grant.id),
      [id],
    );
    assert.deepEqual(await all(auth0.clientGrants.organizations.list(id)), []);
    await auth0.clientGrants.delete(id);
    await assert.rejects(auth0.clientGrants.update(id, { scope: [] }), isMissing);
    await auth0.clients.delete(client_id);
    await auth0.resourceServers.delete(api);
  },
};
