// Tests self-service profiles, their words and their tickets.
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

const path = '/self-service-profiles';
const email = { name: 'email', description: 'Their address', is_optional: false };

test('a self-service profile is made, read, changed, listed and deleted, twice without complaint', async () => {
  const { status, body: made } = await api.post(path, { name: 'Customers', allowed_strategies: ['oidc'] });
  assert.equal(status, 201);
  assert.match(made.id, /^ssp_[A-Za-z0-9]{22}$/);
  assert.deepEqual(Object.keys(made), [
    'id',
    'name',
    'user_attributes',
    'allowed_strategies',
    'created_at',
    'updated_at',
  ]);
  const own = `${path}/${made.id}`;
  const { body: changed } = await api.patch(own, { description: 'Who buy', user_attributes: [email] });
  assert.deepEqual([changed.name, changed.description, changed.user_attributes], ['Customers', 'Who buy', [email]]);
  const { body: emptied } = await api.patch(own, { description: null, user_attributes: null });
  assert.deepEqual([emptied.description, emptied.user_attributes], [undefined, []]);
  const { body: page } = await api.get(`${path}?include_totals=true`);
  assert.deepEqual([page.total, page.self_service_profiles[0].id], [1, made.id]);
  assert.equal((await api.delete(own)).status, 204);
  assert.equal((await api.delete(own)).status, 204);
  const gone = await api.get(own);
  assert.deepEqual(gone.body, {
    statusCode: 404,
    error: 'Not Found',
    message: `Profile with ID: ${made.id} not found`,
  });
});

test('a profile where no strategies are named allows every one', async () => {
  const { body } = await api.post(path, { name: 'Open' });
  assert.ok(body.allowed_strategies.includes('samlp'));
  assert.ok(body.allowed_strategies.includes('pingfederate'));
});

test('a user attribute profile that is named must be there, and is no longer named when it is gone', async () => {
  const refused = await api.post(path, { name: 'No', user_attribute_profile_id: 'uap_unknown' });
  assert.deepEqual([refused.status, refused.body.errorCode], [400, 'invalid_body']);
  const attribute = { description: 'a', label: 'a', profile_required: false, auth0_mapping: 'email' };
  const { body: attributes } = await api.post('/user-attribute-profiles', {
    name: 'Named',
    user_attributes: { email: attribute },
  });
  const { body: made } = await api.post(path, { name: 'Names', user_attribute_profile_id: attributes.id });
  const wrong = await api.patch(`${path}/${made.id}`, { user_attribute_profile_id: 'uap_unknown' });
  assert.equal(wrong.status, 400);
  assert.equal((await api.get(`${path}/${made.id}`)).body.user_attribute_profile_id, attributes.id);
  await api.delete(`/user-attribute-profiles/${attributes.id}`);
  assert.equal('user_attribute_profile_id' in (await api.get(`${path}/${made.id}`)).body, false);
});

test('its words are set as a whole, by known languages and pages, and go when it goes', async () => {
  const { body: made } = await api.post(path, { name: 'Words' });
  const words = `${path}/${made.id}/custom-text/en/get-started`;
  assert.deepEqual((await api.get(words)).body, {});
  assert.deepEqual((await api.put(words, { introduction: 'Hello' })).body, { introduction: 'Hello' });
  assert.deepEqual((await api.put(words, { other: 'Else' })).body, { other: 'Else' });
  assert.deepEqual((await api.get(words)).body, { other: 'Else' });
  const unknown = await api.get(`${path}/${made.id}/custom-text/xx/get-started`);
  assert.deepEqual([unknown.status, unknown.body.errorCode], [400, 'invalid_uri']);
  assert.equal((await api.put(words, { introduction: 7 })).status, 400);
  await api.delete(`${path}/${made.id}`);
  assert.equal((await api.get(words)).status, 404);
  assert.equal((await api.put(words, {})).status, 404);
});

test('tickets are addresses with 256 random bits, and revoking one is accepted whether or not it is known', async () => {
  const { body: made } = await api.post(path, { name: 'Tickets' });
  const tickets = `${path}/${made.id}/sso-ticket`;
  const issued = await api.post(tickets, { connection_config: { name: 'customer-1' }, ttl_sec: 60 });
  assert.equal(issued.status, 201);
  const address = new URL(issued.body.ticket);
  assert.equal(address.origin, new URL(tenant.ctx.issuer).origin);
  const token = address.searchParams.get('ticket') ?? '';
  assert.equal(Buffer.from(token, 'base64url').length, 32);
  assert.equal((await api.post(`${tickets}/${token}/revoke`)).status, 202);
  assert.equal((await api.post(`${tickets}/unknown/revoke`)).status, 202);
  assert.equal((await api.post(tickets, { ttl_sec: 432_001 })).status, 400);
  assert.equal((await api.post(`${path}/ssp_unknown/sso-ticket`, {})).status, 404);
});
