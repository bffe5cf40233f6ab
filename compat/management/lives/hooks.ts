// Owns the life of a hook, with its secrets.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';

export const hooks: Life = {
  resource: 'hooks',
  async live(auth0) {
    const script = 'module.exports = (client, scope, audience, context, done) => done(null, {});';
    const { id = '' } = await auth0.hooks.create({ name: 'exchange', script, triggerId: 'credentials-exchange' });
    await auth0.hooks.update(id, { enabled: true });
    assert.equal((await auth0.hooks.get(id)).enabled, true);
    await auth0.hooks.secrets.create(id, { KEY: 'a-secret' });
    await auth0.hooks.secrets.update(id, { KEY: 'another-secret' });
    assert.deepEqual(Object.keys(await auth0.hooks.secrets.get(id)), ['KEY']);
    assert.ok(!JSON.stringify(await auth0.hooks.secrets.get(id)).includes('another-secret'));
    await auth0.hooks.secrets.delete(id, ['KEY']);
    assert.deepEqual(await auth0.hooks.secrets.get(id), {});
    assert.ok((await all(auth0.hooks.list({ triggerId: 'credentials-exchange' }))).some((hook) => hook.id === id));
    await auth0.hooks.delete(id);
    await assert.rejects(auth0.hooks.get(id), isMissing);
  },
};
