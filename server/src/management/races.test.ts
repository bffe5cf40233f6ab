// Tests many who write at the same instant, on both databases: nothing that was acknowledged is lost, and what there may be
// one of there is one of.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withDatabase } from '#storage/testing';
import { testConnection } from '../testing/accounts.ts';
import { TestManagement } from '../testing/management.ts';
import { openTestTenant, testPassword } from '../testing/tenant.ts';

const many = 12;

interface Made {
  readonly path: string;
  readonly body: (name: string) => object;
  /** The statuses of the one that was first, and of the others. */
  readonly created?: number;
  readonly idOf?: (answer: Readonly<Record<string, string>>) => string;
}

const script = 'module.exports = (client, scope, audience, context, done) => done(null, {});';

/** What may be there once by a name of the caller's choice. */
const named: readonly Made[] = [
  { path: '/roles', body: (name) => ({ name }), created: 200 },
  { path: '/organizations', body: (name) => ({ name }) },
  { path: '/resource-servers', body: (name) => ({ identifier: `https://${name}.example.com/` }) },
  { path: '/connections', body: (name) => ({ name, strategy: 'auth0' }) },
  { path: '/rules', body: (name) => ({ name, script }) },
  { path: '/custom-domains', body: (name) => ({ domain: `${name}.example.com`, type: 'auth0_managed_certs' }) },
  {
    path: '/actions/actions',
    body: (name) => ({ name, supported_triggers: [{ id: 'post-login', version: 'v3' }] }),
  },
  {
    path: '/users',
    body: (name) => ({ connection: testConnection, email: `${name}@example.com`, password: testPassword }),
    idOf: ({ user_id }) => String(user_id),
  },
];

/** Of these there may be many with one name. */
const client: Made = { path: '/clients', body: (name) => ({ name }), idOf: ({ client_id }) => String(client_id) };

/** What is changed member by member. */
const mergeable = [
  { path: '/users', member: 'user_metadata' },
  { path: '/users', member: 'app_metadata' },
  { path: '/clients', member: 'client_metadata' },
];

function tally(answers: readonly { readonly status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const pathOf = ({ path, idOf = ({ id, custom_domain_id }) => String(id ?? custom_domain_id) }: Made, answer: never) =>
  `${path}/${encodeURIComponent(idOf(answer))}`;

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`on ${dialect}`, () => {
    let api: TestManagement;
    const finished = Promise.withResolvers<void>();
    let lent: Promise<void>;

    before(async () => {
      const ready = Promise.withResolvers<void>();
      lent = withDatabase(dialect, async (databaseUrl) => {
        const tenant = await openTestTenant({ databaseUrl });
        api = await TestManagement.open(tenant);
        ready.resolve();
        await finished.promise;
        await tenant.close();
      });
      lent.catch(ready.reject);
      await ready.promise;
    });
    after(async () => {
      finished.resolve();
      await lent;
    });

    for (const one of named) {
      const { path, body, created = 201 } = one;
      test(`of many who make one of a name at ${path} one succeeds, and the others are told that it is taken`, async () => {
        const answers = await times(many, () => api.post(path, body('contested')));
        assert.deepEqual(tally(answers), { [created]: 1, 409: many - 1 });
        const winner = answers.find(({ status }) => status === created);
        assert.equal((await api.get(pathOf(one, winner?.body as never))).status, 200);
      });

      test(`of many who delete one at ${path} all are told that it is gone, and the name is free again`, async () => {
        const { body: made } = await api.post(path, body('doomed'));
        const place = pathOf(one, made as never);
        for (const { status } of await times(many, () => api.delete(place)))
          assert.ok([200, 202, 204, 404].includes(status));
        assert.equal((await api.get(place)).status, 404);
        assert.equal((await api.post(path, body('doomed'))).status, created);
      });
    }

    for (const { path, member } of mergeable) {
      test(`of many who change a member of ${member} at ${path} each finds its change kept`, async () => {
        const one = [...named, client].find((made) => made.path === path) as Made;
        const { body: made } = await api.post(path, one.body(`merged-${member.replaceAll('_', '-')}`));
        const place = pathOf(one, made as never);
        const answers = await times(many, (index) => api.patch(place, { [member]: { [`k${index}`]: `v${index}` } }));
        assert.deepEqual(tally(answers), { 200: many }, JSON.stringify(answers[0]?.body));
        const expected = Object.fromEntries(Array.from({ length: many }, (_, index) => [`k${index}`, `v${index}`]));
        assert.deepEqual((await api.get(place)).body[member], expected);
      });
    }

    test('of many who change different settings of one document each finds its change kept', async () => {
      const { body: client } = await api.post('/clients', { name: 'Many settings' });
      const changes = [
        ...[{ name: 'Changed' }, { description: 'd' }, { logo_uri: 'https://example.com/l.png' }, { sso: true }],
        ...[{ callbacks: ['https://example.com/cb'] }, { app_type: 'spa' }, { client_metadata: { a: 'b' } }],
      ];
      const place = `/clients/${client.client_id}`;
      assert.deepEqual(tally(await Promise.all(changes.map((change) => api.patch(place, change)))), { 200: 7 });
      const { body } = await api.get(place);
      for (const change of changes)
        for (const [key, value] of Object.entries(change)) assert.deepEqual(body[key], value);
    });

    test('of many who change different settings of the tenant for the first time each finds its change kept', async () => {
      const changes = [{ friendly_name: 'F' }, { support_email: 's@example.com' }, { idle_session_lifetime: 24 }];
      assert.deepEqual(tally(await Promise.all(changes.map((change) => api.patch('/tenants/settings', change)))), {
        200: 3,
      });
      const { body } = await api.get('/tenants/settings');
      for (const change of changes)
        for (const [key, value] of Object.entries(change)) assert.deepEqual(body[key], value);
    });

    test('of many who give one thing to a person all are told yes, and it is there once', async () => {
      const { body: role } = await api.post('/roles', { name: 'Given' });
      const { body: user } = await api.post('/users', {
        connection: testConnection,
        email: 'given@example.com',
        password: testPassword,
      });
      const path = `/users/${encodeURIComponent(user.user_id)}/roles`;
      assert.deepEqual(tally(await times(many, () => api.post(path, { roles: [role.id] }))), { 204: many });
      assert.equal((await api.get(path)).body.length, 1);
      assert.deepEqual(tally(await times(many, () => api.delete(path, { roles: [role.id] }))), { 204: many });
      assert.deepEqual((await api.get(path)).body, []);
    });
  });
}
