// Owns the life of an e-mail's template, which has no end: it is enabled or not.
import assert from 'node:assert/strict';
import type { Life } from '../life.ts';

export const emailTemplates: Life = {
  resource: 'email-templates',
  async live(auth0) {
    const template = 'welcome_email';
    const words = { template, body: '<p>Hello</p>', from: 'a@example.com', subject: 'Hi', syntax: 'liquid' } as const;
    await auth0.emailTemplates.create({ ...words, enabled: true });
    assert.equal((await auth0.emailTemplates.update(template, { subject: 'Welcome' })).body, '<p>Hello</p>');
    assert.equal((await auth0.emailTemplates.get(template)).subject, 'Welcome');
    const replaced = await auth0.emailTemplates.set(template, { ...words, enabled: false });
    assert.deepEqual([replaced.subject, replaced.enabled], ['Hi', false]);
  },
};
