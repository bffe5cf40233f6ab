// Tests the settings and texts of the hosted pages: what is there from the start, and what a text replaces.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

test('pages ask for the identifier first until told otherwise', async () => {
  const { body } = await api.get('/prompts');
  assert.deepEqual(body, {
    ...{ universal_login_experience: 'new', identifier_first: true, webauthn_platform_first_factor: false },
  });
  const changed = await api.patch('/prompts', { identifier_first: false });
  assert.deepEqual(changed.body, { ...body, identifier_first: false });
});

test('texts of one language and prompt are replaced as a whole, and others stay', async () => {
  const place = (language: string) => `/prompts/login/custom-text/${language}`;
  assert.deepEqual((await api.get(place('en'))).body, {});
  await api.put(place('en'), { login: { title: 'Welcome', description: 'd' } });
  await api.put(place('ja'), { login: { title: 'ようこそ' } });
  await api.put(place('en'), { login: { title: 'Hello' } });
  assert.deepEqual((await api.get(place('en'))).body, { login: { title: 'Hello' } });
  assert.deepEqual((await api.get(place('ja'))).body, { login: { title: 'ようこそ' } });
});

test('a prompt or a language that there is none of is refused by its name in the path', async () => {
  for (const path of [
    '/prompts/nothing/custom-text/en',
    '/prompts/login/custom-text/xx',
    '/prompts/nothing/partials',
  ]) {
    const { status, body } = await api.put(path, {});
    assert.deepEqual([status, body.errorCode], [400, 'invalid_uri'], path);
  }
});

test('partials of a prompt are told as they were sent, and taken away by an empty object', async () => {
  const parts = { login: { 'form-content-start': '<p>Hello</p>' } };
  assert.equal((await api.put('/prompts/login/partials', parts)).status, 200);
  assert.deepEqual((await api.get('/prompts/login/partials')).body, parts);
  await api.put('/prompts/login/partials', {});
  assert.deepEqual((await api.get('/prompts/login/partials')).body, {});
});
