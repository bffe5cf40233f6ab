// Owns the tests of the domains by which an organization is found.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const { body: organization } = await api.post('/organizations', { name: 'acme' });
const path = `/organizations/${organization.id}/discovery-domains`;

test('a domain is added with what proves it, read by id and by name, changed and taken away', async () => {
  const added = await api.post(path, { domain: 'Acme.example.com' });
  assert.equal(added.status, 201);
  assert.match(added.body.id, /^ord_\w{22}$/);
  assert.match(added.body.verification_txt, /^[\da-f]{32}$/);
  assert.deepEqual(added.body, {
    id: added.body.id,
    domain: 'acme.example.com',
    status: 'pending',
    use_for_organization_discovery: true,
    verification_host: `_ss-verification.${organization.id}.acme.example.com`,
    verification_txt: added.body.verification_txt,
  });
  const one = `${path}/${added.body.id}`;
  assert.deepEqual((await api.get(one)).body, added.body);
  assert.deepEqual((await api.get(`${path}/name/acme.example.com`)).body, added.body);
  const changed = await api.patch(one, { status: 'verified', use_for_organization_discovery: false });
  assert.deepEqual(changed.body, { ...added.body, status: 'verified', use_for_organization_discovery: false });
  assert.deepEqual((await api.get(`${path}?take=100`)).body, { domains: [changed.body] });
  assert.equal((await api.delete(one)).status, 204);
  assert.equal((await api.delete(one)).status, 204);
  const gone = { statusCode: 404, error: 'Not Found', message: 'No organization domain found by that id' };
  assert.deepEqual((await api.get(one)).body, gone);
  assert.deepEqual((await api.patch(one, { status: 'pending' })).body, gone);
});

test('an organization has a domain once, and a domain is one', async () => {
  assert.equal((await api.post(path, { domain: 'once.example.com', status: 'verified' })).body.status, 'verified');
  assert.equal((await api.post(path, { domain: 'ONCE.example.com' })).status, 409);
  for (const domain of ['not a domain', 'https://acme.example.com', '']) {
    assert.equal((await api.post(path, { domain })).status, 400, domain);
  }
  assert.equal((await api.post(path, { domain: 'x.example.com', status: 'maybe' })).status, 400);
  assert.equal((await api.post('/organizations/org_nothing/discovery-domains', { domain: 'a.example' })).status, 404);
});
