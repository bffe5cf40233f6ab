// Owns the life of a form.
import assert from 'node:assert/strict';
import { all, isMissing, type Life } from '../life.ts';

export const forms: Life = {
  resource: 'forms',
  async live(auth0) {
    const { id } = await auth0.forms.create({
      name: 'Address',
      languages: { primary: 'en' },
      nodes: [],
      start: {},
      ending: {},
    });
    await auth0.forms.update(id, { name: 'Addresses' });
    const read = await auth0.forms.get(id);
    assert.deepEqual([read.name, read.languages?.primary], ['Addresses', 'en']);
    assert.ok((await all(auth0.forms.list())).some((form) => form.id === id));
    await auth0.forms.delete(id);
    await assert.rejects(auth0.forms.get(id), isMissing);
  },
};
