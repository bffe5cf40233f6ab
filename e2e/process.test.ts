// Tests the server as a process: how it starts, how it refuses to, how it stops, and what survives when it is killed.
import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { callback, Deployment } from '../compat/deployment.ts';
import { Person, password } from '../compat/person.ts';
import { findConnection } from '../server/src/domain/connections.ts';
import { verifyPassword } from '../server/src/domain/passwords.ts';
import { type Server, startInVain, startServer, temporaryDirectory } from './server.ts';

describe('a server', () => {
  let server: Server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  test('says once that it is ready, and where', () => {
    const lines = server
      .said()
      .split('\n')
      .filter((line) => line.startsWith('Warifu ready at '));
    assert.deepEqual(lines, [`Warifu ready at ${server.issuer}`]);
  });

  test('is alive and ready, whatever the Host header says', async () => {
    for (const path of ['healthz', 'readyz']) {
      const { port } = new URL(server.issuer);
      assert.equal((await fetch(`http://127.0.0.1:${port}/${path}`)).status, 200);
    }
  });

  test('keeps its data from other users of the machine', { skip: process.platform === 'win32' }, () => {
    const files = readdirSync(server.data).map((name) => join(server.data, name));
    assert.ok(files.some((path) => path.endsWith('warifu.sqlite')));
    assert.deepEqual(
      files.filter((path) => (statSync(path).mode & 0o077) !== 0),
      [],
    );
  });

  test('has its data for itself: a second one is refused', async () => {
    const { code, err } = await startInVain({ data: server.data });
    assert.equal(code, 1);
    assert.match(err, /in use by another Warifu process/);
  });
});

test('a wrong master key is refused', async () => {
  const data = temporaryDirectory();
  await (await startServer({ data })).stop();
  writeFileSync(join(data, 'master.key'), `${Buffer.alloc(32, 1).toString('base64url')}\n`);
  const { code, err } = await startInVain({ data });
  assert.equal(code, 1);
  assert.match(err, /cannot be opened with this master key\. Put back the master\.key/);
});

test('every wrong setting is named at once', async () => {
  const env = { PORT: 'many', WARIFU_ISSUER: 'ftp://x/', WARIFU_LOG_LEVLE: 'info' };
  const { code, err } = await startInVain({ env });
  assert.equal(code, 1);
  for (const name of ['PORT', 'WARIFU_ISSUER', 'WARIFU_LOG_LEVEL']) assert.match(err, new RegExp(name));
});

test('SIGTERM lets a request in flight finish, and the process ends well', async () => {
  const server = await startServer();
  const body = 'grant_type=authorization_code&client_id=nobody&code=x';
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) };
  const sending = request(`${server.issuer}oauth/token`, { method: 'POST', headers });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    sending.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
  // Half of the request has arrived when the signal does.
  sending.write(body.slice(0, 10));
  await new Promise((resolve) => sending.once('socket', (socket) => socket.once('connect', resolve)));
  await fetch(`${server.issuer}healthz`);
  const stopped = server.stop();
  sending.end(body.slice(10));
  assert.equal(await answered, 401);
  await stopped;
});

test('kill -9 loses no account that was confirmed, five times over', async () => {
  const deployment = new Deployment();
  const { client_id } = await deployment.register({ app_type: 'spa' });
  const confirmed: string[] = [];

  /** Signs people up, one after another, until the server is gone. Keeps whom the server has confirmed. */
  async function signUpUntilKilled({ issuer }: Server, names: string): Promise<void> {
    for (let n = 0; ; n += 1) {
      const email = `${names}-${n}@example.com`;
      const query = new URLSearchParams({
        client_id,
        redirect_uri: callback,
        response_type: 'code',
        scope: 'openid',
        screen_hint: 'signup',
        code_challenge: 'A'.repeat(43),
        code_challenge_method: 'S256',
      });
      const location = await new Person(email).visit(`${issuer}authorize?${query}`).catch(() => undefined);
      if (!location?.searchParams.has('code')) return;
      confirmed.push(email);
    }
  }

  for (let round = 0; round < 5; round += 1) {
    const server = await deployment.start();
    const workers = Array.from({ length: 4 }, (_, worker) => signUpUntilKilled(server, `person-${round}-${worker}`));
    const enough = confirmed.length + 3 + round * 4;
    while (confirmed.length < enough) await new Promise((resolve) => setImmediate(resolve));
    await server.kill();
    await Promise.all(workers);
  }
  await deployment.furnish(async (ctx) => {
    const connection = await findConnection(ctx, 'Username-Password-Authentication');
    assert.ok(connection);
    for (const email of confirmed)
      assert.ok(await verifyPassword(ctx, connection, email, password), `${email} is lost`);
  });
  assert.ok(confirmed.length >= 15);
});
