// Tests user attribute profiles and their templates.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant, type TestTenant } from '../../testing/tenant.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
});
after(() => tenant.close());

const path = '/user-attribute-profiles';
const email = { description: 'Their address', label: 'Email', profile_required: true, auth0_mapping: 'email' };

test('a user attribute profile is made, read, changed, listed and deleted', async () => {
  const { status, body: made } = await api.post(path, { name: 'Workforce', user_attributes: { email } });
  assert.equal(status, 201);
  assert.match(made.id, /^uap_[A-Za-z0-9]{22}$/);
  const own = `${path}/${made.id}`;
  assert.deepEqual((await api.get(own)).body, made);
  const { body: changed } = await api.patch(own, { name: 'Staff' });
  assert.deepEqual(changed, { ...made, name: 'Staff' });
  assert.deepEqual((await api.get(`${path}?take=1`)).body, { user_attribute_profiles: [changed] });
  assert.equal((await api.delete(own)).status, 204);
  assert.equal((await api.get(own)).body.message, 'User attribute profile not found.');
});

test('what identifies a person is never missing: changes are merged into it, and null goes back to the defaults', async () => {
  const { body: made } = await api.post(path, { name: 'Ids', user_attributes: { email } });
  assert.deepEqual([made.user_id.oidc_mapping, made.user_id.scim_mapping], ['sub', 'externalId']);
  assert.equal(made.user_id.saml_mapping.length, 3);
  const own = `${path}/${made.id}`;
  const { body: changed } = await api.patch(own, { user_id: { scim_mapping: 'userName' } });
  assert.deepEqual(changed.user_id, { ...made.user_id, scim_mapping: 'userName' });
  assert.deepEqual((await api.patch(own, { user_id: {} })).body.user_id, changed.user_id);
  assert.deepEqual((await api.patch(own, { user_id: null })).body.user_id, made.user_id);
});

test('attributes are replaced as a whole, and there is at least one', async () => {
  const { body: made } = await api.post(path, { name: 'Whole', user_attributes: { email, name: email } });
  const own = `${path}/${made.id}`;
  const { body: changed } = await api.patch(own, { user_attributes: { name: email } });
  assert.deepEqual(changed.user_attributes, { name: email });
  assert.equal((await api.patch(own, { user_attributes: {} })).status, 400);
  const refused = await api.patch(own, { user_attributes: null });
  assert.match(refused.body.message, /Expected type object but found type null/);
  assert.equal((await api.get(own)).body.name, 'Whole');
});

test('two of one name are refused', async () => {
  await api.post(path, { name: 'Only', user_attributes: { email } });
  assert.equal((await api.post(path, { name: 'Only', user_attributes: { email } })).status, 409);
});

test('every template is taken as it is for a new profile', async () => {
  const { body } = await api.get(`${path}/templates`);
  for (const { id, template } of body.user_attribute_profile_templates) {
    assert.deepEqual((await api.get(`${path}/templates/${id}`)).body.template, template);
    const made = await api.post(path, template);
    assert.equal(made.status, 201, made.body.message);
    assert.deepEqual(made.body.user_attributes, template.user_attributes);
  }
  assert.equal((await api.get(`${path}/templates/unknown`)).status, 404);
});
