// Owns the life of a person: searched for, changed, given roles and permissions, joined with another, and gone.
import assert from 'node:assert/strict';
import type { ManagementClient } from 'auth0';
import { all, isMissing, type Life } from '../life.ts';

const connection = 'Username-Password-Authentication';
const password = 'Correct-horse-battery-1';

async function liveWithAccess(auth0: ManagementClient, user: string): Promise<void> {
  const identifier = 'https://people.example.com/';
  const scopes = [{ value: 'read:people' }];
  const { id: api = '' } = await auth0.resourceServers.create({ name: 'People', identifier, scopes });
  const { id: role = '' } = await auth0.roles.create({ name: 'Editor' });
  await auth0.users.roles.assign(user, { roles: [role] });
  assert.deepEqual(
    (await all(auth0.users.roles.list(user))).map(({ name }) => name),
    ['Editor'],
  );
  await auth0.users.roles.delete(user, { roles: [role] });
  const permissions = [{ permission_name: 'read:people', resource_server_identifier: identifier }];
  await auth0.users.permissions.create(user, { permissions });
  assert.deepEqual(
    (await all(auth0.users.permissions.list(user))).map(({ permission_name }) => permission_name),
    ['read:people'],
  );
  await auth0.users.permissions.delete(user, { permissions });
  assert.deepEqual(await all(auth0.users.permissions.list(user)), []);
  await auth0.roles.delete(role);
  await auth0.resourceServers.delete(api);
}

async function liveWithMethods(auth0: ManagementClient, user: string): Promise<void> {
  const { authenticationMethods } = auth0.users;
  const sent = { type: 'phone', name: 'Work', phone_number: '+15550100', preferred_authentication_method: 'sms' };
  const { id = '' } = await authenticationMethods.create(user, sent as { type: 'phone' });
  await authenticationMethods.update(user, id, { name: 'Home' });
  assert.equal((await authenticationMethods.get(user, id)).name, 'Home');
  assert.ok((await all(authenticationMethods.list(user))).some((method) => method.id === id));
  await authenticationMethods.delete(user, id);
  const { recovery_code = '' } = await auth0.users.regenerateRecoveryCode(user);
  assert.match(recovery_code, /^[0-9A-Z]{24}$/);
  await authenticationMethods.deleteAll(user);
}

async function liveWithAnother(auth0: ManagementClient, user: string): Promise<void> {
  const { user_id = '' } = await auth0.users.create({ connection, email: 'grace@example.org', password });
  const joined = await auth0.users.identities.link(user, { provider: 'auth0', user_id });
  assert.equal(joined.length, 2);
  await assert.rejects(auth0.users.get(user_id), isMissing);
  const alone = await auth0.users.identities.delete(user, 'auth0', user_id.replace('auth0|', ''));
  assert.equal(alone.length, 1);
  await auth0.users.delete(user_id);
}

export const users: Life = {
  resource: 'users',
  async live(auth0) {
    const made = await auth0.users.create({
      connection,
      email: 'grace@example.com',
      password,
      user_metadata: { color: 'blue', size: 3 },
      app_metadata: { plan: 'a' },
    });
    const { user_id = '' } = made;
    assert.ok(!JSON.stringify(made).includes(password));
    const changed = await auth0.users.update(user_id, { name: 'Grace Hopper', user_metadata: { color: null } });
    assert.deepEqual(
      [changed.name, changed.user_metadata, changed.app_metadata],
      ['Grace Hopper', { size: 3 }, { plan: 'a' }],
    );
    const found = await all(
      auth0.users.list({ q: 'name:"Grace Hopper" AND app_metadata.plan:a', search_engine: 'v3' }),
    );
    assert.deepEqual(
      found.map((user) => user.user_id),
      [user_id],
    );
    await liveWithAccess(auth0, user_id);
    await liveWithMethods(auth0, user_id);
    await liveWithAnother(auth0, user_id);
    await auth0.users.delete(user_id);
    await assert.rejects(auth0.users.get(user_id), isMissing);
  },
};
