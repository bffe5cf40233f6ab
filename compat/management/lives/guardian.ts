// Owns the life of the settings of second factors, which are changed and put back.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const guardian: Life = {
  resource: 'guardian',
  async live(auth0) {
    const { factors, policies } = auth0.guardian;
    assert.deepEqual(await factors.set('otp', { enabled: true }), { enabled: true });
    assert.equal((await factors.list()).find(({ name }) => name === 'otp')?.enabled, true);
    await factors.set('otp', { enabled: false });
    assert.deepEqual(await policies.set(['confidence-score']), ['confidence-score']);
    assert.deepEqual(await policies.list(), ['confidence-score']);
    await policies.set([]);
    await factors.phone.setMessageTypes({ message_types: ['sms'] });
    assert.deepEqual(await factors.phone.getMessageTypes(), { message_types: ['sms'] });
    const words = { enrollment_message: 'Your code: {{code}}', verification_message: 'Code: {{code}}' };
    assert.deepEqual(await factors.phone.setTemplates(words), words);
    assert.deepEqual(await factors.pushNotification.setProvider({ provider: 'guardian' }), { provider: 'guardian' });
  },
};
