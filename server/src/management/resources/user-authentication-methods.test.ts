// Tests what a person proves themselves by beside their password: added, masked, replaced, taken.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTestAccount, pathOf } from '../../testing/accounts.ts';
import { TestManagement } from '../../testing/management.ts';
import { openTestTenant } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
after(() => tenant.close());

let count = 0;
async function person(): Promise<string> {
  count += 1;
  return pathOf(await createTestAccount(api, { email: `methods${count}@example.com` }));
}

test('a method is added, read, changed and taken, its address masked', async () => {
  const path = `${await person()}/authentication-methods`;
  const { status, body } = await api.post(path, { type: 'email', name: 'Mine', email: 'chuck334@example.com' });
  assert.equal(status, 201);
  assert.match(body.id, /^email\|dev_[A-Za-z0-9]{16}$/);
  assert.deepEqual([body.email, body.confirmed], ['chuc****@exam*******', undefined]);
  const one = `${path}/${encodeURIComponent(body.id)}`;
  assert.equal((await api.get(one)).body.confirmed, true);
  assert.equal((await api.patch(one, { name: 'Other' })).body.name, 'Other');
  const { body: listed } = await api.get(`${path}?include_totals=true`);
  assert.deepEqual([listed.authenticators.length, listed.total, listed.start, listed.limit], [1, 1, 0, 50]);
  assert.equal((await api.delete(one)).status, 204);
  assert.equal((await api.get(one)).status, 404);
  assert.deepEqual((await api.get(path)).body, { authenticators: [], start: 0, limit: 50 });
});

test('all methods are replaced at once, and secrets are never told nor kept in the clear', async () => {
  const path = `${await person()}/authentication-methods`;
  await api.post(path, { type: 'email', name: 'Old', email: 'old@example.com' });
  const all = [
    { type: 'phone', name: 'Phone', phone_number: '+44207183875044', preferred_authentication_method: 'sms' },
    { type: 'totp', name: 'App', totp_secret: '5HCWXIP2MJNSUBGYVUZFLRB2HWIGXR4SYJQXNBQ' },
  ];
  const { status, body } = await api.put(path, all);
  assert.equal(status, 200);
  assert.equal(body[0].phone_number, '+44207183875044');
  assert.deepEqual(
    body[0].authentication_methods.map(({ type }: { type: string }) => type),
    ['sms'],
  );
  const { authenticators } = (await api.get(path)).body;
  const phone = authenticators.find(({ type }: { type: string }) => type === 'phone');
  assert.deepEqual([authenticators.length, phone.phone_number], [2, 'XXXXXXXXXXX5044']);
  assert.equal(JSON.stringify(authenticators).includes('5HCW'), false);
  const rows = await tenant.ctx.database.queries.selectFrom('authentication_methods').select('body').execute();
  assert.equal(JSON.stringify(rows).includes('5HCW'), false);
});

test("a method is none of another person's", async () => {
  const theirs = `${await person()}/authentication-methods`;
  const others = `${await person()}/authentication-methods`;
  const { body } = await api.post(theirs, { type: 'totp', totp_secret: 'ABCDEFGH' });
  const id = encodeURIComponent(body.id);
  assert.equal((await api.get(`${others}/${id}`)).status, 404);
  assert.equal((await api.patch(`${others}/${id}`, { name: 'x' })).status, 404);
  assert.equal((await api.delete(`${others}/${id}`)).status, 204);
  assert.equal((await api.get(`${theirs}/${id}`)).status, 200);
});

test('factors are taken by their provider, and all at once', async () => {
  const path = await person();
  for (const type of ['totp', 'email']) {
    await api.post(`${path}/authentication-methods`, { type, name: type, email: 'a@example.com' });
  }
  assert.equal((await api.get(`${path}/enrollments`)).body.length, 2);
  assert.equal((await api.delete(`${path}/multifactor/google-authenticator`)).status, 204);
  const left = (await api.get(`${path}/enrollments`)).body;
  assert.deepEqual(
    left.map(({ type }: { type: string }) => type),
    ['email'],
  );
  assert.equal((await api.delete(`${path}/multifactor/nothing`)).status, 400);
  assert.equal((await api.delete(`${path}/authenticators`)).status, 204);
  assert.deepEqual((await api.get(`${path}/enrollments`)).body, []);
});

test('a recovery code is told once, and another each time', async () => {
  const path = `${await person()}/recovery-code-regeneration`;
  const first = await api.post(path);
  const second = await api.post(path);
  assert.equal(first.status, 200);
  assert.match(first.body.recovery_code, /^[A-Z2-9]{24}$/);
  assert.notEqual(first.body.recovery_code, second.body.recovery_code);
  assert.equal((await api.post('/users/auth0%7Cnobody/recovery-code-regeneration')).status, 404);
});
