// Tests registration by leave (A14, RFC 7591 §3): where the tenant wants it so, only who was given a token registers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { issueInitialAccessToken } from '#domain/initial-access-tokens';
import { openRegistration, register, registerAnew, registered } from '#testing/registering';
import { openTestTenant, type TestTenant } from '#testing/tenant';

const hourSec = 3600;
let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant();
  await openRegistration(tenant, {
    flags: { enable_dynamic_client_registration: true, require_initial_access_token: true },
  });
});
after(() => tenant.close());

const issue = (lifetimeSec = hourSec) => issueInitialAccessToken(tenant.ctx, { lifetimeSec });

describe('where a token is needed', () => {
  test('nobody registers without one, and is told to bring one', async () => {
    const { status, headers, body } = await register(tenant);
    assert.deepEqual([status, body['error']], [401, 'invalid_token']);
    assert.match(String(headers['www-authenticate']), /^Bearer /);
  });

  test('one application registers with it, and no other one', async () => {
    const token = issue();
    const { status, body } = await register(tenant, {}, token);
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal((await register(tenant, {}, token)).status, 401);
  });

  test('one of several that come with it at once registers', async () => {
    const token = issue();
    const all = await Promise.all([1, 2, 3, 4].map(() => register(tenant, {}, token)));
    assert.deepEqual(all.map(({ status }) => status).sort(), [201, 401, 401, 401]);
  });

  test('who made a mistake comes again with it', async () => {
    const token = issue();
    assert.equal((await register(tenant, { redirect_uris: [] }, token)).status, 400);
    assert.equal((await register(tenant, {}, token)).status, 201);
  });

  test('it is of no use when its time is over', async () => {
    const token = issue();
    tenant.pass(hourSec * 1000);
    assert.deepEqual((await register(tenant, {}, token)).body['error'], 'invalid_token');
  });

  test('nothing else passes for one', async () => {
    const { body: known } = await register(tenant, {}, issue());
    const sealedForAnother = tenant.ctx.vault.seal('opaque-access-token', '{"id":"x","expires_at":9e15}');
    for (const token of [known['registration_access_token'], known['client_secret'], sealedForAnother, 'x']) {
      const { status, body } = await register(tenant, {}, token);
      assert.deepEqual([status, body['error']], [401, 'invalid_token']);
    }
  });

  test('what is registered is changed with its own token, as ever, and not with that one', async () => {
    const token = issue();
    const { body: known } = await register(tenant, {}, token);
    const foreign = await registerAnew(tenant, { ...known, registration_access_token: issue() }, {});
    assert.equal(foreign.status, 401);
    assert.equal((await registerAnew(tenant, known, { client_name: 'New' })).status, 200);
  });

  test('a lifetime beyond 30 days is none', () => {
    for (const lifetimeSec of [0, -1, 1.5, Number.NaN, 30 * 86_400 + 1]) {
      assert.throws(() => issue(lifetimeSec), RangeError);
    }
  });
});

test('where none is needed, one that is presented says nothing', async () => {
  const own = await openTestTenant();
  await openRegistration(own);
  assert.equal((await register(own, {}, 'anything')).status, 201);
  await own.close();
});

test('changes count among the registrations of an address, because each may have us ask elsewhere', async () => {
  const own = await openTestTenant();
  await openRegistration(own);
  let known = await registered(own);
  for (let count = 1; count < 300; count += 1) {
    const { status, body } = await registerAnew(own, known, {});
    assert.equal(status, 200);
    known = body;
  }
  assert.equal((await registerAnew(own, known, {})).status, 429);
  await own.close();
});
