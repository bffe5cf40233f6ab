// Tests that receivers are told of sessions that end, and see no stream but their own (X10).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { grantClient } from '#domain/client-grants';
import { createResourceServer } from '#domain/resource-servers';
import { deliverSecurityEvents } from '#domain/security-event-deliveries';
import { sessionRevoked } from '#protocol/security-event';
import { claimsOf, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { logoutReceiver } from '../testing/receiver.ts';
import { createTestUser, openTestTenant, type TestTenant } from '../testing/tenant.ts';

const email = 'hana@example.com';
const url = 'https://receiver.example.com/events';
const outside = logoutReceiver();
let tenant: TestTenant;
let userId: string;

before(async () => {
  tenant = await openTestTenant({ outbound: outside.outbound });
  userId = (await createTestUser(tenant, email)).user_id;
  const scopes = [{ value: 'ssf.manage' }, { value: 'ssf.read' }];
  await createResourceServer(tenant.ctx, { name: 'Signals', identifier: `${tenant.ctx.issuer}ssf/`, scopes });
});
after(() => tenant.close());

async function receiver(scope = ['ssf.manage']) {
  const machine = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  const audience = `${tenant.ctx.issuer}ssf/`;
  await grantClient(tenant.ctx, { client_id: machine.client.client_id, audience, scope });
  const { body } = await machine.post({ grant_type: 'client_credentials', audience });
  const headers = { host: 'id.example.com', authorization: `Bearer ${body.access_token}` };
  return async (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) => {
    const answer = await tenant.app.inject({ method, url: path, headers, ...(payload ? { payload } : {}) });
    return { status: answer.statusCode, body: answer.body === '' ? undefined : JSON.parse(answer.body) };
  };
}

async function signInAndOut() {
  const app = await TestApplication.create(tenant);
  const browser = new TestBrowser(tenant);
  await app.redeem((await app.signIn(browser, email)).get('code'));
  await browser.open('/v2/logout');
}

describe('a receiver', () => {
  test('that polls gets an ended session until it acknowledges it', async () => {
    const call = await receiver();
    assert.equal((await call('POST', '/ssf/streams', { events_requested: [sessionRevoked] })).status, 201);
    await signInAndOut();
    const [[jti, set] = []] = Object.entries<string>((await call('POST', '/ssf/poll', {})).body.sets);
    const claims = claimsOf(set) as { sub_id: { user: { sub: string } }; events: object };
    assert.equal(claims.sub_id.user.sub, userId);
    assert.ok(sessionRevoked in claims.events);
    assert.deepEqual(Object.keys((await call('POST', '/ssf/poll', {})).body.sets), [jti]);
    assert.deepEqual((await call('POST', '/ssf/poll', { ack: [jti] })).body, { sets: {}, moreAvailable: false });
  });

  test('that is down is pushed to again until it takes the event', async () => {
    const call = await receiver();
    const delivery = { method: 'urn:ietf:rfc:8935', endpoint_url: url };
    const made = await call('POST', '/ssf/streams', { events_requested: [sessionRevoked], delivery });
    await call('POST', '/ssf/verify', { stream_id: made.body.stream_id, state: 'hello' });
    outside.answers.set(url, 503);
    await deliverSecurityEvents(tenant.ctx);
    outside.answers.set(url, 202);
    tenant.pass(11_000);
    await deliverSecurityEvents(tenant.ctx);
    tenant.pass(3_600_000);
    await deliverSecurityEvents(tenant.ctx);
    assert.equal(outside.requests.filter((request) => request.url === url).length, 2);
  });

  test("cannot see or delete another's stream, nor poll without a token", async () => {
    const [mine, theirs] = [await receiver(), await receiver()];
    const { stream_id } = (await mine('POST', '/ssf/streams', {})).body;
    assert.equal((await theirs('GET', `/ssf/streams?stream_id=${stream_id}`)).status, 404);
    assert.equal((await theirs('DELETE', `/ssf/streams?stream_id=${stream_id}`)).status, 404);
    assert.equal((await mine('POST', '/ssf/streams', {})).status, 409);
    const reader = await receiver(['ssf.read']);
    assert.equal((await reader('POST', '/ssf/streams', {})).status, 403);
    assert.equal(
      (await tenant.app.inject({ method: 'POST', url: '/ssf/poll', headers: { host: 'id.example.com' }, payload: {} }))
        .statusCode,
      401,
    );
  });
});
