// Owns the life of a role.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

export const roles: Life = {
  resource: 'roles',
  async live(auth0) {
    const { id = '' } = await auth0.roles.create({ name: 'Author', description: 'Writes' });
    assert.equal((await auth0.roles.get(id)).name, 'Author');
    assert.equal((await auth0.roles.update(id, { name: 'Writer' })).description, 'Writes');
    const listed = await auth0.roles.list({ name_filter: 'writer' });
    assert.deepEqual(
      listed.data.map((role) => role.id),
      [id],
    );
    await auth0.roles.delete(id);
    await assert.rejects(auth0.roles.get(id), isMissing);
  },
};
