// Tests the server as a process: how it starts, how it refuses to, how it stops, and what survives when it is killed.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Person, password } from '../compat/person.ts';
import { findConnection } from '../server/src/domain/connections.ts';
import { verifyPassword } from '../server/src/domain/passwords.ts';
import { type Application, createApplication } from './application.ts';
import { Deployment, type Running } from './deployment.ts';

describe('a deployment', () => {
  let deployment: Deployment;
  let running: Running;

  before(async () => {
    deployment = await Deployment.create();
    running = await deployment.start();
  });
  after(async () => {
    await running.stop();
    deployment.remove();
  });

  test('says once that it is ready, and where', () => {
    const lines = running
      .output()
      .split('\n')
      .filter((line) => line.startsWith('Warifu ready at '));
    assert.deepEqual(lines, [`Warifu ready at ${deployment.issuer}`]);
  });

  test('is alive and ready, whatever the Host header says', async () => {
    for (const path of ['healthz', 'readyz']) {
      const { port } = new URL(deployment.issuer);
      assert.equal((await fetch(`http://127.0.0.1:${port}/${path}`)).status, 200);
    }
  });

  test('refuses a second server on the same data', async () => {
    const { code, output } = await deployment.startRefused();
    assert.equal(code, 1);
    assert.match(output, /in use by another Warifu process/);
  });
});

test('a wrong master key is refused before anything is written', async () => {
  const deployment = await Deployment.create();
  await (await deployment.start()).stop();
  writeFileSync(join(deployment.data, 'master.key'), `${Buffer.alloc(32, 1).toString('base64url')}\n`);
  const { code, output } = await deployment.startRefused();
  deployment.remove();
  assert.equal(code, 1);
  assert.match(output, /cannot be opened with this master key\. Put back the master\.key/);
});

test('every wrong setting is named at once', async () => {
  const deployment = await Deployment.create({ PORT: 'many', WARIFU_ISSUER: 'ftp://x/', WARIFU_LOG_LEVLE: 'info' });
  const { code, output } = await deployment.startRefused();
  deployment.remove();
  assert.equal(code, 1);
  for (const name of ['PORT', 'WARIFU_ISSUER', 'WARIFU_LOG_LEVEL']) assert.match(output, new RegExp(name));
});

test('SIGTERM lets a request in flight finish, and the process ends well', async () => {
  const deployment = await Deployment.create();
  const running = await deployment.start();
  const body = 'grant_type=authorization_code&client_id=nobody&code=x';
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) };
  const sending = request(`${deployment.issuer}oauth/token`, { method: 'POST', headers });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    sending.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
  });
  // Half of the request has arrived when the signal does.
  sending.write(body.slice(0, 10));
  await new Promise((resolve) => sending.once('socket', (socket) => socket.once('connect', resolve)));
  await fetch(`${deployment.issuer}healthz`);
  const stopped = running.stop();
  sending.end(body.slice(10));
  assert.equal(await answered, 401);
  await stopped;
  deployment.remove();
});

describe('kill -9', () => {
  let deployment: Deployment;
  let application: Application;

  before(async () => {
    deployment = await Deployment.create();
    application = await createApplication(deployment);
  });
  after(async () => {
    await application.close();
    deployment.remove();
  });

  /** Signs people up, one after another, until the server is gone. Keeps whom the server has confirmed. */
  async function signUpUntilKilled(round: number, worker: number, confirmed: string[]): Promise<void> {
    for (let n = 0; ; n += 1) {
      const email = `person-${round}-${worker}-${n}@example.com`;
      const location = await new Person(email)
        .visit(application.authorizeUrl({ screen_hint: 'signup' }))
        .catch(() => undefined);
      if (!location?.searchParams.has('code')) return;
      confirmed.push(email);
    }
  }

  test('loses no account that was confirmed, five times over', async () => {
    const confirmed: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const running = await deployment.start();
      const workers = Array.from({ length: 4 }, (_, worker) => signUpUntilKilled(round, worker, confirmed));
      const enough = confirmed.length + 3 + round * 4;
      while (confirmed.length < enough) await new Promise((resolve) => setImmediate(resolve));
      await running.kill();
      await Promise.all(workers);
    }
    await deployment.withTenant(async (ctx) => {
      const connection = await findConnection(ctx, 'Username-Password-Authentication');
      assert.ok(connection);
      for (const email of confirmed)
        assert.ok(await verifyPassword(ctx, connection, email, password), `${email} is lost`);
    });
    assert.ok(confirmed.length >= 15);
  });
});
