// Tests what goes with a connection.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestManagement } from '../testing/management.ts';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';
import { linkAccounts } from './account-links.ts';
import { announceRemoval, clearGoneConnections, isGoing } from './connection-removal.ts';
import { connectionRecords, createConnection } from './connections.ts';
import { createDatabaseUser, findUser } from './users.ts';

let tenant: TestTenant;
let api: TestManagement;

before(async () => {
  tenant = await openTestTenant();
  api = await TestManagement.open(tenant);
});
after(() => tenant.close());

const passwordHash = '$2b$04$abcdefghijklmnopqrstuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu';

async function personOf(connection: string, name: string): Promise<string> {
  const fresh = { connection, email: `${name}@example.com`, email_verified: true, passwordHash };
  const user = await createDatabaseUser(tenant.ctx, fresh);
  assert.notEqual(user, 'taken');
  return (user as { user_id: string }).user_id;
}

test('the people of a connection that is deleted go, and nobody else', async () => {
  const going = await createConnection(tenant.ctx, { name: 'going' });
  await createConnection(tenant.ctx, { name: 'staying' });
  const gone = await personOf('going', 'gone');
  const stays = await personOf('staying', 'stays');
  await api.delete(`/connections/${going.id}`);
  assert.equal(await findUser(tenant.ctx, gone), undefined);
  assert.equal((await findUser(tenant.ctx, stays))?.user_id, stays);
  assert.equal((await api.post('/connections', { name: 'going', strategy: 'auth0' })).status, 201);
});

test('who has another identity beside loses only that of the connection', async () => {
  const partner = await createConnection(tenant.ctx, { name: 'partner' });
  const primary = await personOf('staying', 'both');
  const secondary = await personOf('partner', 'both');
  await linkAccounts(tenant.ctx, primary, secondary);
  await api.delete(`/connections/${partner.id}`);
  const { body } = await api.get(`/users/${encodeURIComponent(primary)}`);
  assert.deepEqual(
    body.identities.map((identity: { connection: string }) => identity.connection),
    ['staying'],
  );
  assert.equal(await findUser(tenant.ctx, secondary), undefined);
});

test('housekeeping deletes those who are left, and until then nobody inherits them by the name', async () => {
  const many = await createConnection(tenant.ctx, { name: 'many' });
  const ids: string[] = [];
  for (let at = 0; at < 101; at += 1) ids.push(await personOf('many', `person-${at}`));
  await api.delete(`/connections/${many.id}`);
  const left = await Promise.all(ids.map((id) => findUser(tenant.ctx, id)));
  assert.equal(left.filter((user) => user !== undefined).length, 1);
  const refused = await api.post('/connections', { name: 'many', strategy: 'auth0' });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.message, 'A connection with the same name is being deleted, try again later');
  await clearGoneConnections(tenant.ctx);
  assert.equal(await isGoing(tenant.ctx, 'many'), false);
  assert.equal((await api.get('/connections?name=many')).body.length, 0);
  assert.equal((await api.post('/connections', { name: 'many', strategy: 'auth0' })).status, 201);
});

test('a removal that was announced and did not happen takes nobody', async () => {
  const kept = await createConnection(tenant.ctx, { name: 'kept' });
  const person = await personOf('kept', 'kept');
  await announceRemoval(tenant.ctx, kept);
  await clearGoneConnections(tenant.ctx);
  assert.ok(await connectionRecords.find(tenant.ctx, kept.id));
  assert.equal((await findUser(tenant.ctx, person))?.user_id, person);
  assert.equal(await isGoing(tenant.ctx, 'kept'), false);
});
