// Tests that no token is accepted beyond what is promised when the issuer is killed, or cannot be reached.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createVerifier, type Verifier, type VerifierOptions } from '@warifu/verify';
import { grantClient } from '../server/src/domain/client-grants.ts';
import { createClient } from '../server/src/domain/clients.ts';
import { createResourceServer } from '../server/src/domain/resource-servers.ts';
import { freePort, furnish, type Server, startServer, temporaryDirectory } from './server.ts';

const audience = 'https://api.example.com/';

/** A network between the API and the issuer, which can be cut. */
async function openNetwork(target: number) {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) return socket.destroy();
    const other = connect(target, '127.0.0.1');
    for (const each of [socket, other]) {
      sockets.add(each);
      each.on('error', () => undefined);
      each.once('close', () => {
        sockets.delete(each);
        socket.destroy();
        other.destroy();
      });
    }
    return socket.pipe(other).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    heal: () => {
      isCut = false;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('a token that was taken back', () => {
  const data = temporaryDirectory();
  let server: Server;
  let network: Awaited<ReturnType<typeof openNetwork>>;
  let port: number;
  let issuer: string;
  let machine: { client_id: string; client_secret: string };
  const verifiers: Verifier[] = [];

  const start = () => startServer({ data, env: { PORT: String(port), HOST: '127.0.0.1', WARIFU_ISSUER: issuer } });
  before(async () => {
    port = await freePort();
    network = await openNetwork(port);
    issuer = `http://127.0.0.1:${network.port}/`;
    machine = await furnish(data, async (ctx) => {
      await createResourceServer(ctx, { name: 'Things', identifier: audience, scopes: [{ value: 'read:things' }] });
      const { client, client_secret = '' } = await createClient(ctx, { name: 'Machine', app_type: 'non_interactive' });
      const { client_id } = client;
      await grantClient(ctx, { client_id, audience, scope: ['read:things'] });
      return { client_id, client_secret };
    });
    server = await start();
  });
  beforeEach(() => {
    for (const verifier of verifiers.splice(0)) verifier.close();
  });
  after(async () => {
    for (const verifier of verifiers) verifier.close();
    await server.stop();
    network.close();
  });

  /** By the issuer's own door, whatever happens to the network. */
  async function post(path: string, fields: Record<string, string>): Promise<Record<string, string>> {
    const body = new URLSearchParams({ ...machine, ...fields }).toString();
    const sending = request({
      host: '127.0.0.1',
      port,
      path,
      method: 'POST',
      agent: false,
      headers: { host: new URL(issuer).host, 'content-type': 'application/x-www-form-urlencoded' },
    });
    sending.end(body);
    const [response] = await once(sending, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    assert.equal(response.statusCode, 200, text);
    return text === '' ? {} : JSON.parse(text);
  }
  const newToken = async () =>
    (await post('/oauth/token', { grant_type: 'client_credentials', audience }))['access_token'] ?? '';
  const revoke = (token: string) => post('/oauth/revoke', { token });

  function open(more: Partial<VerifierOptions> = {}): Verifier {
    const verifier = createVerifier({ issuer, audience, maxStaleness: 600, ...more });
    verifiers.push(verifier);
    return verifier;
  }
  const codeOf = (verifier: Verifier, token: string) =>
    verifier.verify(token).then(
      () => 'accepted',
      (error) => error.code as string,
    );
  async function until(verifier: Verifier, token: string, code: string): Promise<void> {
    while ((await codeOf(verifier, token)) !== code) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  test('is refused by who follows, by who starts late, and good ones are not', async () => {
    const [good, bad] = [await newToken(), await newToken()];
    const following = open();
    assert.deepEqual([await codeOf(following, good), await codeOf(following, bad)], ['accepted', 'accepted']);
    await revoke(bad);
    await until(following, bad, 'revoked');
    assert.equal(await codeOf(following, good), 'accepted');
    const late = open();
    assert.deepEqual([await codeOf(late, good), await codeOf(late, bad)], ['accepted', 'revoked']);
  });

  test('stays refused when the issuer is killed at the moment at which it said so', async () => {
    const [good, bad] = [await newToken(), await newToken()];
    const following = open();
    assert.equal(await codeOf(following, bad), 'accepted');
    await revoke(bad);
    await server.kill();
    server = await start();
    const late = open();
    assert.deepEqual([await codeOf(late, bad), await codeOf(late, good)], ['revoked', 'accepted']);
    await until(following, bad, 'revoked');
    assert.equal(await codeOf(following, good), 'accepted');
  });

  test('stays refused however often the issuer is killed between acts', async () => {
    const following = open();
    const taken: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const tokens = await Promise.all(Array.from({ length: 5 }, newToken));
      await Promise.all(tokens.map(revoke));
      taken.push(...tokens);
      await server.kill();
      server = await start();
    }
    const late = open();
    for (const token of taken) assert.equal(await codeOf(late, token), 'revoked');
    for (const token of taken) await until(following, token, 'revoked');
  });

  test('is refused as soon as a network that was cut is there again', async () => {
    const [good, bad] = [await newToken(), await newToken()];
    const following = open();
    assert.equal(await codeOf(following, bad), 'accepted');
    network.cut();
    await revoke(bad);
    // Within what was stated, what was known counts.
    assert.equal(await codeOf(following, good), 'accepted');
    network.heal();
    await until(following, bad, 'revoked');
    assert.equal(await codeOf(following, good), 'accepted');
  });

  test('is refused with all others once the network is gone for longer than was stated', async () => {
    const [good, bad] = [await newToken(), await newToken()];
    const strict = open({ maxStaleness: 2 });
    assert.deepEqual([await codeOf(strict, good), await codeOf(strict, bad)], ['accepted', 'accepted']);
    network.cut();
    await revoke(bad);
    await until(strict, bad, 'feed_stale');
    assert.equal(await codeOf(strict, good), 'feed_stale');
    network.heal();
    await until(strict, bad, 'revoked');
    assert.equal(await codeOf(strict, good), 'accepted');
  });
});
