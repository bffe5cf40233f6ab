// Tests that no token that was taken back is accepted while the nodes of a deployment die, one after the other.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createVerifier, type VerificationError, type Verifier } from '@warifu/verify';
import { grantClient } from '../server/src/domain/client-grants.ts';
import { createClient } from '../server/src/domain/clients.ts';
import { createResourceServer } from '../server/src/domain/resource-servers.ts';
import { withDatabase } from '../server/src/storage/testing.ts';
import { freePort, furnish, startServer, temporaryDirectory } from './server.ts';

const audience = 'https://api.example.com/';
const deaths = 5;

/** A load balancer: each connection goes to the next node, or to the one after when that is gone. */
async function openBalancer(ports: readonly number[]) {
  let turn = 0;
  const server = createServer((client) => {
    client.on('error', () => undefined);
    const dial = (left: number) => {
      turn += 1;
      const node = connect(ports[turn % ports.length] as number, '127.0.0.1');
      node.once('error', () => (left > 0 ? dial(left - 1) : client.destroy()));
      node.once('connect', () => {
        client.once('close', () => node.destroy());
        node.once('close', () => client.destroy());
        client.pipe(node).pipe(client);
      });
    };
    dial(ports.length - 1);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

const codeOf = (verifier: Verifier, token: string) =>
  verifier.verify(token).then(
    () => 'accepted',
    (error: VerificationError) => error.code,
  );

/** An application that gets tokens and gives them back, and remembers those of which the issuer said that they are gone. */
class Application {
  readonly #issuer: string;
  readonly #machine: Record<string, string>;
  readonly gone: string[] = [];

  constructor(issuer: string, machine: Record<string, string>) {
    this.#issuer = issuer;
    this.#machine = machine;
  }

  async #post(path: string, fields: Record<string, string>): Promise<string> {
    const body = new URLSearchParams({ ...this.#machine, ...fields });
    const answer = await fetch(`${this.#issuer}${path}`, { method: 'POST', body, signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}.`);
    return answer.text();
  }

  /** A token that was accepted everywhere is taken back, and refused everywhere in the end. Throws when a node dies on the way. */
  async takeOneBack(verifiers: readonly Verifier[]): Promise<void> {
    const { access_token } = JSON.parse(
      await this.#post('oauth/token', { grant_type: 'client_credentials', audience }),
    );
    for (const verifier of verifiers) assert.equal(await codeOf(verifier, access_token), 'accepted');
    await this.#post('oauth/revoke', { token: access_token });
    for (const verifier of verifiers) while ((await codeOf(verifier, access_token)) !== 'revoked') await sleep(1);
    this.gone.push(access_token);
  }
}

test('nodes of a deployment die one after the other, and no token that was taken back is ever accepted', async () => {
  await withDatabase('postgres', async (databaseUrl) => {
    const data = temporaryDirectory();
    const ports = [await freePort(), await freePort()];
    const { issuer, close } = await openBalancer(ports);
    const machine = await furnish(
      data,
      async (ctx) => {
        await createResourceServer(ctx, { name: 'Things', identifier: audience, scopes: [{ value: 'read:things' }] });
        const { client, client_secret = '' } = await createClient(ctx, {
          name: 'Machine',
          app_type: 'non_interactive',
        });
        const { client_id } = client;
        await grantClient(ctx, { client_id, audience, scope: ['read:things'] });
        return { client_id, client_secret };
      },
      databaseUrl,
    );
    const env = { HOST: '127.0.0.1', WARIFU_ISSUER: issuer, WARIFU_DATABASE: databaseUrl };
    const start = (port: number | undefined) => startServer({ data, env: { ...env, PORT: String(port) } });
    const nodes = await Promise.all(ports.map(start));
    const opened: Verifier[] = [];
    const open = () => {
      const verifier = createVerifier({ issuer, audience, maxStaleness: 600 });
      opened.push(verifier);
      return verifier;
    };
    const verifiers = [1, 2, 3].map(open);
    await Promise.all(verifiers.map((verifier) => verifier.ready()));

    const application = new Application(issuer, machine);
    let isOver = false;
    const acting = [1, 2, 3].map(async () => {
      while (!isOver) {
        await application.takeOneBack(verifiers).catch((error: unknown) => {
          if (error instanceof assert.AssertionError) throw error;
        });
      }
    });
    const watching = async () => {
      while (!isOver) {
        for (const token of application.gone.slice(-20)) {
          for (const verifier of verifiers) assert.equal(await codeOf(verifier, token), 'revoked');
        }
        await sleep(20);
      }
    };
    const killing = async () => {
      for (let death = 0; death < deaths; death += 1) {
        const { length } = application.gone;
        while (application.gone.length < length + 50) await sleep(5);
        const victim = death % nodes.length;
        await nodes[victim]?.kill();
        nodes[victim] = await start(ports[victim]);
      }
      isOver = true;
    };
    try {
      await Promise.all([...acting, watching(), killing()]);
      assert.ok(application.gone.length >= deaths * 50);
      // Whoever starts now knows of every one of them, too.
      const late = open();
      for (const token of application.gone) assert.equal(await codeOf(late, token), 'revoked');
    } finally {
      isOver = true;
      for (const verifier of opened) verifier.close();
      close();
    }
    for (const node of nodes) await node.stop();
  });
});
