// Owns the tests of invitations into an organization.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { clearExpired } from '#domain/housekeeping';
import { TestManagement } from '../../testing/management.ts';
import { createTestClient, openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const { body: organization } = await api.post('/organizations', { name: 'acme' });
const path = `/organizations/${organization.id}/invitations`;
const { client } = await createTestClient(tenant, { organization_usage: 'allow' });
const whom = { inviter: { name: 'Ann' }, invitee: { email: 'bob@example.com' }, client_id: client.client_id };
const day = 24 * 60 * 60 * 1000;

test('somebody is invited for seven days by a link of their own, and the invitation can be taken back', async () => {
  const { status, body: made } = await api.post(path, whom);
  assert.equal(status, 201);
  assert.match(made.id, /^uinv_[A-Za-z0-9]{16}$/);
  assert.match(made.ticket_id, /^[A-Za-z0-9]{32}$/);
  assert.equal(
    made.invitation_url,
    `https://id.example.com/login?invitation=${made.ticket_id}&organization=${organization.id}&organization_name=acme`,
  );
  assert.equal(Date.parse(made.expires_at) - Date.parse(made.created_at), 7 * day);
  assert.deepEqual((await api.get(`${path}/${made.id}`)).body, made);
  assert.deepEqual((await api.get(`${path}/${made.id}?fields=id`)).body, { id: made.id });
  assert.equal((await api.delete(`${path}/${made.id}`)).status, 204);
  assert.equal((await api.delete(`${path}/${made.id}`)).status, 204);
  assert.deepEqual((await api.get(`${path}/${made.id}`)).body, {
    statusCode: 404,
    error: 'Not Found',
    message: 'The invitation does not exist.',
    errorCode: 'inexistent_invitation',
  });
});

test('the link leads to where people begin to sign in to the application', async () => {
  const initiate_login_uri = 'https://app.example.com/start?from=mail';
  const { client: app } = await createTestClient(tenant, { initiate_login_uri, organization_usage: 'require' });
  const { body } = await api.post(path, { ...whom, client_id: app.client_id });
  assert.match(
    body.invitation_url,
    /^https:\/\/app\.example\.com\/start\?from=mail&invitation=\w{32}&organization=org_/,
  );
});

test('and otherwise to where the tenant sends people, or to our own page where it sends them nowhere', async () => {
  const addressBy = async (default_redirection_uri: string) => {
    await api.patch('/tenants/settings', { default_redirection_uri });
    return (await api.post(path, whom)).body.invitation_url.split('?')[0];
  };
  assert.equal(await addressBy('https://example.com/start'), 'https://example.com/start');
  assert.equal(await addressBy(''), 'https://id.example.com/login');
});

test('the ticket lies in the database under seal, and is found by its digest', async () => {
  const { body } = await api.post(path, whom);
  const rows = await tenant.ctx.database.queries.selectFrom('organization_invitations').selectAll().execute();
  assert.ok(rows.length > 0);
  assert.equal(JSON.stringify(rows).includes(body.ticket_id), false);
});

test('who is invited, where and as what must exist, and the application must be for organizations', async () => {
  const refused = async (body: object) => (await api.post(path, { ...whom, ...body })).status;
  const { client: closed } = await createTestClient(tenant);
  assert.equal(await refused({ client_id: 'nobody' }), 400);
  assert.equal(await refused({ client_id: closed.client_id }), 400);
  assert.equal(await refused({ connection_id: 'con_nothing' }), 400);
  assert.equal(await refused({ roles: ['rol_nothing'] }), 400);
  assert.equal(await refused({ invitee: { email: 'no address' } }), 400);
  assert.equal(await refused({ ttl_sec: 2_592_001 }), 400);
});

test('invitations are listed newest first in an envelope without a total, and cleared away when they have ended', async () => {
  const own = await api.post('/organizations', { name: 'lists' });
  const list = `/organizations/${own.body.id}/invitations`;
  for (const ttl_sec of [60, 3600]) {
    await api.post(list, { ...whom, ttl_sec });
    tenant.pass(1000);
  }
  const lifetimes = async (query: string, program = api) => {
    const { body } = await program.get(`${list}?${query}`);
    const items: { created_at: string; expires_at: string }[] = body.invitations ?? body;
    return items.map(({ created_at, expires_at }) => (Date.parse(expires_at) - Date.parse(created_at)) / 1000);
  };
  assert.deepEqual(await lifetimes(''), [3600, 60]);
  assert.deepEqual(await lifetimes('sort=created_at:1'), [60, 3600]);
  assert.deepEqual(await lifetimes('page=1&per_page=1'), [60]);
  const { body } = await api.get(`${list}?include_totals=true`);
  assert.deepEqual(Object.keys(body), ['invitations', 'start', 'limit']);
  tenant.pass(day + 60_000);
  await clearExpired(tenant.ctx);
  assert.deepEqual(await lifetimes('', await TestManagement.open(tenant)), [3600]);
});
