// Tests that every application hears of a log-out once, whichever node tells it, and that who doesn't answer keeps
// nobody waiting.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { verifyJwt } from '#crypto/jwt';
import { loadServerCertificate } from '#crypto/local-ca';
import { createOutbound } from '#http/outbound';
import { OutboundFailed } from '#protocol/outbound';
import * as outbox from '#storage/tables/logout-outbox';
import { withDatabase } from '#storage/testing';
import { claimsOf, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { type LogoutReceiver, logoutReceiver } from '../testing/receiver.ts';
import { createTestUser, openTestTenant, type TestOptions, type TestTenant } from '../testing/tenant.ts';
import { LogoutDeliveries } from './logout-deliveries.ts';

const email = 'hana@example.com';
const second = 1000;
const hour = 3600 * second;
const url = 'https://app.example.com/backchannel';

interface Bench {
  readonly receiver: LogoutReceiver;
  readonly tenant: TestTenant;
  readonly deliveries: LogoutDeliveries;
  readonly app: TestApplication;
  /** Signs in and logs out: one more delivery is due. */
  logOut(): Promise<void>;
  waiting(): Promise<number>;
}

const workerOf = (tenant: TestTenant) =>
  new LogoutDeliveries(tenant.ctx, (error) => assert.fail(error instanceof Error ? error : String(error)));

async function withBench(work: (bench: Bench) => Promise<void>, options: TestOptions = {}, urls = [url]) {
  const receiver = logoutReceiver();
  const tenant = await openTestTenant({ outbound: receiver.outbound, ...options });
  try {
    await createTestUser(tenant, email);
    const app = await TestApplication.create(tenant, { oidc_logout: { backchannel_logout_urls: urls } });
    const logOut = async () => {
      const browser = new TestBrowser(tenant);
      await app.redeem((await app.signIn(browser, email)).get('code'));
      assert.equal((await browser.open('/v2/logout')).status, 200);
    };
    const waiting = async () =>
      (await tenant.ctx.database.queries.selectFrom('logout_outbox').selectAll().execute()).length;
    await work({ receiver, tenant, deliveries: workerOf(tenant), app, logOut, waiting });
  } finally {
    await tenant.close();
  }
}

const outcomes = ({ events }: TestTenant) =>
  events.flatMap(({ type, description }) => (type.startsWith('oidc_backchannel') ? [`${type} ${description}`] : []));

describe('an answer', () => {
  for (const status of [200, 204]) {
    test(`of ${status} is the end of it`, () =>
      withBench(async ({ receiver, tenant, deliveries, logOut, waiting }) => {
        receiver.answers.set(url, status);
        await logOut();
        await deliveries.deliver();
        assert.equal(await waiting(), 0);
        assert.deepEqual(outcomes(tenant), [`oidc_backchannel_logout_succeeded ${url}`]);
        tenant.pass(25 * hour);
        await deliveries.deliver();
        assert.equal(receiver.requests.length, 1);
      }));
  }

  test('of 400 is final: the application will never take it', () =>
    withBench(async ({ receiver, tenant, deliveries, logOut, waiting }) => {
      receiver.answers.set(url, 400);
      await logOut();
      await deliveries.deliver();
      assert.equal(await waiting(), 0);
      assert.deepEqual(outcomes(tenant), [
        `oidc_backchannel_logout_failed ${url}: status 400, given up after 1 of 10 attempts`,
      ]);
    }));

  for (const status of [302, 404, 429, 500, 503]) {
    test(`of ${status} is tried again, ten seconds later and then four times as long`, () =>
      withBench(async ({ receiver, tenant, deliveries, logOut, waiting }) => {
        receiver.answers.set(url, status);
        await logOut();
        for (const [attempts, waitSec] of [
          [1, 10],
          [2, 40],
          [3, 160],
        ] as const) {
          await deliveries.deliver();
          assert.equal(receiver.requests.length, attempts);
          tenant.pass(waitSec * second - 1);
          await deliveries.deliver();
          assert.equal(receiver.requests.length, attempts, 'too early');
          tenant.pass(1);
        }
        receiver.answers.set(url, 200);
        await deliveries.deliver();
        assert.equal(await waiting(), 0);
        const tokens = receiver.tokens(url).map(claimsOf);
        assert.equal(new Set(tokens.map(({ jti }) => jti)).size, 1, 'one log-out, one jti');
        assert.equal(tokens.at(-1)?.['iat'], Math.floor(tenant.ctx.now() / 1000));
      }));
  }
});

test('D13: who fails for good is given up after ten attempts, within a day', () =>
  withBench(async ({ receiver, tenant, deliveries, logOut, waiting }) => {
    receiver.answers.set(url, 500);
    await logOut();
    for (let hours = 0; hours < 26; hours += 1) {
      await deliveries.deliver();
      tenant.pass(hour);
    }
    assert.equal(receiver.requests.length, 10);
    assert.equal(await waiting(), 0);
    assert.match(outcomes(tenant).at(-1) ?? '', /status 500, given up after 10 of 10 attempts$/);
  }));

test('a delivery that waited for a day while no node ran is tried once more', () =>
  withBench(async ({ receiver, tenant, deliveries, logOut, waiting }) => {
    receiver.answers.set(url, 500);
    await logOut();
    tenant.pass(30 * hour);
    await deliveries.deliver();
    assert.equal(receiver.requests.length, 1);
    assert.equal(await waiting(), 0);
  }));

test('D13: the log-out answers at once, though an application never does', () =>
  withBench(async ({ receiver, deliveries, logOut }) => {
    const never = Promise.withResolvers<number>();
    receiver.answers.set(url, () => never.promise);
    await logOut();
    const delivering = deliveries.deliver();
    await logOut();
    never.resolve(200);
    await delivering;
  }));

test('D13: of a thousand deliveries to the dead a few are tried, and whoever lives is told in the same round', () =>
  withBench(
    async ({ receiver, tenant, deliveries, app, waiting }) => {
      const [dead, live] = ['https://dead.example.com/', url];
      const { client_id } = app.client;
      const full = Promise.withResolvers<void>();
      let atOnce = 0;
      let most = 0;
      receiver.answers.set(dead, async () => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        if (atOnce === 20) full.resolve();
        await full.promise;
        atOnce -= 1;
        throw new OutboundFailed('no answer');
      });
      const created_at = tenant.ctx.now();
      const row = (id: number, address: string) => ({
        ...{ id: `delivery-${id}`, client_id, url: address, user_id: 'auth0|1', sid: 'sid' },
        ...{ attempts: 0, next_attempt_at: created_at + id, created_at },
      });
      const rows = Array.from({ length: 1000 }, (_, id) => row(id, dead));
      await outbox.insert(tenant.ctx.database.queries, [...rows, row(1000, live)]);
      tenant.pass(second);
      await deliveries.deliver();
      assert.deepEqual(receiver.tokens(live).length, 1);
      assert.equal(most, 20);
      assert.ok(receiver.tokens(dead).length <= 40, `${receiver.tokens(dead).length}`);
      assert.equal(await waiting(), 1000);
    },
    {},
    ['https://dead.example.com/', url],
  ));

test('an application without the secret that its algorithm needs is given up, and the others are told', () =>
  withBench(async ({ receiver, tenant, deliveries, app }) => {
    const jwt_configuration = { alg: 'HS256', lifetime_in_seconds: 600 } as const;
    const oidc_logout = { backchannel_logout_urls: ['https://odd.example.com/'] };
    const odd = await TestApplication.create(tenant, { jwt_configuration, oidc_logout });
    const browser = new TestBrowser(tenant);
    await app.redeem((await app.signIn(browser, email)).get('code'));
    await odd.redeem((await odd.silently(browser)).get('code'));
    await browser.open('/v2/logout');
    await deliveries.deliver();
    assert.deepEqual(receiver.urls(), [url]);
    const [failure] = outcomes(tenant).filter((outcome) => outcome.startsWith('oidc_backchannel_logout_failed'));
    assert.match(failure ?? '', /odd\.example\.com.* has no secret .*given up after 1 of 10 attempts$/);
  }));

test('a process that dies with a delivery in hand leaves it to the next one, which begins it half a minute later', () =>
  withBench(async ({ receiver, tenant, deliveries, logOut, waiting }) => {
    await logOut();
    // What a killed process leaves behind: the claim.
    const now = tenant.ctx.now();
    const claimed = await outbox.claim(tenant.ctx.database.queries, { now, until: now + 30 * second, limit: 1 });
    assert.equal(claimed.length, 1);
    tenant.pass(30 * second - 1);
    await deliveries.deliver();
    assert.equal(receiver.requests.length, 0);
    tenant.pass(1);
    await deliveries.deliver();
    assert.equal(claimsOf(receiver.tokens(url)[0])['jti'], claimed[0]?.id);
    assert.equal(await waiting(), 0);
  }));

test('a worker that is stopped finishes what it began, and begins nothing more', () =>
  withBench(async ({ receiver, tenant, deliveries, logOut, waiting }) => {
    const answer = Promise.withResolvers<number>();
    const arrived = Promise.withResolvers<void>();
    receiver.answers.set(url, () => {
      arrived.resolve();
      return answer.promise;
    });
    await logOut();
    deliveries.start();
    await arrived.promise;
    await logOut();
    const stopping = deliveries.stop();
    answer.resolve(200);
    await stopping;
    assert.equal(outcomes(tenant).length, 1);
    assert.equal(await waiting(), 1);
  }));

test('a worker that runs tells of what is logged out meanwhile', () =>
  withBench(async ({ receiver, deliveries, logOut }) => {
    const arrived = Promise.withResolvers<void>();
    deliveries.start();
    receiver.answers.set(url, async () => {
      arrived.resolve();
      return 200;
    });
    await logOut();
    await arrived.promise;
    await deliveries.stop();
    assert.equal(receiver.requests.length, 1);
  }));

for (const dialect of ['sqlite', 'postgres'] as const) {
  test(`two workers on one ${dialect} tell of each of fifty log-outs once`, () =>
    withDatabase(dialect, (databaseUrl) =>
      withBench(
        async ({ receiver, tenant, deliveries, logOut, waiting }) => {
          for (let count = 0; count < 50; count += 1) await logOut();
          const others = [workerOf(tenant), workerOf(tenant)];
          await Promise.all([deliveries, ...others].map((worker) => worker.deliver()));
          assert.equal(new Set(receiver.tokens(url).map((token) => claimsOf(token)['jti'])).size, 50);
          assert.equal(receiver.requests.length, 50);
          assert.equal(await waiting(), 0);
        },
        { databaseUrl },
      ),
    ));
}

test('two nodes of one PostgreSQL tell of each log-out once', () =>
  withDatabase('postgres', (databaseUrl) =>
    withBench(
      async ({ receiver, tenant, deliveries, logOut }) => {
        const node = await openTestTenant({ databaseUrl, outbound: receiver.outbound });
        try {
          for (let count = 0; count < 30; count += 1) await logOut();
          await Promise.all([deliveries.deliver(), workerOf(node).deliver()]);
          assert.equal(new Set(receiver.tokens(url)).size, 30);
          assert.equal(receiver.requests.length, 30);
          assert.equal(outcomes(tenant).length + outcomes(node).length, 30);
        } finally {
          await node.close();
        }
      },
      { databaseUrl },
    ),
  ));

test('a real receiver over https gets a form with a token that our published keys verify', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'warifu-logout-'));
  const trusted = getCACertificates('default');
  const { ca, cert, key } = await loadServerCertificate(directory, 'localhost', Date.now());
  const arrived: { type: string | undefined; body: string }[] = [];
  const server = createServer({ cert, key }, async (request, response) => {
    arrived.push({ type: request.headers['content-type'], body: await text(request) });
    response.writeHead(204, { 'cache-control': 'no-store' }).end();
  }).listen(0, 'localhost');
  await once(server, 'listening');
  setDefaultCACertificates([...trusted, ca]);
  try {
    const address = `https://localhost:${(server.address() as AddressInfo).port}/logout?app=1`;
    const work = async ({ tenant, deliveries, logOut, waiting }: Bench) => {
      await logOut();
      await deliveries.deliver();
      assert.deepEqual(outcomes(tenant), [`oidc_backchannel_logout_succeeded ${address}`]);
      assert.equal(await waiting(), 0);
      assert.equal(arrived[0]?.type, 'application/x-www-form-urlencoded');
      const form = new URLSearchParams(arrived[0]?.body);
      assert.deepEqual([...form.keys()], ['logout_token']);
      const claims = verifyJwt(form.get('logout_token') ?? '', tenant.ctx.keys.verifiers, ['logout+jwt']);
      assert.equal(claims?.['iss'], tenant.ctx.issuer);
    };
    await withBench(work, { outbound: createOutbound({ allowPrivate: true }) }, [address]);
    const outward = async ({ tenant, deliveries, logOut }: Bench) => {
      await logOut();
      await deliveries.deliver();
      assert.match(outcomes(tenant)[0] ?? '', /not on the public Internet, to be tried again/);
    };
    await withBench(outward, { outbound: createOutbound({ allowPrivate: false }) }, [address]);
    assert.equal(arrived.length, 1, 'O01: a receiver on the own network was called');
  } finally {
    setDefaultCACertificates(trusted);
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
