// Owns the tests of the applications of an organization, and of the grants by which applications act for one.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { findClientGrant, grantClient } from '#domain/client-grants';
import { removeClient } from '#domain/clients';
import { TestManagement } from '../../testing/management.ts';
import { createTestApi, createTestClient, openTestTenant, testAudience } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());
await createTestApi(tenant);

const { body: organization } = await api.post('/organizations', { name: 'acme' });
const path = `/organizations/${organization.id}`;

test('an application is given to an organization, set otherwise and taken away', async () => {
  const { client } = await createTestClient(tenant, { organization_usage: 'allow' });
  const { client_id } = client;
  const whole = {
    client_id,
    use_for_member_access: true,
    client: {
      name: 'Test application',
      app_type: 'spa',
      is_first_party: true,
      grant_types: client.grant_types,
      organization_usage: 'allow',
    },
  };
  const added = await api.post(`${path}/clients`, { clients: [{ client_id, use_for_member_access: true }] });
  assert.deepEqual([added.status, added.body], [201, [whole]]);
  const one = `${path}/clients/${client_id}`;
  assert.deepEqual((await api.get(one)).body, whole);
  const other = { ...whole, use_for_member_access: false };
  assert.deepEqual((await api.patch(one, { use_for_member_access: false })).body, other);
  assert.deepEqual((await api.get(`${path}/clients?take=50`)).body, { clients: [other] });
  const { body: told } = await api.get(`/organizations?include_client_association_for=${client_id}`);
  assert.deepEqual(told[0].client, { use_for_member_access: false });
  assert.equal((await api.delete(`${path}/clients`, { clients: [client_id] })).status, 204);
  assert.equal((await api.get(one)).status, 404);
  assert.equal(
    'client' in (await api.get(`/organizations?include_client_association_for=${client_id}`)).body[0],
    false,
  );
});

test('an application that is gone is no longer the organization’s, and one that never was is refused', async () => {
  const { client } = await createTestClient(tenant);
  const { client_id } = client;
  await api.post(`${path}/clients`, { clients: [{ client_id, use_for_member_access: true }] });
  await removeClient(tenant.ctx, client_id);
  assert.deepEqual((await api.get(`${path}/clients`)).body, { clients: [] });
  const unknown = await api.post(`${path}/clients`, {
    clients: [{ client_id: 'nobody', use_for_member_access: true }],
  });
  assert.equal(unknown.status, 404);
});

test('a client grant is given to organizations, told from both sides, and taken away', async () => {
  const { client } = await createTestClient(tenant);
  const { client_id } = client;
  await grantClient(tenant.ctx, { client_id, audience: testAudience, scope: ['read:things'] });
  const grant = await findClientGrant(tenant.ctx, client_id, testAudience);
  const grants = `${path}/client-grants`;
  const whole = {
    id: grant?.id,
    client_id,
    audience: testAudience,
    scope: ['read:things'],
    organization_usage: 'deny',
    allow_any_organization: false,
    subject_type: 'client',
  };
  const given = await api.post(grants, { grant_id: grant?.id });
  assert.deepEqual([given.status, given.body], [201, { grant_id: grant?.id, ...whole }]);
  assert.equal((await api.post(grants, { grant_id: grant?.id })).status, 409);
  const listed = { client_grants: [whole], start: 0, limit: 50, total: 1 };
  assert.deepEqual((await api.get(`${grants}?include_totals=true`)).body, listed);
  assert.deepEqual((await api.get(`${grants}?grant_ids=${grant?.id}&grant_ids=cgr_other`)).body, [whole]);
  for (const query of ['grant_ids=cgr_other', 'client_id=other', 'audience=other']) {
    assert.deepEqual((await api.get(`${grants}?${query}`)).body, [], query);
  }
  const { body: organizations } = await api.get(`/client-grants/${grant?.id}/organizations`);
  assert.deepEqual(
    organizations.map(({ id }: { id: string }) => id),
    [organization.id],
  );
  assert.equal((await api.delete(`${grants}/${grant?.id}`)).status, 204);
  assert.deepEqual((await api.get(grants)).body, []);
  assert.equal((await api.post(grants, { grant_id: 'cgr_nothing' })).body.errorCode, 'inexistent_client_grant');
});
