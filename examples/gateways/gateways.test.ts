// Runs the examples in the real gateways, as they stand but for the ports, in front of a real API.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeAccount } from '../../server/src/domain/account-changes.ts';
import { claimsOf, TestApplication } from '../../server/src/testing/application.ts';
import { TestBrowser } from '../../server/src/testing/browser.ts';
import { DpopSender } from '../../server/src/testing/dpop.ts';
import {
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../../server/src/testing/tenant.ts';

interface Gateway {
  readonly program: string;
  /** What asks it for its version. */
  readonly version: readonly string[];
  readonly example: string;
  readonly args: (directory: string, port: number) => readonly string[];
}

const gateways: Readonly<Record<string, Gateway>> = {
  'nginx, by auth_request': {
    program: 'nginx',
    version: ['-v'],
    example: 'nginx.conf',
    args: (directory) => ['-p', directory, '-c', 'nginx.conf', '-g', 'daemon off; user root;'],
  },
  'Caddy, by forward_auth': {
    program: 'caddy',
    version: ['version'],
    example: 'Caddyfile',
    args: (directory) => ['run', '--adapter', 'caddyfile', '--config', join(directory, 'Caddyfile')],
  },
  'Envoy, by ext_authz': {
    program: 'envoy',
    version: ['--version'],
    example: 'envoy.yaml',
    args: (directory) => ['-c', join(directory, 'envoy.yaml'), '--disable-hot-restart', '--log-level', 'error'],
  },
  'Traefik, by forwardAuth': {
    program: 'traefik',
    version: ['version'],
    example: 'traefik.yaml',
    args: (directory, port) => [
      `--entrypoints.web.address=127.0.0.1:${port}`,
      `--providers.file.filename=${join(directory, 'traefik.yaml')}`,
      '--log.level=ERROR',
    ],
  },
};

function isInstalled({ program, version }: Gateway): boolean {
  try {
    execFileSync(program, version, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function freePort(): Promise<number> {
  const server = await listening(createServer());
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const forApi = { scope: 'openid read:things', audience: testAudience };

for (const [name, gateway] of Object.entries(gateways)) {
  describe(name, { skip: isInstalled(gateway) ? false : `${gateway.program} is not installed` }, () => {
    const directory = mkdtempSync(join(tmpdir(), 'warifu-gateway-'));
    let tenant: TestTenant;
    let api: Server;
    let child: ChildProcess;
    let app: TestApplication;
    let url = '';
    let token = '';
    /** What the API saw last. */
    let seen: IncomingHttpHeaders = {};

    before(async () => {
      tenant = await openTestTenant();
      await createTestApi(tenant);
      await createTestUser(tenant, 'hana@example.com');
      app = await TestApplication.create(tenant, { require_dpop_nonce: false });
      token = (await app.tokens('hana@example.com', forApi))['access_token'] ?? '';
      await tenant.app.listen({ port: 0, host: '127.0.0.1' });
      api = await listening(
        createServer((request, response) => {
          seen = request.headers;
          response.end('the thing');
        }),
      );
      const port = await freePort();
      const ports = { 4000: portOf(tenant.app.server as Server), 3000: portOf(api), 8080: port };
      const example = readFileSync(join(import.meta.dirname, gateway.example), 'utf8');
      const config = example.replace(/\b(4000|3000|8080)\b/g, (each) => String(ports[each as unknown as 4000]));
      writeFileSync(join(directory, gateway.example), config);
      url = `http://127.0.0.1:${port}/things`;
      const env = { ...process.env, HOME: directory, CADDY_ADMIN: 'localhost:0' };
      child = spawn(gateway.program, gateway.args(directory, port), { stdio: ['ignore', 'ignore', 'pipe'], env });
      let said = '';
      child.stderr?.on('data', (text) => {
        said += text;
      });
      while ((await fetch(url).catch(() => undefined))?.status !== 401) {
        assert.equal(child.exitCode, null, said);
        await sleep(20);
      }
    });
    after(async () => {
      child?.kill('SIGTERM');
      api?.close();
      await tenant?.close();
      rmSync(directory, { recursive: true, force: true });
    });

    const ask = (headers: Record<string, string> = {}, method = 'GET') => fetch(url, { method, headers });
    const bearer = () => ({ authorization: `Bearer ${token}` });

    test('lets in who brings a good token, and tells the API whose it is', async () => {
      const answer = await ask(bearer());
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), 'the thing');
      assert.equal(seen['warifu-subject'], claimsOf(token)['sub']);
      assert.equal(seen['warifu-scope'], 'openid read:things');
    });

    test('lets nobody speak for Warifu', async () => {
      const names = ['subject', 'client', 'scope', 'permissions', 'session', 'claims'];
      const spoofed = Object.fromEntries(names.map((each) => [`warifu-${each}`, 'admin']));
      const answer = await ask({ ...bearer(), ...spoofed, 'warifu-audience': 'other', 'warifu-needed-scope': '' });
      assert.equal(answer.status, 200);
      assert.equal(seen['warifu-subject'], claimsOf(token)['sub']);
      for (const each of names) assert.notEqual(seen[`warifu-${each}`], 'admin', each);
    });

    test('refuses everybody else, and says why', async () => {
      const without = await ask();
      assert.equal(without.status, 401);
      assert.match(String(without.headers.get('www-authenticate')), /^Bearer/);
      const wrong = await ask({ authorization: 'Bearer nonsense' });
      assert.equal(wrong.status, 401);
      assert.match(String(wrong.headers.get('www-authenticate')), /invalid_token/);
      const other = (await app.tokens('hana@example.com', { ...forApi, scope: 'openid' }))['access_token'];
      const less = await ask({ authorization: `Bearer ${other}` });
      assert.equal(less.status, 403);
      assert.match(String(less.headers.get('www-authenticate')), /insufficient_scope/);
    });

    test('passes on what was called to who checks the proof of a key', async () => {
      const sender = new DpopSender(tenant);
      const code = (await app.signIn(new TestBrowser(tenant), 'hana@example.com', forApi)).get('code');
      const bound = (await app.redeem(code, {}, { dpop: await sender.proof() })).body['access_token'] ?? '';
      const sent = async (wish: { method: string; url?: string }, headers: Record<string, string> = {}) => {
        const dpop = await sender.proof({ url, ...wish, accessToken: bound });
        return (await ask({ authorization: `DPoP ${bound}`, dpop, ...headers }, 'PUT')).status;
      };
      assert.equal(await sent({ method: 'PUT' }), 200);
      assert.equal(await sent({ method: 'GET' }, { 'x-forwarded-method': 'GET', 'x-original-method': 'GET' }), 401);
      const elsewhere = url.replace('/things', '/others');
      const tale = { 'x-forwarded-uri': '/others', 'x-original-url': elsewhere };
      assert.equal(await sent({ method: 'PUT', url: elsewhere }, tale), 401);
    });

    test('refuses a token that was taken back from the next request on', async () => {
      assert.equal((await ask(bearer())).status, 200);
      await changeAccount(tenant.ctx, String(claimsOf(token)['sub']), { blocked: true }, undefined);
      assert.equal((await ask(bearer())).status, 401);
    });
  });
}
