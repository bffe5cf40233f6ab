// Owns the life of statistics, which are only read.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const stats: Life = {
  resource: 'stats',
  async live(auth0) {
    assert.equal(typeof (await auth0.stats.getActiveUsersCount()), 'number');
    const days = await auth0.stats.getDaily({ from: '20260101', to: '20260102' });
    assert.deepEqual(
      days.map(({ date, logins }) => [date, logins]),
      [
        ['2026-01-01T00:00:00.000Z', 0],
        ['2026-01-02T00:00:00.000Z', 0],
      ],
    );
  },
};
