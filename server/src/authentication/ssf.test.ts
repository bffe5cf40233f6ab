// Tests that receivers keep a stream of security events, are told of what happens and of nothing else, and see no stream
// but their own (X10; OpenID Shared Signals Framework 1.0, RFC 8935, RFC 8936).
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { changeAccount } from '#domain/account-changes';
import { assignRolesTo, removeRolesFrom } from '#domain/account-roles';
import { removeAccount } from '#domain/accounts';
import { forgetClientGrants, grantClient } from '#domain/client-grants';
import { findConnection } from '#domain/connections';
import { createResourceServer } from '#domain/resource-servers';
import { createRole } from '#domain/roles';
import { SecurityEventDeliveries } from '#domain/security-event-deliveries';
import { streamRecords } from '#domain/ssf-streams';
import type { Client } from '#protocol/client';
import { OutboundFailed } from '#protocol/outbound';
import { type EventName, eventUris, supportedEvents, verificationUri } from '#protocol/security-event';
import { withDatabase } from '#storage/testing';
import { claimsOf, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { type LogoutReceiver, logoutReceiver } from '../testing/receiver.ts';
import { createTestUser, openTestTenant, type TestTenant } from '../testing/tenant.ts';

const email = 'hana@example.com';
const url = 'https://receiver.example.com/events';
const pushed = { method: 'urn:ietf:rfc:8935', endpoint_url: url, authorization_header: 'Bearer of-the-receiver' };
const audience = 'https://things.example.com/';

let tenant: TestTenant;
let outside: LogoutReceiver;
let userId: string;
let deliveries: SecurityEventDeliveries;

async function open(databaseUrl?: string) {
  outside = logoutReceiver();
  tenant = await openTestTenant({ outbound: outside.outbound, ...(databaseUrl && { databaseUrl }) });
  deliveries = new SecurityEventDeliveries(tenant.ctx, (error) => assert.fail(String(error)));
  userId = (await createTestUser(tenant, email)).user_id;
  const identifier = `${tenant.ctx.issuer}ssf/`;
  const scopes = [{ value: 'ssf.manage' }, { value: 'ssf.read' }];
  await createResourceServer(tenant.ctx, { name: 'Signals', identifier, scopes });
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

// biome-ignore lint/suspicious/noExplicitAny: what is answered differs with what is asked.
type Answer = { readonly status: number; readonly body: any };

interface Call {
  readonly client: Client;
  (method: Method, path: string, payload?: object): Promise<Answer>;
}

async function receiver(scope = ['ssf.manage'], settings: Partial<Client> = {}): Promise<Call> {
  const machine = await TestApplication.create(tenant, { app_type: 'non_interactive', ...settings });
  const identifier = `${tenant.ctx.issuer}ssf/`;
  await grantClient(tenant.ctx, { client_id: machine.client.client_id, audience: identifier, scope });
  const { body } = await machine.post({ grant_type: 'client_credentials', audience: identifier });
  const headers = { host: 'id.example.com', authorization: `Bearer ${body['access_token']}` };
  const call = async (method: Method, path: string, payload?: object): Promise<Answer> => {
    const answer = await tenant.app.inject({ method, url: path, headers, ...(payload ? { payload } : {}) });
    return { status: answer.statusCode, body: answer.body === '' ? undefined : JSON.parse(answer.body) };
  };
  return Object.assign(call, { client: machine.client });
}

async function streamOf(call: Call, settings: object = {}): Promise<string> {
  const { status, body } = await call('POST', '/ssf/streams', { events_requested: supportedEvents, ...settings });
  assert.equal(status, 201, JSON.stringify(body));
  return body.stream_id;
}

async function signInAndOut() {
  const app = await TestApplication.create(tenant);
  const browser = new TestBrowser(tenant);
  await app.redeem((await app.signIn(browser, email)).get('code'));
  await browser.open('/v2/logout');
}

interface Told {
  readonly jti: string;
  readonly uri: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

function toldBy(set: string): Told {
  const claims = claimsOf(set);
  const [[uri, payload] = ['', {}]] = Object.entries(claims['events'] as Record<string, Record<string, unknown>>);
  return { jti: String(claims['jti']), uri, payload, claims };
}

async function poll(call: Call, more: object = {}): Promise<Told[]> {
  const { status, body } = await call('POST', '/ssf/poll', { returnImmediately: true, ...more });
  assert.equal(status, 200, JSON.stringify(body));
  return Object.values<string>(body.sets).map(toldBy);
}

const names = (told: readonly Told[]) => told.map(({ uri }) => uri.split('/').at(-1)).toSorted();

async function change(settings: Parameters<typeof changeAccount>[2]) {
  const connection = await findConnection(tenant.ctx, 'Username-Password-Authentication');
  assert.ok(await changeAccount(tenant.ctx, userId, settings, connection));
}

describe('a receiver of security events', () => {
  beforeEach(() => open());
  afterEach(() => tenant.close());

  test('that polls gets an ended session until it acknowledges it', async () => {
    const call = await receiver();
    await streamOf(call);
    await signInAndOut();
    const [told] = await poll(call);
    assert.equal(told?.uri, eventUris['session-revoked']);
    assert.equal(told?.payload['initiating_entity'], 'user');
    const { sub_id, aud, iss, exp, sub } = (told as Told).claims as Record<
      string,
      Record<string, Record<string, string>>
    >;
    assert.deepEqual([aud, iss, exp, sub], [call.client.client_id, tenant.ctx.issuer, undefined, undefined]);
    assert.equal(sub_id?.['user']?.['sub'], userId);
    assert.equal((await poll(call))[0]?.jti, told?.jti);
    assert.deepEqual(await poll(call, { ack: [told?.jti] }), []);
  });

  test('gets an event that it cannot take no more once it says so', async () => {
    const call = await receiver();
    await streamOf(call);
    await signInAndOut();
    const [told] = await poll(call);
    const setErrs = { [told?.jti as string]: { err: 'invalid_key', description: 'unknown' } };
    assert.deepEqual(await poll(call, { setErrs }), []);
  });

  test('that is patient is answered as soon as something happens', async () => {
    const call = await receiver();
    await streamOf(call);
    const waiting = call('POST', '/ssf/poll', {});
    await signInAndOut();
    assert.equal(Object.keys((await waiting).body.sets).length, 1);
  });

  test('that is patient is answered when the server stops', async () => {
    const call = await receiver();
    await streamOf(call);
    const waiting = call('POST', '/ssf/poll', {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    await tenant.app.close();
    assert.deepEqual((await waiting).body, { sets: {}, moreAvailable: false });
  });

  test('is told what acts do to people: new passwords, blocks, addresses, roles, and the end of an account', async () => {
    const call = await receiver();
    await streamOf(call);
    await createResourceServer(tenant.ctx, { name: 'Things', identifier: audience, scopes: [{ value: 'read' }] });
    const permissions = [{ resource_server_identifier: audience, permission_name: 'read' }];
    const role = await createRole(tenant.ctx, { name: 'Reader', permissions });
    const told = async (act: () => Promise<unknown>): Promise<Told> => {
      await act();
      const events = await poll(call);
      assert.equal(events.length, 1, names(events).join());
      await poll(call, { ack: events.map(({ jti }) => jti) });
      return events[0] as Told;
    };
    const expected = async (name: EventName, payload: object, act: () => Promise<unknown>) => {
      const { uri, payload: said } = await told(act);
      assert.equal(uri, eventUris[name]);
      const { event_timestamp, ...rest } = said;
      assert.deepEqual(rest, payload);
      if (uri.includes('/caep/')) assert.equal(event_timestamp, Math.floor(tenant.ctx.now() / 1000));
    };
    const by = { initiating_entity: 'admin' };
    const password = { ...by, change_type: 'update', credential_type: 'password' };
    await expected('credential-change', password, () => change({ password: 'Another-horse-battery-2' }));
    await expected('account-disabled', {}, () => change({ blocked: true }));
    await expected('account-enabled', {}, () => change({ blocked: false }));
    const address = { email: 'new@example.com', email_verified: false };
    await expected('token-claims-change', { ...by, claims: address }, () => change({ email: 'new@example.com' }));
    const gained = { ...by, claims: { aud: audience, permissions: ['read'] } };
    await expected('token-claims-change', gained, () => assignRolesTo(tenant.ctx, userId, [role.id]));
    const lost = { ...by, claims: { aud: audience, permissions: [] } };
    await expected('token-claims-change', lost, () => removeRolesFrom(tenant.ctx, userId, [role.id]));
    await expected('account-purged', {}, () => removeAccount(tenant.ctx, userId));
    await change({ nickname: 'nobody' }).catch(() => undefined);
    assert.deepEqual(await poll(call), []);
  });

  test('is told only what it asked for, of those whom it did not leave out', async () => {
    const call = await receiver();
    const stream_id = await streamOf(call, {
      events_requested: [eventUris['account-disabled'], 'https://other.example/'],
    });
    await change({ password: 'Another-horse-battery-2' });
    assert.deepEqual(await poll(call), []);
    const subjects = [
      { format: 'iss_sub', iss: tenant.ctx.issuer, sub: userId },
      { format: 'email', email: 'Hana@Example.com' },
      { format: 'complex', user: { format: 'email', email } },
    ];
    for (const subject of subjects) {
      assert.equal((await call('POST', '/ssf/subjects/remove', { stream_id, subject })).status, 204);
      await change({ blocked: true });
      assert.deepEqual(await poll(call), []);
      assert.equal((await call('POST', '/ssf/subjects/add', { stream_id, subject })).status, 200);
      await change({ blocked: false });
    }
    await change({ blocked: true });
    assert.deepEqual(names(await poll(call)), ['account-disabled']);
  });

  test('knows a person by its own name for them', async () => {
    const call = await receiver(['ssf.manage'], { subject_type: 'pairwise', callbacks: ['https://r.example.com/'] });
    await streamOf(call);
    await change({ blocked: true });
    const [told] = await poll(call);
    const { sub } = (told as Told).claims['sub_id'] as { sub: string };
    assert.notEqual(sub, userId);
    const stream_id = (await call('GET', '/ssf/streams')).body[0].stream_id;
    const subject = { format: 'iss_sub', iss: tenant.ctx.issuer, sub };
    assert.equal((await call('POST', '/ssf/subjects/remove', { stream_id, subject })).status, 204);
    await change({ blocked: false });
    assert.deepEqual(names(await poll(call, { ack: [told?.jti] })), []);
  });

  test('that is down is pushed to again until it takes the event, with its own header', async () => {
    const call = await receiver();
    await streamOf(call, { delivery: pushed });
    await change({ blocked: true });
    outside.answers.set(url, 503);
    await deliveries.deliver();
    outside.answers.set(url, async () => {
      throw new OutboundFailed('nobody answers');
    });
    tenant.pass(11_000);
    await deliveries.deliver();
    outside.answers.set(url, 202);
    tenant.pass(3_600_000);
    await deliveries.deliver();
    tenant.pass(3_600_000);
    await deliveries.deliver();
    assert.equal(outside.requests.length, 3);
    const [first, , last] = outside.requests;
    assert.equal(first?.body, last?.body, 'the same token each time');
    assert.equal(last?.headers?.['authorization'], 'Bearer of-the-receiver');
    assert.equal(last?.headers?.['content-type'], 'application/secevent+jwt');
    assert.deepEqual(names([toldBy(String(last?.body))]), ['account-disabled']);
  });

  test('that refuses an event for good is not asked again, and that is in the log', async () => {
    const call = await receiver();
    await streamOf(call, { delivery: pushed });
    await change({ blocked: true });
    outside.answers.set(url, 400);
    await deliveries.deliver();
    tenant.pass(3_600_000);
    await deliveries.deliver();
    assert.equal(outside.requests.length, 1);
    assert.ok(tenant.events.some(({ type }) => type === 'security_event_failed'));
  });

  test('that is paused is told afterwards; that is disabled is not', async () => {
    const call = await receiver();
    const stream_id = await streamOf(call, { delivery: pushed });
    const status = (to: string) => call('POST', '/ssf/status', { stream_id, status: to, reason: 'moving house' });
    assert.deepEqual((await status('paused')).body, { stream_id, status: 'paused', reason: 'moving house' });
    await change({ blocked: true });
    await deliveries.deliver();
    assert.equal(outside.requests.length, 0);
    await status('enabled');
    await deliveries.deliver();
    assert.equal(outside.requests.length, 1);
    await status('disabled');
    await change({ blocked: false });
    await deliveries.deliver();
    await status('enabled');
    await deliveries.deliver();
    assert.equal(outside.requests.length, 1);
    assert.equal((await call('GET', `/ssf/status?stream_id=${stream_id}`)).body.status, 'enabled');
  });

  test('whose grant is gone is told nothing more, and its stream goes', async () => {
    const call = await receiver();
    await streamOf(call, { delivery: pushed });
    await change({ blocked: true });
    await forgetClientGrants(tenant.ctx, { client_id: call.client.client_id });
    await deliveries.deliver();
    assert.equal(outside.requests.length, 0);
    assert.deepEqual(await streamRecords.list(tenant.ctx), []);
  });

  test('has its stream verified, with what it said, and not too often', async () => {
    const call = await receiver();
    const stream_id = await streamOf(call);
    assert.equal((await call('POST', '/ssf/verify', { stream_id, state: 'hello' })).status, 204);
    assert.equal((await call('POST', '/ssf/verify', { stream_id, state: 'again' })).status, 429);
    const [told] = await poll(call);
    assert.deepEqual([told?.uri, told?.payload], [verificationUri, { state: 'hello' }]);
    assert.deepEqual(told?.claims['sub_id'], { format: 'opaque', id: stream_id });
    tenant.pass(10_000);
    assert.equal((await call('POST', '/ssf/verify', { stream_id })).status, 204);
  });

  test('changes its stream or replaces it, and never sends one receiver’s header to another address', async () => {
    const call = await receiver();
    const stream_id = await streamOf(call, { delivery: pushed, description: 'Ours' });
    const asked = [eventUris['account-disabled']];
    const patched = await call('PATCH', '/ssf/streams', { stream_id, events_requested: asked });
    assert.deepEqual(patched.body.events_delivered, asked);
    assert.equal(patched.body.description, 'Ours');
    assert.equal(patched.body.delivery.authorization_header, undefined, 'never told again');
    const moved = { method: pushed.method, endpoint_url: 'https://elsewhere.example.com/' };
    await call('PATCH', '/ssf/streams', { stream_id, delivery: moved });
    await change({ blocked: true });
    await deliveries.deliver();
    assert.deepEqual(outside.urls(), [moved.endpoint_url]);
    assert.equal(outside.requests[0]?.headers?.['authorization'], undefined);
    const replaced = await call('PUT', '/ssf/streams', { stream_id, events_requested: supportedEvents });
    assert.equal(replaced.body.delivery.method, 'urn:ietf:rfc:8936');
    assert.equal(replaced.body.description, undefined);
    const foreign = await call('PATCH', '/ssf/streams', { stream_id, aud: 'https://somebody.example.com/' });
    assert.equal(foreign.status, 400);
  });

  test("cannot see, change or delete another's stream, nor have two", async () => {
    const [mine, theirs] = [await receiver(), await receiver()];
    const stream_id = await streamOf(mine);
    assert.equal((await mine('POST', '/ssf/streams', {})).status, 409);
    assert.equal((await theirs('GET', `/ssf/streams?stream_id=${stream_id}`)).status, 404);
    assert.equal((await theirs('DELETE', `/ssf/streams?stream_id=${stream_id}`)).status, 404);
    assert.equal((await theirs('PATCH', '/ssf/streams', { stream_id, description: 'mine' })).status, 404);
    assert.equal((await theirs('PUT', '/ssf/streams', { stream_id })).status, 404);
    assert.equal((await theirs('POST', '/ssf/status', { stream_id, status: 'disabled' })).status, 404);
    assert.equal((await theirs('POST', '/ssf/verify', { stream_id })).status, 404);
    assert.equal((await theirs('POST', '/ssf/poll', {})).status, 404);
    await streamOf(theirs);
    await signInAndOut();
    const [told] = await poll(mine);
    await poll(theirs, { ack: [told?.jti] });
    assert.equal((await poll(mine))[0]?.jti, told?.jti, 'nor acknowledge what is for another');
    assert.equal((await mine('DELETE', `/ssf/streams?stream_id=${stream_id}`)).status, 204);
    assert.deepEqual((await mine('GET', '/ssf/streams')).body, []);
  });

  test('needs a token for this, with the scope for what it does', async () => {
    const headers = { host: 'id.example.com' };
    const naked = await tenant.app.inject({ method: 'POST', url: '/ssf/poll', headers, payload: {} });
    assert.equal(naked.statusCode, 401);
    assert.match(String(naked.headers['www-authenticate']), /^Bearer/);
    const reader = await receiver(['ssf.read']);
    assert.equal((await reader('POST', '/ssf/streams', {})).status, 403);
    assert.equal((await reader('GET', '/ssf/streams')).status, 200);
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['an address that is not https', { delivery: { ...pushed, endpoint_url: 'http://receiver.example.com/' } }],
    ['a header of two lines', { delivery: { ...pushed, authorization_header: 'a\r\nx: b' } }],
    ['a method that nobody knows', { delivery: { method: 'pigeon' } }],
    ['events that are no list', { events_requested: 'all' }],
    ['a description that is too long', { description: 'x'.repeat(1025) }],
  ];
  for (const [what, settings] of wrong) {
    test(`is refused ${what}`, async () => {
      const { status, body } = await (await receiver())('POST', '/ssf/streams', settings);
      assert.equal(status, 400);
      assert.equal(body.error, 'invalid_request');
    });
  }

  test('is refused a request that makes no sense', async () => {
    const call = await receiver();
    const stream_id = await streamOf(call);
    const statuses = [
      call('POST', '/ssf/poll', { maxEvents: -1 }),
      call('POST', '/ssf/poll', { ack: 'all' }),
      call('POST', '/ssf/poll', { setErrs: [] }),
      call('POST', '/ssf/poll', { returnImmediately: 'yes' }),
      call('POST', '/ssf/status', { stream_id, status: 'asleep' }),
      call('POST', '/ssf/verify', { stream_id, state: {} }),
      call('POST', '/ssf/subjects/remove', { stream_id, subject: { format: 'iss_sub', iss: 'https://x/', sub: 'a' } }),
      call('POST', '/ssf/subjects/remove', { stream_id, subject: { format: 'complex', user: null } }),
      call('POST', '/ssf/subjects/add', { stream_id, subject: 'hana' }),
      call('GET', '/ssf/status'),
    ];
    for (const answer of statuses) assert.equal((await answer).status, 400);
  });
});

for (const dialect of ['sqlite', 'postgres'] as const) {
  test(`on ${dialect}, of several nodes that tell receivers at once each event is told by one`, () =>
    withDatabase(dialect, async (databaseUrl) => {
      await open(databaseUrl);
      try {
        const call = await receiver();
        await streamOf(call, { delivery: pushed });
        for (let turn = 0; turn < 30; turn++) await change({ blocked: turn % 2 === 0 });
        const nodes = Array.from(
          { length: 4 },
          () => new SecurityEventDeliveries(tenant.ctx, (error) => assert.fail(String(error))),
        );
        await Promise.all(nodes.map((node) => node.deliver()));
        const told = outside.requests.map(({ body }) => toldBy(String(body)).jti);
        assert.deepEqual([told.length, new Set(told).size], [30, 30]);
      } finally {
        await tenant.close();
      }
    }));
}
