import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createConnection, findConnection } from '#domain/connections';
import { createTestClient, createTestUser, openTestTenant, type TestTenant } from '#testing/tenant';
import { TestManagement } from '../../testing/management.ts';

let tenant: TestTenant;
let management: TestManagement;
let user_id: string;
let connection_id: string;

before(async () => {
  tenant = await openTestTenant();
  management = await TestManagement.open(tenant);
  user_id = (await createTestUser(tenant, 'ada@example.com')).user_id;
  connection_id = (await findConnection(tenant.ctx, 'Username-Password-Authentication'))?.id ?? '';
});
after(() => tenant.close());

const said = { result_url: 'https://app.example.com/done', ttl_sec: 3600, includeEmailInRedirect: true };

describe('a ticket', () => {
  test('is an address of this server with a secret of 256 bits, of which only the digest is kept', async () => {
    for (const [kind, page] of [
      ['password-change', 'reset-password'],
      ['email-verification', 'email-verification'],
    ] as const) {
      const { status, body } = await management.post(`/tickets/${kind}`, { ...said, user_id });
      assert.equal(status, 201);
      assert.deepEqual(Object.keys(body), ['ticket']);
      const { origin, pathname, searchParams, href } = new URL(body.ticket);
      assert.deepEqual([`${origin}/`, pathname, href.at(-1)], [tenant.ctx.issuer, `/u/${page}`, '#']);
      const secret = searchParams.get('ticket') ?? '';
      assert.match(secret, /^[\w-]{43}$/);
      const rows = await tenant.ctx.database.queries.selectFrom('single_use_tokens').selectAll().execute();
      assert.ok(!JSON.stringify(rows).includes(secret));
      assert.equal(rows.find((row) => row.purpose === kind)?.expires_at, tenant.ctx.now() + 3_600_000);
    }
  });

  test('lives for five days unless told otherwise, and for no more than ten years', async () => {
    const days = async (ttl_sec: number | undefined) => {
      const before = tenant.ctx.database.queries.selectFrom('single_use_tokens').select('digest');
      const known = new Set((await before.execute()).map(({ digest }) => digest));
      const { status } = await management.post('/tickets/password-change', { user_id, ttl_sec });
      assert.equal(status, 201);
      const rows = await tenant.ctx.database.queries.selectFrom('single_use_tokens').selectAll().execute();
      const fresh = rows.find(({ digest }) => !known.has(digest));
      return ((fresh?.expires_at ?? 0) - tenant.ctx.now()) / 86_400_000;
    };
    assert.deepEqual([await days(undefined), await days(0), await days(1e300)], [5, 5, 3650]);
  });

  test('to set a password is made for a person of a connection, too, by their address', async () => {
    const { status } = await management.post('/tickets/password-change', { connection_id, email: 'Ada@example.com' });
    assert.equal(status, 201);
  });

  test('is for an identity that the person has', async () => {
    const id = user_id.slice('auth0|'.length);
    const own = { provider: 'auth0', user_id: id, connection_id };
    assert.equal((await management.post('/tickets/email-verification', { user_id, identity: own })).status, 201);
    const other = await createConnection(tenant.ctx, { name: 'other' });
    for (const identity of [
      { ...own, user_id: 'x' },
      { ...own, connection_id: other.id },
    ]) {
      const { status, body } = await management.post('/tickets/email-verification', { user_id, identity });
      assert.deepEqual([status, body.message], [400, 'The user exists, but does not contain the given identity.']);
    }
  });
});

describe('no ticket is made', () => {
  const faults: readonly (readonly [string, object, number, string])[] = [
    ['for nobody', { user_id: 'auth0|nobody' }, 404, 'The user does not exist.'],
    ['without a person', {}, 400, "Payload validation error: 'Missing required property: user_id'."],
    [
      'for an address without its connection',
      { email: 'ada@example.com' },
      400,
      "Payload validation error: 'Missing required property: connection_id'.",
    ],
    [
      'for an address in no connection',
      { email: 'ada@example.com', connection_id: 'con_0000000000000000' },
      400,
      'The connection with id con_0000000000000000 does not exist.',
    ],
    ['on behalf of no application', { client_id: 'nobody' }, 400, 'The client does not exist'],
    ['within no organization', { organization_id: 'org_0000000000000000' }, 400, 'The organization does not exist'],
  ];
  for (const [name, sent, status, message] of faults) {
    test(name, async () => {
      const person = 'client_id' in sent || 'organization_id' in sent ? { user_id } : {};
      const answer = await management.post('/tickets/password-change', { ...person, ...sent });
      assert.deepEqual([answer.status, answer.body.message], [status, message]);
    });
  }

  test('without the scope', async () => {
    const reader = await TestManagement.open(tenant, ['read:users']);
    assert.equal((await reader.post('/tickets/email-verification', { user_id })).status, 403);
  });

  test('that leads to an address that is none', async () => {
    const answer = await management.post('/tickets/email-verification', { user_id, result_url: 'nowhere' });
    assert.equal(answer.status, 400);
  });

  test('but on behalf of an application it is', async () => {
    const { client } = await createTestClient(tenant);
    const sent = { user_id, client_id: client.client_id };
    assert.equal((await management.post('/tickets/password-change', sent)).status, 201);
  });
});
