// Owns the conformance of the tables about people on every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachDialect } from '../testing.ts';
import { identityRow, noon, userRow } from '../testing-rows.ts';
import * as identities from './identities.ts';
import * as loginIdentifiers from './login-identifiers.ts';
import * as passwords from './passwords.ts';
import * as userRoles from './user-roles.ts';
import * as users from './users.ts';

eachDialect((database) => {
  test('a person comes back as they were stored, times as numbers', async () => {
    const { queries } = await database();
    const row = userRow({
      user_id: 'auth0|whole',
      email: 'é@例え.jp',
      email_verified: 1,
      user_metadata: '{"a":"\\u0000"}',
    });
    await users.insert(queries, row);
    assert.deepEqual({ ...(await users.find(queries, 'auth0|whole')) }, row);
    assert.equal(await users.find(queries, 'auth0|nobody'), undefined);
  });

  test('a person changes in what is named and in nothing else', async () => {
    const { queries } = await database();
    await users.insert(queries, userRow({ user_id: 'auth0|changes', name: 'Old', nickname: 'same' }));
    const before = await users.hold(queries, 'auth0|changes');
    assert.ok(before);
    await users.change(queries, before, { name: 'New', updated_at: noon + 1 });
    assert.equal(await users.hold(queries, 'auth0|nobody'), undefined);
    const row = await users.find(queries, 'auth0|changes');
    assert.deepEqual([row?.name, row?.nickname, row?.updated_at], ['New', 'same', noon + 1]);
  });

  test('every sign-in counts, also those at the same moment', async () => {
    const { queries } = await database();
    await users.insert(queries, userRow({ user_id: 'auth0|often' }));
    await Promise.all(
      Array.from({ length: 20 }, () => users.recordLogin(queries, 'auth0|often', noon + 9, '192.0.2.1')),
    );
    const row = await users.find(queries, 'auth0|often');
    assert.deepEqual([row?.logins_count, row?.last_login_at, row?.last_ip], [20, noon + 9, '192.0.2.1']);
  });

  test('identities come oldest first, and need their person', async () => {
    const { queries } = await database();
    await users.insert(queries, userRow({ user_id: 'auth0|two' }));
    const second = identityRow({
      identity_id: 'google-oauth2|2',
      user_id: 'auth0|two',
      is_social: 1,
      created_at: noon + 1,
    });
    const first = identityRow({ identity_id: 'auth0|two', user_id: 'auth0|two' });
    await identities.insert(queries, second);
    await identities.insert(queries, first);
    assert.deepEqual(
      (await identities.listForUser(queries, 'auth0|two')).map((row) => ({ ...row })),
      [first, second],
    );
    await assert.rejects(
      identities.insert(queries, identityRow({ identity_id: 'auth0|orphan', user_id: 'auth0|nobody' })),
    );
  });

  test('an identifier belongs to whoever claims it first, within its connection', async () => {
    const { queries } = await database();
    await users.insert(queries, userRow({ user_id: 'auth0|claims' }));
    await identities.insert(queries, identityRow({ identity_id: 'auth0|claims', user_id: 'auth0|claims' }));
    const row = { connection: 'people', type: 'email', value: 'a@example.com', identity_id: 'auth0|claims' } as const;
    const claims = await Promise.all(Array.from({ length: 50 }, () => loginIdentifiers.claim(queries, row)));
    assert.equal(claims.filter(Boolean).length, 1);
    assert.equal(await loginIdentifiers.claim(queries, { ...row, connection: 'staff' }), true);
    assert.equal(await loginIdentifiers.claim(queries, { ...row, type: 'username' }), true);
  });

  test('an identifier leads to its person, with the hash where there is one', async () => {
    const { queries } = await database();
    await users.insert(queries, userRow({ user_id: 'auth0|found' }));
    await identities.insert(queries, identityRow({ identity_id: 'auth0|found', user_id: 'auth0|found' }));
    await loginIdentifiers.claim(queries, {
      connection: 'people',
      type: 'email',
      value: 'f@example.com',
      identity_id: 'auth0|found',
    });
    const find = (connection: string, value: string) =>
      loginIdentifiers.findPasswordHolder(queries, connection, 'email', value);
    const holder = { user_id: 'auth0|found', identity_id: 'auth0|found' };
    assert.deepEqual({ ...(await find('people', 'f@example.com')) }, { ...holder, hash: null });
    await passwords.put(queries, { identity_id: 'auth0|found', hash: 'first', changed_at: noon });
    await passwords.put(queries, { identity_id: 'auth0|found', hash: 'second', changed_at: noon + 1 });
    assert.deepEqual({ ...(await find('people', 'f@example.com')) }, { ...holder, hash: 'second' });
    assert.equal(await find('staff', 'f@example.com'), undefined);
    assert.equal(await find('people', 'F@example.com'), undefined);
  });

  test('a role is had once, however often it is assigned', async () => {
    const { queries } = await database();
    await users.insert(queries, userRow({ user_id: 'auth0|role' }));
    await userRoles.assign(queries, { user_id: 'auth0|role', role_id: 'rol_admin', created_at: noon });
    await userRoles.assign(queries, { user_id: 'auth0|role', role_id: 'rol_admin', created_at: noon });
    assert.deepEqual(await userRoles.listForUser(queries, 'auth0|role'), ['rol_admin']);
    assert.equal(await userRoles.countHolders(queries, 'rol_admin'), 1);
    assert.equal(await userRoles.countHolders(queries, 'rol_none'), 0);
  });
});
