// Tests connection profiles and their templates.
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

const path = '/connection-profiles';

test('a connection profile is made, read, changed, listed and deleted', async () => {
  const { status, body: made } = await api.post(path, {
    name: 'Enterprise',
    organization: { show_as_button: 'required' },
    enabled_features: ['scim'],
  });
  assert.equal(status, 201);
  assert.match(made.id, /^cop_[A-Za-z0-9]{22}$/);
  assert.deepEqual([made.connection_config, made.strategy_overrides], [null, null]);
  const own = `${path}/${made.id}`;
  const { body: changed } = await api.patch(own, {
    organization: { assign_membership_on_login: 'optional' },
    enabled_features: [],
    strategy_overrides: { oidc: { enabled_features: ['universal_logout'] } },
  });
  assert.deepEqual(changed.organization, { show_as_button: 'required', assign_membership_on_login: 'optional' });
  assert.deepEqual(changed.enabled_features, []);
  assert.deepEqual((await api.get(own)).body, changed);
  assert.equal((await api.patch(own, { strategy_overrides: null })).body.strategy_overrides, null);
  assert.equal((await api.get(`${path}?take=10`)).body.connection_profiles[0].id, made.id);
  assert.equal((await api.get(`${path}?take=11`)).status, 400);
  assert.equal((await api.delete(own)).status, 204);
  assert.equal((await api.get(own)).status, 404);
});

test('names of connections begin with letters, digits, single hyphens and the known variables', async () => {
  const statusOf = async (name: string, prefix: string) =>
    (await api.post(path, { name, connection_name_prefix_template: prefix })).status;
  assert.equal(await statusOf('a', 'con-{org_id}-'), 201);
  assert.equal(await statusOf('b', 'x-{org_name}'), 201);
  assert.equal(await statusOf('c', 'con-{user}'), 400);
  assert.equal(await statusOf('d', '-con'), 400);
  assert.equal(await statusOf('e', 'con--x'), 400);
});

test('cross-app access may be left to organizations only as a whole, and is taken away by null', async () => {
  const access = (allowed_values: readonly string[]) => ({
    cross_app_access_resource_app: { status: { default_value: 'enabled', allowed_values } },
  });
  assert.equal((await api.post(path, { name: 'Half', ...access(['enabled']) })).status, 400);
  const { body } = await api.post(path, { name: 'Both', ...access(['enabled', 'disabled']) });
  assert.equal(body.cross_app_access_resource_app.status.default_value, 'enabled');
  const { body: without } = await api.patch(`${path}/${body.id}`, { cross_app_access_resource_app: null });
  assert.equal('cross_app_access_resource_app' in without, false);
});

test('every template is taken as it is for a new profile', async () => {
  const { body } = await api.get(`${path}/templates`);
  for (const { id, template } of body.connection_profile_templates) {
    assert.deepEqual((await api.get(`${path}/templates/${id}`)).body.template, template);
    assert.equal((await api.post(path, template)).status, 201);
  }
  assert.equal((await api.get(`${path}/templates/unknown`)).status, 404);
});
