// Tests the looks of the pages: defaults, colours that are colours, and a template that is there or isn't.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

test('a colour is a colour, and what is not named stays', async () => {
  const { body: before } = await api.get('/branding');
  assert.equal((await api.patch('/branding', { colors: { primary: 'blue' } })).body.errorCode, 'invalid_body');
  const { status, body } = await api.patch('/branding', { logo_url: 'https://example.com/logo.png' });
  assert.deepEqual([status, body.logo_url, body.colors], [200, 'https://example.com/logo.png', before.colors]);
});

test('the template of the pages is missing until it is set, and again when it is deleted', async () => {
  const path = '/branding/templates/universal-login';
  assert.equal((await api.get(path)).body.errorCode, 'inexistent_templates_universal_login');
  const template = '<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>';
  assert.ok((await api.put(path, { template })).status < 300);
  assert.deepEqual((await api.get(path)).body, { body: template });
  assert.equal((await api.put(path, { template: '<html></html>' })).status, 400);
  assert.equal((await api.delete(path)).status, 204);
  assert.equal((await api.get(path)).status, 404);
});

test('there is no theme until one is made', async () => {
  const { status, body } = await api.get('/branding/themes/default');
  assert.deepEqual([status, body.errorCode], [404, 'theme_not_found']);
});
