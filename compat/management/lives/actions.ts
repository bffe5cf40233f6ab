// Owns the life of an action: it is deployed, bound to its trigger, changed, rolled back and taken off.
import assert from 'node:assert/strict';
import type { ManagementClient } from 'auth0';
import { all, isMissing, type Life } from '../life.ts';

async function liveWithModules(auth0: ManagementClient): Promise<void> {
  const { modules } = auth0.actions;
  const { id = '' } = await modules.create({ name: 'greetings', code: 'module.exports = () => "Hello";' });
  const { id: first = '' } = await modules.versions.create(id);
  await modules.update(id, { code: 'module.exports = () => "Good day";' });
  await modules.rollback(id, { module_version_id: first });
  assert.match((await modules.get(id)).code ?? '', /Hello/);
  assert.ok((await all(modules.versions.list(id))).some((version) => version.id === first));
  await modules.delete(id);
  await assert.rejects(modules.get(id), isMissing);
}

export const actions: Life = {
  resource: 'actions',
  async live(auth0) {
    const { id = '' } = await auth0.actions.create({
      name: 'Greeter',
      supported_triggers: [{ id: 'post-login', version: 'v3' }],
      code: 'exports.onExecutePostLogin = async () => {};',
      secrets: [{ name: 'KEY', value: 'a-secret-value' }],
    });
    const { id: version = '' } = await auth0.actions.deploy(id);
    await auth0.actions.update(id, { name: 'Porter', code: 'exports.onExecutePostLogin = async () => { return; };' });
    const read = await auth0.actions.get(id);
    assert.deepEqual([read.name, read.secrets?.map(({ name }) => name)], ['Porter', ['KEY']]);
    assert.ok(!JSON.stringify(read).includes('a-secret-value'));

    const { bindings } = auth0.actions.triggers;
    await bindings.updateMany('post-login', {
      bindings: [{ ref: { type: 'action_id', value: id }, display_name: 'At the door' }],
    });
    assert.deepEqual(
      (await all(bindings.list('post-login'))).map((binding) => [binding.display_name, binding.action?.id]),
      [['At the door', id]],
    );
    await bindings.updateMany('post-login', { bindings: [] });

    await auth0.actions.deploy(id);
    await auth0.actions.versions.deploy(id, version, {});
    assert.equal((await all(auth0.actions.versions.list(id))).length, 3);
    assert.ok((await all(auth0.actions.list({ triggerId: 'post-login' }))).some((action) => action.id === id));
    await liveWithModules(auth0);
    await auth0.actions.delete(id);
    await assert.rejects(auth0.actions.get(id), isMissing);
  },
};
