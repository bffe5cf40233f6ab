// Owns the conformance of the tables about organizations, groups and holders of roles on every dialect.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../database.ts';
import { eachDialect } from '../testing.ts';
import { noon, userRow } from '../testing-rows.ts';
import type { RowWindow } from '../window.ts';
import * as groupMembers from './group-members.ts';
import * as groupRoles from './group-roles.ts';
import * as groups from './groups.ts';
import * as invitations from './organization-invitations.ts';
import * as memberRoles from './organization-member-roles.ts';
import * as members from './organization-members.ts';
import * as userRoles from './user-roles.ts';
import * as users from './users.ts';

async function people({ queries }: Database, ids: readonly string[]): Promise<void> {
  for (const user_id of ids) await users.insert(queries, userRow({ user_id, email: `${user_id}@example.com` }));
}

/** What a list gives page by page, each beginning after the last row of the one before. */
async function walk(list: (window: RowWindow) => Promise<{ user_id: string; created_at: number }[]>, limit: number) {
  const pages: string[][] = [];
  let after: { at: number; id: string } | undefined;
  for (;;) {
    const rows = await list({ limit, after });
    const last = rows.at(-1);
    if (!last) return pages;
    pages.push(rows.map(({ user_id }) => user_id));
    after = { at: last.created_at, id: last.user_id };
  }
}

const invitation = (id: string, values: object) => ({
  id,
  organization_id: 'org_1',
  client_id: 'app',
  ticket_digest: `digest of ${id}`,
  sealed_ticket: 'sealed',
  body: '{}',
  created_at: noon,
  expires_at: noon + 1000,
  ...values,
});

eachDialect((database) => {
  test('members come in the order of their coming, those of the same moment by id, whichever way pages are cut', async () => {
    const { queries } = await database();
    await people(await database(), ['m|c', 'm|a', 'm|b', 'm|d']);
    const row = (user_id: string, created_at: number) => ({ organization_id: 'org_pages', user_id, created_at });
    await members.add(queries, [row('m|c', noon), row('m|a', noon + 1), row('m|b', noon), row('m|d', noon + 2)]);
    await members.add(queries, [row('m|a', noon + 9)]);
    const list = (window: RowWindow) => members.list(queries, 'org_pages', window);
    assert.deepEqual(await walk(list, 3), [['m|b', 'm|c', 'm|a'], ['m|d']]);
    assert.deepEqual(
      (await list({ start: 1, limit: 2 })).map(({ user_id }) => user_id),
      ['m|c', 'm|a'],
    );
    assert.deepEqual((await list({ start: 0, limit: 1 }))[0]?.email, 'm|b@example.com');
    assert.equal(await members.count(queries, 'org_pages'), 4);
    assert.equal(await members.isMember(queries, 'org_other', 'm|a'), false);
    await members.remove(queries, 'org_pages', ['m|a', 'm|nobody']);
    assert.equal(await members.count(queries, 'org_pages'), 3);
    assert.deepEqual(await members.listOrganizations(queries, 'm|b'), ['org_pages']);
  });

  test('roles in an organization are those of its members, and go with the role, the member and the person', async () => {
    const { queries } = await database();
    await people(await database(), ['r|a', 'r|b', 'r|c']);
    const row = (user_id: string, role_id: string) => ({
      organization_id: 'org_roles',
      user_id,
      role_id,
      created_at: noon,
    });
    await memberRoles.assign(queries, [
      row('r|a', 'rol_1'),
      row('r|b', 'rol_1'),
      row('r|a', 'rol_2'),
      row('r|c', 'rol_1'),
    ]);
    const joined = ['r|a', 'r|b'].map((user_id) => ({ organization_id: 'org_roles', user_id, created_at: noon }));
    await members.add(queries, joined);
    const key = { organization_id: 'org_roles', role_id: 'rol_1' };
    const holders = () => walk((window) => memberRoles.listHolders(queries, key, window), 1);
    assert.deepEqual(await holders(), [['r|a'], ['r|b']], 'who has left is no holder');
    const held = await memberRoles.listForMembers(queries, 'org_roles', ['r|a', 'r|b']);
    assert.deepEqual(
      held.map(({ user_id, role_id }) => `${user_id} ${role_id}`),
      ['r|a rol_1', 'r|b rol_1', 'r|a rol_2'],
    );
    await memberRoles.removeOfMembers(queries, 'org_roles', ['r|b']);
    assert.deepEqual(await holders(), [['r|a']]);
    await memberRoles.removeOfRole(queries, 'rol_1');
    const left = await memberRoles.listForMembers(queries, 'org_roles', ['r|a', 'r|c']);
    assert.deepEqual(
      left.map((row) => ({ ...row })),
      [{ user_id: 'r|a', role_id: 'rol_2' }],
    );
    await queries.deleteFrom('users').where('user_id', '=', 'r|a').execute();
    assert.deepEqual(await memberRoles.listForMembers(queries, 'org_roles', ['r|a']), []);
    assert.equal(await members.count(queries, 'org_roles'), 1);
  });

  test('invitations come newest first, are found in their organization only, and are cleared away after their end', async () => {
    const { queries } = await database();
    await invitations.insert(queries, invitation('uinv_1', {}));
    await invitations.insert(queries, invitation('uinv_2', { created_at: noon + 1, expires_at: noon + 5000 }));
    await invitations.insert(queries, invitation('uinv_3', { organization_id: 'org_2' }));
    const ids = async (order: 'asc' | 'desc') =>
      (await invitations.list(queries, 'org_1', { order, start: 0, limit: 10 })).map(({ id }) => id);
    assert.deepEqual(
      [await ids('desc'), await ids('asc')],
      [
        ['uinv_2', 'uinv_1'],
        ['uinv_1', 'uinv_2'],
      ],
    );
    assert.equal(await invitations.find(queries, 'org_2', 'uinv_1'), undefined);
    assert.equal((await invitations.find(queries, 'org_1', 'uinv_1'))?.expires_at, noon + 1000);
    assert.equal(await invitations.remove(queries, 'org_1', 'uinv_3'), false);
    assert.equal(await invitations.purge(queries, noon + 2000), 2);
    assert.deepEqual(await ids('asc'), ['uinv_2']);
    await assert.rejects(invitations.insert(queries, invitation('uinv_4', { ticket_digest: 'digest of uinv_2' })));
  });

  test('holders of a role come in the order in which they got it', async () => {
    const { queries } = await database();
    await people(await database(), ['h|b', 'h|a', 'h|c']);
    const assign = (user_id: string, created_at: number) =>
      userRoles.assign(queries, { user_id, role_id: 'rol_held', created_at });
    await assign('h|b', noon + 1);
    await assign('h|a', noon + 2);
    await assign('h|c', noon);
    await assign('h|c', noon + 9);
    const list = (window: RowWindow) => userRoles.listHolders(queries, 'rol_held', window);
    assert.deepEqual(await walk(list, 2), [['h|c', 'h|b'], ['h|a']]);
    assert.equal((await list({ start: 2, limit: 5 }))[0]?.user_id, 'h|a');
    await userRoles.removeOfRole(queries, 'rol_held');
    assert.equal(await userRoles.countHolders(queries, 'rol_held'), 0);
  });

  test('a name is of one group of a connection, and what is searched for is taken as it is written', async () => {
    const { queries } = await database();
    const row = (id: string, name: string, connection_id = 'con_1') => ({
      id,
      name,
      connection_id,
      external_id: id === 'grp_2' ? 'Ext_2' : null,
      created_at: noon,
      updated_at: noon,
    });
    assert.equal(await groups.insert(queries, row('grp_1', 'Sales 100%')), true);
    assert.equal(await groups.insert(queries, row('grp_9', 'Sales 100%')), false);
    assert.equal(await groups.insert(queries, row('grp_2', 'Support')), true);
    assert.equal(await groups.insert(queries, row('grp_3', 'Sales 100%', 'con_2')), true);
    const found = async (filter: groups.GroupFilter) =>
      (await groups.list(queries, filter, { limit: 10, after: undefined })).map(({ id }) => id);
    assert.deepEqual(await found({}), ['grp_1', 'grp_2', 'grp_3']);
    assert.deepEqual(await found({ search: '0%' }), ['grp_1', 'grp_3']);
    assert.deepEqual(await found({ search: 'T_2' }), ['grp_2']);
    assert.deepEqual(await found({ search: 's_' }), []);
    assert.deepEqual(await found({ search: '!' }), []);
    assert.deepEqual(await found({ name: 'Sales 100%', connection_id: 'con_2' }), ['grp_3']);
    assert.equal(await groups.count(queries, { search: 'SALES' }), 2);
  });

  test('roles of groups are those of their people, and go with the group', async () => {
    const { queries } = await database();
    await people(await database(), ['g|a']);
    const base = { connection_id: 'con_g', external_id: null, created_at: noon, updated_at: noon };
    await groups.insert(queries, { ...base, id: 'grp_a', name: 'A' });
    await groupMembers.add(queries, [{ group_id: 'grp_a', user_id: 'g|a', created_at: noon }]);
    const role = (organization_id: string, role_id: string) => ({
      group_id: 'grp_a',
      organization_id,
      role_id,
      created_at: noon,
    });
    await groupRoles.assign(queries, [role('', 'rol_g'), role('org_g', 'rol_o')]);
    await userRoles.assign(queries, { user_id: 'g|a', role_id: 'rol_g', created_at: noon });
    await userRoles.assign(queries, { user_id: 'g|a', role_id: 'rol_own', created_at: noon });
    assert.deepEqual((await userRoles.listEffective(queries, 'g|a')).toSorted(), ['rol_g', 'rol_own']);
    const byGroup = await groupRoles.listForUser(queries, 'g|a', 'org_g');
    assert.deepEqual({ ...byGroup[0] }, { role_id: 'rol_o', group_id: 'grp_a' });
    assert.deepEqual(
      (await groupRoles.listGroupsOfOrganization(queries, 'org_g')).map(({ id }) => id),
      ['grp_a'],
    );
    const joined = await groupMembers.listGroups(queries, 'g|a');
    assert.deepEqual([joined[0]?.id, joined[0]?.membership_created_at], ['grp_a', noon]);
    assert.equal(await groups.remove(queries, 'grp_a'), true);
    assert.equal(await groups.remove(queries, 'grp_a'), false);
    assert.deepEqual(await groupRoles.listForUser(queries, 'g|a', 'org_g'), []);
    assert.deepEqual((await userRoles.listEffective(queries, 'g|a')).toSorted(), ['rol_g', 'rol_own']);
    assert.deepEqual(await groupMembers.listGroups(queries, 'g|a'), []);
  });
});
