// Tests what people's devices are known by: public keys and refresh tokens, each forgotten by who may.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { grantClient } from '#domain/client-grants';
import { managementAudience } from '#protocol/access-token';
import { createTestAccount, pathOf } from '../../testing/accounts.ts';
import { TestApplication } from '../../testing/application.ts';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const device = { device_name: 'Phone', device_id: 'a1-b2', type: 'public_key', value: 'QUJD' };

/** A person with an application that may keep keys of theirs. */
async function own(email: string) {
  const person = await createTestAccount(api, { email });
  const app = await TestApplication.create(tenant);
  const audience = managementAudience(tenant.ctx.issuer);
  const scope = ['create:current_user_device_credentials', 'delete:current_user_device_credentials'];
  await grantClient(tenant.ctx, { client_id: app.client.client_id, audience, scope, subject_type: 'user' });
  const { access_token = '' } = await app.tokens(email, { audience, scope: `openid ${scope.join(' ')}` });
  return { person, app, path: pathOf(person), self: new TestManagement(tenant, access_token) };
}

test('a key is kept by its person, listed, and forgotten', async () => {
  const { person, app, self } = await own('keys@example.com');
  const { status, body } = await self.post('/device-credentials', device);
  assert.equal(status, 201);
  assert.match(body.id, /^dcr_[A-Za-z0-9]{16}$/);
  assert.equal((await self.post('/device-credentials', device)).status, 409);
  const query = `user_id=${encodeURIComponent(person.user_id)}`;
  const listed = await api.get(`/device-credentials?${query}&include_totals=true`);
  assert.deepEqual(listed.body.device_credentials, [
    {
      id: body.id,
      device_name: 'Phone',
      device_id: 'a1-b2',
      type: 'public_key',
      user_id: person.user_id,
      client_id: app.client.client_id,
    },
  ]);
  assert.deepEqual((await api.get('/device-credentials?fields=id')).body, [{ id: body.id }]);
  assert.equal((await self.delete(`/device-credentials/${body.id}`)).status, 204);
  assert.deepEqual((await api.get(`/device-credentials?${query}`)).body, []);
});

test("another person's key is not theirs to forget, and goes with its person", async () => {
  const one = await own('one@example.com');
  const other = await own('other@example.com');
  const { body } = await one.self.post('/device-credentials', device);
  assert.equal((await other.self.delete(`/device-credentials/${body.id}`)).status, 204);
  const query = `user_id=${encodeURIComponent(one.person.user_id)}`;
  assert.equal((await api.get(`/device-credentials?${query}`)).body.length, 1);
  await api.delete(one.path);
  assert.deepEqual((await api.get(`/device-credentials?${query}`)).body, []);
});

test("a device's refresh token is told of with its person, and ends like a key", async () => {
  const { person, app } = await own('tokens@example.com');
  const { refresh_token } = await app.tokens('tokens@example.com', { scope: 'openid offline_access' });
  const query = `user_id=${encodeURIComponent(person.user_id)}&type=rotating_refresh_token`;
  const [credential] = (await api.get(`/device-credentials?${query}`)).body;
  assert.deepEqual([credential.type, credential.client_id], ['rotating_refresh_token', app.client.client_id]);
  assert.equal((await api.delete(`/device-credentials/${credential.id}`)).status, 204);
  assert.equal((await app.refresh(refresh_token)).status, 403);
  assert.equal((await api.get('/device-credentials?type=refresh_token')).status, 403);
});
