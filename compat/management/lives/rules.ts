// Owns the life of a rule.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';

export const rules: Life = {
  resource: 'rules',
  async live(auth0) {
    const script = 'function (user, context, callback) { callback(null, user, context); }';
    const { id = '' } = await auth0.rules.create({ name: 'Greeting', script, enabled: false });
    await auth0.rules.update(id, { name: 'Greetings', order: 7 });
    const read = await auth0.rules.get(id);
    assert.deepEqual([read.name, read.order, read.script], ['Greetings', 7, script]);
    assert.ok((await all(auth0.rules.list({ enabled: false }))).some((rule) => rule.id === id));
    await auth0.rules.delete(id);
    await assert.rejects(auth0.rules.get(id), isMissing);
  },
};
