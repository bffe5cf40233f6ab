// Tests who may do what on the Management API: programs by grant, administrators by role, and everybody for themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { managementAudience } from '#protocol/access-token';
import { claimsOf, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { TestManagement } from '../testing/management.ts';
import { blockTestUser, createTestUser, openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { grantClient } from './client-grants.ts';
import { assignRole } from './roles.ts';

let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant();
});
after(() => tenant.close());

const administrator = 'rol_WarifuAdministra';

async function tokenFor(email: string, scope: string, { granted }: { granted: boolean }) {
  const application = await TestApplication.create(tenant);
  const audience = managementAudience(tenant.ctx.issuer);
  if (granted) {
    const { client_id } = application.client;
    await grantClient(tenant.ctx, { client_id, audience, scope: scope.split(' '), subject_type: 'user' });
  }
  const response = await application.signIn(new TestBrowser(tenant), email, { audience, scope: `openid ${scope}` });
  const { body } = await application.redeem(response.get('code'));
  return { token: String(body['access_token']), scope: claimsOf(body['access_token'])['scope'] };
}

test('an administrator may do through an application what its grant for people says, and nothing without one', async () => {
  const { user_id } = await createTestUser(tenant, 'ann@example.com');
  await assignRole(tenant.ctx, user_id, administrator);
  const granted = await tokenFor('ann@example.com', 'read:roles create:roles', { granted: true });
  const api = new TestManagement(tenant, granted.token);
  assert.equal((await api.get('/roles')).status, 200);
  const none = await tokenFor('ann@example.com', 'read:roles', { granted: false });
  assert.equal((await new TestManagement(tenant, none.token).get('/roles')).status, 403);
});

test('who has no role gets no scope of the Management API, whatever the application is granted', async () => {
  await createTestUser(tenant, 'ben@example.com');
  const { token, scope } = await tokenFor('ben@example.com', 'read:roles', { granted: true });
  assert.equal(scope, 'openid');
  assert.equal((await new TestManagement(tenant, token).get('/roles')).status, 403);
});

test('an administrator who is blocked is refused at once, however long the token lives', async () => {
  const { user_id } = await createTestUser(tenant, 'cat@example.com');
  await assignRole(tenant.ctx, user_id, administrator);
  const api = new TestManagement(tenant, (await tokenFor('cat@example.com', 'read:roles', { granted: true })).token);
  assert.equal((await api.get('/roles')).status, 200);
  await blockTestUser(tenant, user_id);
  assert.equal((await api.get('/roles')).status, 401);
});

test('a token for another API, and none at all, are refused with 401', async () => {
  const application = await TestApplication.create(tenant);
  await createTestUser(tenant, 'dan@example.com');
  const response = await application.signIn(new TestBrowser(tenant), 'dan@example.com');
  const { body } = await application.redeem(response.get('code'));
  for (const token of [body['access_token'], body['id_token'], '']) {
    const answer = await new TestManagement(tenant, String(token)).get('/roles');
    assert.deepEqual([answer.status, answer.body.error], [401, 'Unauthorized']);
  }
});
