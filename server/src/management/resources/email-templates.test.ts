// Tests the templates of mails: there is none until it is made, and one for each name.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const sent = { template: 'welcome_email', body: '<p>Hi</p>', from: 'a@example.com', subject: 'Hi', syntax: 'liquid' };
const path = '/email-templates/welcome_email';

test('there is none until it is made, and then one', async () => {
  assert.equal((await api.get(path)).body.errorCode, 'inexistent_email_template');
  assert.equal((await api.patch(path, { subject: 'x' })).status, 404);
  const { status, body } = await api.post('/email-templates', { ...sent, enabled: true });
  assert.deepEqual([status, body], [200, { ...sent, enabled: true }]);
  assert.equal((await api.post('/email-templates', { ...sent, enabled: true })).status, 409);
});

test('PATCH changes what it names, and PUT takes what is sent for the whole', async () => {
  const { body } = await api.patch(path, { subject: 'Welcome' });
  assert.deepEqual([body.subject, body.body], ['Welcome', sent.body]);
  const replaced = { ...sent, body: '<p>Other</p>', enabled: false };
  assert.equal((await api.put(path, replaced)).status, 200);
  assert.deepEqual((await api.get(path)).body, replaced);
});

test('a name that is none is refused', async () => {
  assert.equal((await api.get('/email-templates/birthday')).body.errorCode, 'invalid_uri');
  assert.equal((await api.post('/email-templates', { ...sent, template: 'birthday', enabled: true })).status, 400);
});
