// Runs the example of nginx with the real one, in front of a real API.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { changeAccount } from '../../server/src/domain/account-changes.ts';
import { claimsOf, TestApplication } from '../../server/src/testing/application.ts';
import {
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
} from '../../server/src/testing/tenant.ts';

function hasNginx(): boolean {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' });
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

/** The example, with the addresses of this test. */
function configFor({ warifu, api, nginx }: Record<'warifu' | 'api' | 'nginx', number>): string {
  return readFileSync(join(import.meta.dirname, 'nginx.conf'), 'utf8')
    .replace('127.0.0.1:4000', `127.0.0.1:${warifu}`)
    .replace('127.0.0.1:3000', `127.0.0.1:${api}`)
    .replace('127.0.0.1:8080', `127.0.0.1:${nginx}`);
}

async function freePort(): Promise<number> {
  const server = await listening(createServer());
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('nginx with auth_request', { skip: hasNginx() ? false : 'nginx is not installed' }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'warifu-nginx-'));
  let tenant: TestTenant;
  let api: Server;
  let nginx: ChildProcess;
  let url = '';
  let token = '';
  let seen: IncomingHttpHeaders = {};

  before(async () => {
    tenant = await openTestTenant();
    await createTestApi(tenant);
    await createTestUser(tenant, 'hana@example.com');
    const app = await TestApplication.create(tenant);
    token =
      (await app.tokens('hana@example.com', { scope: 'openid read:things', audience: testAudience }))['access_token'] ??
      '';
    await tenant.app.listen({ port: 0, host: '127.0.0.1' });
    api = await listening(
      createServer((request, response) => {
        seen = request.headers;
        response.end('the thing');
      }),
    );
    const ports = { warifu: portOf(tenant.app.server as Server), api: portOf(api), nginx: await freePort() };
    writeFileSync(join(directory, 'nginx.conf'), configFor(ports));
    url = `http://127.0.0.1:${ports.nginx}/things`;
    nginx = spawn('nginx', ['-p', directory, '-c', 'nginx.conf', '-g', 'daemon off; user root;'], { stdio: 'inherit' });
    for (;;) {
      const answer = await fetch(url).catch(() => undefined);
      if (answer) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  after(async () => {
    nginx?.kill('SIGTERM');
    api?.close();
    await tenant?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const ask = (headers: Record<string, string> = {}) => fetch(url, { headers });

  test('lets in who brings a good token, and tells the API whose it is', async () => {
    const answer = await ask({ authorization: `Bearer ${token}` });
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), 'the thing');
    assert.equal(seen['warifu-subject'], claimsOf(token)['sub']);
    assert.equal(seen['warifu-scope'], 'openid read:things');
  });

  test('replaces what a client says of itself', async () => {
    const spoofed = Object.fromEntries(
      ['subject', 'client', 'scope', 'permissions', 'session', 'claims'].map((name) => [`warifu-${name}`, 'admin']),
    );
    await ask({ authorization: `Bearer ${token}`, ...spoofed });
    const values = Object.entries(seen).filter(([name]) => name.startsWith('warifu-'));
    assert.equal(seen['warifu-subject'], claimsOf(token)['sub']);
    assert.ok(
      values.every(([, value]) => value !== 'admin'),
      JSON.stringify(values),
    );
  });

  test('refuses everybody else, and says why', async () => {
    const without = await ask();
    assert.equal(without.status, 401);
    assert.match(String(without.headers.get('www-authenticate')), /^Bearer/);
    const wrong = await ask({ authorization: 'Bearer nonsense' });
    assert.equal(wrong.status, 401);
    assert.match(String(wrong.headers.get('www-authenticate')), /invalid_token/);
  });

  test('refuses a token that was taken back from the next request on', async () => {
    const { sub } = claimsOf(token);
    assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 200);
    await changeAccount(tenant.ctx, String(sub), { blocked: true }, undefined);
    assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 401);
  });
});
