// Owns the life of the settings against attacks, which are changed and put back.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const attackProtection: Life = {
  resource: 'attack-protection',
  async live(auth0) {
    const { bruteForceProtection, breachedPasswordDetection, suspiciousIpThrottling, captcha, botDetection } =
      auth0.attackProtection;
    const { max_attempts = 10, shields = [], mode } = await bruteForceProtection.get();
    const changed = await bruteForceProtection.update({ max_attempts: 5, shields: ['block'] });
    assert.deepEqual([changed.max_attempts, changed.shields, changed.mode], [5, ['block'], mode]);
    await bruteForceProtection.update({ max_attempts, shields });

    await breachedPasswordDetection.update({ enabled: true, shields: ['block', 'admin_notification'] });
    assert.deepEqual((await breachedPasswordDetection.get()).shields, ['block', 'admin_notification']);
    await breachedPasswordDetection.update({ enabled: false, shields: [] });

    const allowlist = ['192.0.2.0/24'];
    assert.deepEqual((await suspiciousIpThrottling.update({ allowlist })).allowlist, allowlist);
    await suspiciousIpThrottling.update({ allowlist: [] });

    await captcha.update({ active_provider_id: 'auth_challenge', auth_challenge: { fail_open: true } });
    assert.equal((await captcha.get()).active_provider_id, 'auth_challenge');
    assert.equal((await botDetection.update({ bot_detection_level: 'high' })).bot_detection_level, 'high');
  },
};
