// Owns the life of a block of an address: there is none to take away.
import assert from 'node:assert/strict';
import { ManagementError } from 'auth0';
import type { Life } from '../life.ts';

export const anomaly: Life = {
  resource: 'anomaly',
  async live(auth0) {
    await auth0.anomaly.blocks.unblockIp('192.0.2.1');
    await assert.rejects(auth0.anomaly.blocks.checkIp('192.0.2.1'), (error: unknown) => {
      assert.ok(error instanceof ManagementError);
      return error.statusCode === 404;
    });
  },
};
