// Owns the life of what the pages say and how they are rendered, which is changed and put back.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const prompts: Life = {
  resource: 'prompts',
  async live(auth0) {
    const { customText, partials, rendering } = auth0.prompts;
    const before = await auth0.prompts.getSettings();
    const changed = await auth0.prompts.updateSettings({ identifier_first: !before.identifier_first });
    assert.equal(changed.identifier_first, !before.identifier_first);
    assert.deepEqual(await auth0.prompts.updateSettings({ identifier_first: before.identifier_first ?? true }), before);

    const words = { login: { title: 'Welcome home' } };
    await customText.set('login', 'en', words);
    assert.deepEqual(await customText.get('login', 'en'), words);
    await customText.set('login', 'en', {});

    const parts = { login: { 'form-content-start': '<p>Hello</p>' } };
    await partials.set('login', parts);
    assert.deepEqual(await partials.get('login'), parts);
    await partials.set('login', {});

    await rendering.update('login-id', 'login-id', { rendering_mode: 'standard', default_head_tags_disabled: true });
    assert.equal((await rendering.get('login-id', 'login-id')).default_head_tags_disabled, true);
    await rendering.update('login-id', 'login-id', { default_head_tags_disabled: false });
  },
};
