// Tests the access tokens of @warifu/verify/session against us: kept for a session, and renewed when they end, however they do.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createVerifier, type VerificationError, type Verifier } from '@warifu/verify';
import { createSessions, type SessionOptions, type Sessions, type SessionToken } from '@warifu/verify/session';
import { createRole } from '../server/src/domain/roles.ts';
import { TestManagement } from '../server/src/testing/management.ts';
import {
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../server/src/testing/tenant.ts';
import { application, baseUrl, email, register, Visitor } from './session-application.ts';

const page = `${baseUrl}/things`;

describe('access tokens of a session', () => {
  let tenant: TestTenant;
  let management: TestManagement;
  let options: SessionOptions;
  let sessions: Sessions;
  let api: Verifier;
  let hana: string;
  /** How often the token endpoint was asked for new tokens. */
  let renewals = 0;

  before(async () => {
    tenant = await openTestTenant();
    management = await TestManagement.open(tenant);
    const { id } = await createTestApi(tenant);
    await management.patch(`/resource-servers/${id}`, { enforce_policies: true, token_dialect: 'access_token_authz' });
    hana = (await createTestUser(tenant, email)).user_id;
    const registered = await register(tenant);
    const { fetch: ask = fetch } = registered;
    options = {
      ...registered,
      audience: testAudience,
      scope: 'openid profile email offline_access read:things',
      lifetime: 86_400,
      feed: 'stream',
      fetch: (input, init) => {
        if (String(init?.body).includes('grant_type=refresh_token')) renewals += 1;
        // Tests cannot wait for a stream here: it is the pages that are read, over and over.
        return String(input).includes('/revocations/stream')
          ? Promise.reject(new Error('no stream'))
          : ask(input, init);
      },
    };
    sessions = createSessions({ ...options, feed: 'poll' });
    const { issuer, now = Date.now } = options;
    api = createVerifier({ issuer, audience: testAudience, feed: 'poll', pollInterval: 0, fetch: ask, now });
  });
  after(async () => {
    for (const each of [sessions, api]) each.close();
    await tenant.close();
  });

  async function signedIn(server = sessions): Promise<Visitor> {
    const hers = new Visitor(tenant, application(server));
    await hers.visit();
    return hers;
  }
  async function tokenOf(hers: Visitor, server = sessions): Promise<SessionToken> {
    const token = await server.accessToken(hers.request(page));
    assert.ok(token, 'There is no token.');
    return token;
  }

  test('are there from the sign-in on, in cookies that nobody else can read', async () => {
    const hers = await signedIn();
    const { token, expiresAt, cookies } = await tokenOf(hers);
    assert.equal((await api.verify(token)).sub, hana);
    assert.deepEqual([expiresAt > tenant.ctx.now() / 1000, cookies], [true, []]);
    assert.deepEqual([...hers.cookies.keys()], ['__Host-session', '__Host-tokens']);
  });

  test('are renewed when they expire, and the new ones kept', async () => {
    const hers = await signedIn();
    const { token, expiresAt } = await tokenOf(hers);
    tenant.pass((expiresAt - 5) * 1000 - tenant.ctx.now());
    const renewed = await tokenOf(hers);
    assert.notEqual(renewed.token, token);
    assert.equal((await api.verify(renewed.token)).sub, hana);
    hers.keep(renewed.cookies);
    const again = await tokenOf(hers);
    assert.deepEqual([again.token, again.cookies], [renewed.token, []]);
  });

  test('are renewed before their time when the feed says that they ended, with what the person may do then', async () => {
    const permission = { resource_server_identifier: testAudience, permission_name: 'read:things' };
    const role = await createRole(tenant.ctx, { name: 'Reader', permissions: [permission] });
    await management.post(`/users/${hana}/roles`, { roles: [role.id] });
    const hers = await signedIn();
    const { token } = await tokenOf(hers);
    assert.deepEqual((await api.verify(token)).permissions, ['read:things']);
    await management.send('DELETE', `/users/${hana}/roles`, { roles: [role.id] });
    await assert.rejects(api.verify(token), ({ code }: VerificationError) => code === 'revoked');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const renewed = await tokenOf(hers);
    assert.deepEqual((await api.verify(renewed.token)).permissions, []);
  });

  test('are renewed once for all requests that come at the same time, and for those that come late with the old cookies', async () => {
    const server = createSessions(options);
    const hers = await signedIn(server);
    const { expiresAt } = await tokenOf(hers, server);
    tenant.pass((expiresAt - 5) * 1000 - tenant.ctx.now());
    renewals = 0;
    const tokens = await Promise.all(Array.from({ length: 8 }, () => tokenOf(hers, server)));
    tokens.push(await tokenOf(hers, server));
    assert.deepEqual([new Set(tokens.map(({ token }) => token)).size, renewals], [1, 1]);
    server.close();
  });

  test('need the person again when they cannot be renewed', async () => {
    const brief = createSessions({ ...options, feed: 'poll', scope: 'openid read:things' });
    const hers = await signedIn(brief);
    assert.equal((await api.verify((await tokenOf(hers, brief)).token)).sub, hana);
    tenant.pass((options.lifetime ?? 0) * 1000 - 5000);
    assert.ok(await brief.read(hers.request(page)));
    assert.equal(await brief.accessToken(hers.request(page)), undefined);
    brief.close();
    const refused = await signedIn();
    // Its own token has expired by now.
    management = await TestManagement.open(tenant);
    assert.equal((await management.delete(`/users/${hana}/refresh-tokens`)).status, 202);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await sessions.accessToken(refused.request(page)), undefined);
  });

  test('end with the session, and go with no other', async () => {
    const hers = await signedIn();
    const others = await signedIn();
    const mixed = new Visitor(tenant, application(sessions));
    mixed.cookies.set('__Host-session', others.cookies.get('__Host-session') ?? '');
    mixed.cookies.set('__Host-tokens', hers.cookies.get('__Host-tokens') ?? '');
    assert.equal(await sessions.accessToken(mixed.request(page)), undefined);
    await hers.issuer.open(`/v2/logout?client_id=${options.clientId}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(await sessions.accessToken(hers.request(page)), undefined);
    await others.open(`${baseUrl}/auth/logout`, { method: 'POST', headers: { origin: baseUrl } });
    assert.equal(others.cookies.size, 0);
  });

  test('that cannot be renewed because nobody answers are an error, and no reason to sign in again', async () => {
    const hers = await signedIn();
    const { fetch: ask = fetch } = options;
    const lonely = createSessions({
      ...options,
      feed: 'poll',
      fetch: (input, init) =>
        String(input).endsWith('/oauth/token') ? Promise.reject(new Error('away')) : ask(input, init),
    });
    tenant.pass((options.lifetime ?? 0) * 1000 - 5000);
    const asked = lonely.accessToken(hers.request(page));
    await assert.rejects(
      asked,
      ({ code, status }: VerificationError) => code === 'issuer_unreachable' && status === 503,
    );
    lonely.close();
  });

  test('are for an API that must be told', async () => {
    const { audience: _, ...plain } = options;
    const without = createSessions({ ...plain, feed: 'poll' });
    await assert.rejects(without.accessToken({ headers: {} }), TypeError);
    without.close();
  });
});
