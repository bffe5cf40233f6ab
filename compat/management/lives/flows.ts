// Owns the life of a flow, and of what it keeps in its vault.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';

export const flows: Life = {
  resource: 'flows',
  async live(auth0) {
    const { connections } = auth0.flows.vault;
    const vaulted = await connections.create({
      name: 'Hooks of ours',
      app_id: 'HTTP',
      setup: { type: 'BEARER', token: 'the-token-of-the-hooks' },
    });
    await connections.update(vaulted.id, { name: 'Our hooks' });
    const kept = await connections.get(vaulted.id);
    assert.equal(kept.name, 'Our hooks');
    assert.ok(!JSON.stringify(kept).includes('the-token-of-the-hooks'));
    assert.ok((await all(connections.list())).some(({ id }) => id === vaulted.id));

    const { id } = await auth0.flows.create({ name: 'Welcome' });
    const changed = await auth0.flows.update(id, { name: 'Farewell' });
    assert.equal(changed.name, 'Farewell');
    assert.equal((await auth0.flows.get(id)).id, id);
    assert.ok((await all(auth0.flows.list())).some((flow) => flow.id === id));
    assert.deepEqual(await all(auth0.flows.executions.list(id)), []);
    await auth0.flows.delete(id);
    await connections.delete(vaulted.id);
    await assert.rejects(auth0.flows.get(id), isMissing);
  },
};
