// Tests the server as a process: how it starts, how it refuses to, how it stops, and what survives when it is killed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { audience, callback, Deployment } from '../compat/deployment.ts';
import { Person, password } from '../compat/person.ts';
import { findDatabase } from '../server/src/domain/connections.ts';
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

describe('kill -9', () => {
  const rounds = 5;
  const workers = [0, 1, 2, 3];
  const verifier = 'a-verifier-that-every-application-of-the-walks-has-in-common';
  const deployment = new Deployment();
  let client_id: string;
  before(async () => {
    ({ client_id } = await deployment.register({ app_type: 'spa' }));
    await deployment.createApi();
  });

  /** Lets the workers go on until they have done so much together, or came to an end; then the server is killed. */
  async function killAfter(count: number, work: (server: Server, worker: number, done: () => void) => Promise<void>) {
    const server = await deployment.start();
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    let left = count;
    const done = () => {
      left -= 1;
      if (left === 0) resolve();
    };
    const all = Promise.all(workers.map((worker) => work(server, worker, done)));
    await Promise.race([enough, all]);
    await server.kill();
    await all;
  }

  /** The code of a person who does whatever is asked; undefined when the server is gone. */
  async function codeOf({ issuer }: Server, person: Person, extra: Record<string, string>) {
    const query = new URLSearchParams({
      client_id,
      redirect_uri: callback,
      response_type: 'code',
      scope: 'openid offline_access',
      audience,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...extra,
    });
    const location = await person.visit(`${issuer}authorize?${query}`).catch(() => undefined);
    return location?.searchParams.get('code') ?? undefined;
  }

  /** What /oauth/token answers; undefined when the server is gone. */
  async function token({ issuer }: Server, fields: Record<string, string>) {
    const body = new URLSearchParams({ client_id, ...fields });
    try {
      const response = await fetch(`${issuer}oauth/token`, { method: 'POST', body });
      return (await response.json()) as Record<string, string>;
    } catch {
      return undefined;
    }
  }

  test('loses no account that was confirmed, five times over', async () => {
    const confirmed: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await killAfter(3 + round * 4, async (server, worker, done) => {
        for (let n = 0; ; n += 1) {
          const email = `person-${round}-${worker}-${n}@example.com`;
          if ((await codeOf(server, new Person(email), { screen_hint: 'signup' })) === undefined) return;
          confirmed.push(email);
          done();
        }
      });
    }
    await deployment.furnish(async (ctx) => {
      const connection = await findDatabase(ctx, 'Username-Password-Authentication');
      assert.ok(connection);
      for (const email of confirmed)
        assert.ok(await verifyPassword(ctx, connection, email, password), `${email} is lost`);
    });
    assert.ok(confirmed.length >= 15);
  });

  test('brings no refresh token back that was exchanged, five times over', async () => {
    const people: Person[] = [];
    for (const worker of workers) people.push(await deployment.person(`refresher-${worker}@example.com`));
    const spent: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await killAfter(20 + round * 30, async (server, worker, done) => {
        const code = await codeOf(server, people[worker] as Person, {});
        const redemption = { grant_type: 'authorization_code', redirect_uri: callback, code_verifier: verifier };
        let current = code && (await token(server, { ...redemption, code }))?.['refresh_token'];
        let last: string | undefined;
        while (current !== undefined) {
          const next = await token(server, { grant_type: 'refresh_token', refresh_token: current });
          if (next?.['refresh_token'] === undefined) break;
          last = current;
          current = next['refresh_token'];
          done();
        }
        if (last !== undefined) spent.push(last);
      });
    }
    assert.ok(spent.length >= rounds);
    const server = await deployment.start();
    for (const refresh_token of spent) {
      const answer = await token(server, { grant_type: 'refresh_token', refresh_token });
      assert.equal(answer?.['error'], 'invalid_grant');
    }
    await server.stop();
  });
});
