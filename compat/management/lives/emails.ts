// Owns the life of the provider that sends e-mails.
import assert from 'node:assert/strict';
import { isMissing, type Life } from '../life.ts';

export const emails: Life = {
  resource: 'emails',
  async live(auth0) {
    const { provider } = auth0.emails;
    const smtp = { smtp_host: 'mail.example.com', smtp_port: 587, smtp_user: 'warifu', smtp_pass: 'the-smtp-password' };
    await provider.create({ name: 'smtp', default_from_address: 'no-reply@example.com', credentials: smtp });
    const changed = await provider.update({ default_from_address: 'hello@example.com' });
    assert.equal(changed.default_from_address, 'hello@example.com');
    const read = await provider.get();
    assert.deepEqual([read.name, read.enabled], ['smtp', true]);
    assert.ok(!JSON.stringify(read).includes('the-smtp-password'));
    await provider.delete();
    await assert.rejects(provider.get(), isMissing);
  },
};
