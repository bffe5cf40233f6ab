// Owns the life of the settings of what others tell of a request.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const supplementalSignals: Life = {
  resource: 'supplemental-signals',
  async live(auth0) {
    const { supplementalSignals: signals } = auth0;
    await signals.patch({ akamai_enabled: true });
    assert.equal((await signals.get()).akamai_enabled, true);
    await signals.patch({ akamai_enabled: false });
  },
};
