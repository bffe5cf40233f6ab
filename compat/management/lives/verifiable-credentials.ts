// Owns the life of a template of what is asked of wallets.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

const age = { 'org.iso.18013.5.1.mDL': { 'org.iso.18013.5.1': { age_in_years: true } } };

export const verifiableCredentials: Life = {
  resource: 'verifiable-credentials',
  async live(auth0) {
    const { templates } = auth0.verifiableCredentials.verification;
    const { id = '' } = await templates.create({
      name: 'Age',
      type: 'mdl',
      dialect: 'simplified/1.0',
      presentation: age,
      well_known_trusted_issuers: 'aamva',
    });
    await templates.update(id, { name: 'Of age' });
    const read = await templates.get(id);
    assert.deepEqual([read.name, read.presentation], ['Of age', age]);
    const ids: (string | undefined)[] = [];
    for await (const template of await templates.list()) ids.push(template.id);
    assert.ok(ids.includes(id));
    await templates.delete(id);
    await assert.rejects(templates.get(id), isMissing);
  },
};
