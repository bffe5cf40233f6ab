// Tests /api/v2/guardian/enrollments: devices by their ids alone, and tickets to enroll one.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestManagement } from '../../testing/management.ts';
import { createTestUser, openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

const path = '/guardian/enrollments';

test('a device is read and taken away by its id, with or without its kind', async () => {
  const { user_id } = await createTestUser(tenant, 'ann@example.com');
  const methods = `/users/${encodeURIComponent(user_id)}/authentication-methods`;
  const { body: method } = await api.post(methods, { type: 'phone', phone_number: '+819012345678', name: 'mine' });
  const device = method.id.slice(method.id.indexOf('|') + 1);
  const { status, body } = await api.get(`${path}/${device}`);
  assert.equal(status, 200);
  assert.deepEqual(
    [body.status, body.name, body.phone_number, body.enrolled_at],
    ['confirmed', 'mine', 'XXXXXXXXX5678', method.created_at],
  );
  assert.equal((await api.get(`${path}/${encodeURIComponent(method.id)}`)).body.id, body.id);
  assert.equal((await api.delete(`${path}/${device}`)).status, 204);
  assert.deepEqual((await api.get(methods)).body.authenticators, []);
  const gone = await api.delete(`${path}/${device}`);
  assert.deepEqual([gone.status, gone.body.errorCode], [404, 'enrollment_not_found']);
  assert.equal((await api.get(`${path}/anything`)).status, 400);
});

test('a ticket is for one person, who must be there', async () => {
  const { user_id } = await createTestUser(tenant, 'bob@example.com');
  const { status, body } = await api.post(`${path}/ticket`, { user_id, factor: 'otp' });
  assert.equal(status, 200);
  assert.ok(body.ticket_url.includes(body.ticket_id) && body.ticket_id.length >= 43);
  assert.equal((await api.post(`${path}/ticket`, { user_id: 'auth0|nobody' })).status, 404);
  assert.equal((await api.post(`${path}/ticket`, { user_id, factor: 'smoke' })).status, 400);
  assert.equal((await api.post(`${path}/ticket`, { user_id, send_mail: true })).status, 501);
});
