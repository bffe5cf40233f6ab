// Owns the tests of /api/v2/organizations: the life of an organization, its refusals, and what it takes with it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addMembers, isMember } from '#domain/organization-members';
import { TestManagement } from '../../testing/management.ts';
import { createTestUser, openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

test('an organization is made, read by id and by name, changed and deleted', async () => {
  const branding = {
    logo_url: 'https://acme.example/logo.svg',
    colors: { primary: '#111111', page_background: '#fff' },
  };
  const made = await api.post('/organizations', { name: 'acme', display_name: 'Acme Inc.', branding });
  assert.equal(made.status, 201);
  assert.match(made.body.id, /^org_[A-Za-z0-9]{16}$/);
  assert.deepEqual(made.body, {
    display_name: 'Acme Inc.',
    third_party_client_access: 'block',
    is_app_entitlement_active: false,
    name: 'acme',
    branding,
    id: made.body.id,
  });
  const path = `/organizations/${made.body.id}`;
  assert.deepEqual((await api.get(path)).body, made.body);
  assert.deepEqual((await api.get('/organizations/name/acme')).body, made.body);
  const changed = await api.patch(path, { name: 'acme-2', third_party_client_access: 'allow' });
  assert.deepEqual(
    [changed.status, changed.body.name, changed.body.third_party_client_access],
    [200, 'acme-2', 'allow'],
  );
  assert.deepEqual(changed.body.branding, branding);
  assert.equal((await api.get('/organizations/name/acme')).status, 404);
  assert.equal((await api.delete(path)).status, 204);
  const gone = { statusCode: 404, error: 'Not Found', message: 'No organization found by that id or name' };
  assert.deepEqual((await api.get(path)).body, gone);
  assert.deepEqual((await api.delete(path)).body, gone);
});

test('metadata is replaced as a whole, and shown only where there is some', async () => {
  const { body: made } = await api.post('/organizations', { name: 'meta', metadata: { a: '1', b: null } });
  assert.deepEqual(made.metadata, { a: '1' });
  const path = `/organizations/${made.id}`;
  assert.deepEqual((await api.patch(path, { metadata: { c: '3' } })).body.metadata, { c: '3' });
  assert.deepEqual((await api.patch(path, { display_name: 'Meta' })).body.metadata, { c: '3' });
  assert.equal('metadata' in (await api.patch(path, { metadata: {} })).body, false);
});

test('what is taken away by null has its default again', async () => {
  const quota = { client_credentials: { enforce: true, per_day: 100 } };
  const { body: made } = await api.post('/organizations', { name: 'nulls', display_name: 'Nulls', token_quota: quota });
  assert.deepEqual(made.token_quota, quota);
  const { body } = await api.patch(`/organizations/${made.id}`, { token_quota: null, display_name: null });
  assert.equal('token_quota' in body, false);
  assert.equal(body.display_name, 'nulls');
});

test('two organizations cannot have one name, and a name has a form', async () => {
  await api.post('/organizations', { name: 'only' });
  const { body: other } = await api.post('/organizations', { name: 'other' });
  assert.equal((await api.post('/organizations', { name: 'only' })).status, 409);
  assert.equal((await api.patch(`/organizations/${other.id}`, { name: 'only' })).status, 409);
  assert.equal((await api.patch(`/organizations/${other.id}`, { name: null })).status, 400);
  for (const name of ['Upper', 'org_x', '-dash', 'with space', 'x'.repeat(51)]) {
    const { status, body } = await api.post('/organizations', { name });
    assert.deepEqual([name, status, body.errorCode], [name, 400, 'invalid_body']);
  }
});

test('organizations are listed by offset and by checkpoint, in the order that is asked for', async () => {
  const own = await openTestTenant();
  const program = await TestManagement.open(own);
  for (const name of ['b', 'c', 'a']) {
    await program.post('/organizations', { name });
    own.pass(1000);
  }
  const names = async (query: string) => {
    const { body } = await program.get(`/organizations?${query}`);
    return (body.organizations ?? body).map(({ name }: { name: string }) => name);
  };
  assert.deepEqual(await names(''), ['b', 'c', 'a']);
  assert.deepEqual(await names('sort=name:1'), ['a', 'b', 'c']);
  assert.deepEqual(await names('sort=created_at:-1&include_totals=true'), ['a', 'c', 'b']);
  const first = (await program.get('/organizations?take=2&sort=name:-1')).body;
  assert.equal(first.organizations.length, 2);
  assert.deepEqual(await names(`take=2&sort=name:-1&from=${first.next}`), ['a']);
  assert.equal((await program.get('/organizations?sort=metadata:1')).status, 400);
  await own.close();
});

test('who may read summaries only is not told of metadata and quotas', async () => {
  const { body: made } = await api.post('/organizations', { name: 'secretive', metadata: { plan: 'gold' } });
  const summary = await TestManagement.open(tenant, ['read:organizations_summary']);
  const { body } = await summary.get(`/organizations/${made.id}`);
  assert.equal(body.name, 'secretive');
  assert.equal('metadata' in body, false);
});

test('an organization begins with connections only for those who may enable them', async () => {
  const creator = await TestManagement.open(tenant, ['create:organizations']);
  const enabled_connections = [{ connection_id: 'con_nothing' }];
  assert.equal((await creator.post('/organizations', { name: 'begins', enabled_connections })).status, 403);
  assert.equal((await api.post('/organizations', { name: 'begins', enabled_connections })).status, 404);
});

test('an organization takes its members, invitations and own roles with it', async () => {
  const { body: organization } = await api.post('/organizations', { name: 'ends' });
  const user = await createTestUser(tenant, 'leaver@example.com');
  await addMembers(tenant.ctx, organization.id, [user.user_id]);
  const { body: role } = await api.post('/roles', { name: 'Own', type: 'organization', owner_id: organization.id });
  await api.post(`/organizations/${organization.id}/members/${user.user_id}/roles`, { roles: [role.id] });
  await api.delete(`/organizations/${organization.id}`);
  assert.equal(await isMember(tenant.ctx, organization.id, user.user_id), false);
  assert.equal((await api.get(`/roles/${role.id}`)).status, 404);
  assert.deepEqual((await api.get(`/users/${user.user_id}/organizations`)).body, []);
});

test('organizations are searched for in the language of Lucene or of SCIM', async () => {
  const own = await openTestTenant();
  const program = await TestManagement.open(own);
  await program.post('/organizations', { name: 'acme', display_name: 'Acme Corporation', metadata: { plan: 'gold' } });
  own.pass(2 * 24 * 60 * 60 * 1000);
  const later = await TestManagement.open(own);
  await later.post('/organizations', { name: 'acme-labs', display_name: 'Labs' });
  await later.post('/organizations', { name: 'zeta', display_name: 'Zeta corp', metadata: { plan: 'free' } });
  const found = async (q: string, parser = 'lucene') => {
    const { status, body } = await later.get(
      `/organizations/search?parser=${parser}&q=${encodeURIComponent(q)}&sort=name`,
    );
    return status === 200 ? body.organizations.map(({ name }: { name: string }) => name) : body.errorCode;
  };
  assert.deepEqual(await found('name:acme'), ['acme']);
  assert.deepEqual(await found('name:acme*'), ['acme', 'acme-labs']);
  assert.deepEqual(await found('name:*cme*abs'), ['acme-labs']);
  assert.deepEqual(await found('name:a*ac*'), []);
  assert.deepEqual(await found('display_name:*CORP*'), ['acme', 'zeta']);
  assert.deepEqual(await found('labs'), ['acme-labs']);
  assert.deepEqual(await found('metadata.plan:gold OR name:zeta'), ['acme', 'zeta']);
  assert.deepEqual(await found('_exists_:metadata.plan AND NOT name:zeta'), ['acme']);
  assert.deepEqual(await found('created_at:[2026-11-24 TO *]'), ['acme-labs', 'zeta']);
  assert.deepEqual(await found('created_at:2026-11-23'), ['acme']);
  assert.deepEqual(await found('name:[acme TO acme]'), ['acme']);
  assert.deepEqual(await found('display_name eq "labs"', 'scim'), ['acme-labs']);
  assert.deepEqual(await found('name sw "acme" and display_name co "corp"', 'scim'), ['acme']);
  assert.deepEqual(await found('name ew "abs" or metadata.plan ne "gold"', 'scim'), ['acme-labs', 'zeta']);
  assert.deepEqual(await found('created_at gt "2026-11-24" and metadata.plan pr', 'scim'), ['zeta']);
  for (const q of ['name:(', 'token_quota:1', 'name:*ac*', 'name:acm?', 'a b c d e f']) {
    assert.equal(await found(q), 'invalid_query_string', q);
  }
  assert.equal(await found('name is "x"', 'scim'), 'invalid_query_string');
  assert.equal((await later.get('/organizations/search')).body.organizations.length, 3);
  const first = (await later.get('/organizations/search?take=2')).body;
  assert.equal((await later.get(`/organizations/search?take=2&from=${first.next}`)).body.organizations.length, 1);
  await own.close();
});
