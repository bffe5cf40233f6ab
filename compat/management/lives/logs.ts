// Owns the life of log events: they come of what happens, are found, and stay.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const logs: Life = {
  resource: 'logs',
  async live(auth0) {
    const { id = '' } = await auth0.roles.create({ name: 'Witness' });
    await auth0.roles.delete(id);
    const found = await auth0.logs.list({ sort: 'date:-1', per_page: 1, include_totals: true });
    const [event] = found.data;
    assert.deepEqual([event?.type, event?.description], ['sapi', 'Delete a role']);
    assert.deepEqual(await auth0.logs.get(event?.['log_id'] ?? ''), event);
  },
};
