// Owns the life of the settings of how risks are judged.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const riskAssessments: Life = {
  resource: 'risk-assessments',
  async live(auth0) {
    const { settings } = auth0.riskAssessments;
    assert.deepEqual(await settings.update({ enabled: true }), { enabled: true });
    assert.deepEqual(await settings.get(), { enabled: true });
    await settings.update({ enabled: false });
    const { remember_for } = await settings.newDevice.get();
    assert.deepEqual(await settings.newDevice.update({ remember_for: 7 }), { remember_for: 7 });
    await settings.newDevice.update({ remember_for });
  },
};
