// Owns the life of a device's public key.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const deviceCredentials: Life = {
  resource: 'device-credentials',
  async live(auth0) {
    const key = { device_name: 'Phone', device_id: 'a1b2', type: 'public_key', value: 'QUJD' } as const;
    const { id } = await auth0.deviceCredentials.createPublicKey(key);
    const isThere = async () => {
      const { data } = await auth0.deviceCredentials.list({ type: 'public_key' });
      return data.some((device) => device.id === id);
    };
    assert.equal(await isThere(), true);
    await auth0.deviceCredentials.delete(id);
    assert.equal(await isThere(), false);
  },
};
