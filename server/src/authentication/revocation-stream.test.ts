import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { fingerprint } from '#crypto/fingerprint';
import { revoke } from '#domain/revocations';
import { openTestTenant, type TestTenant } from '../testing/tenant.ts';

const printOf = (sid: string) => fingerprint(`session:${sid}`);

interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: { readonly position: number; readonly revoked?: readonly [string, number, number][]; now?: number };
}

/** A reader on the other side of a real socket. */
class Reader {
  readonly #request: ClientRequest;
  readonly #events: AsyncGenerator<StreamEvent>;
  readonly response: Promise<IncomingMessage>;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#request = get(url, { headers, agent: false });
    this.response = once(this.#request, 'response').then(([response]) => response as IncomingMessage);
    this.#events = this.#read();
  }

  async *#read(): AsyncGenerator<StreamEvent> {
    let text = '';
    for await (const chunk of (await this.response).setEncoding('utf8')) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n');
        const fields = new Map(lines.map((line) => line.split(/: (.*)/s) as [string, string]));
        text = text.slice(end + 2);
        const data = fields.get('data');
        if (data !== undefined)
          yield { event: fields.get('event') ?? '', id: fields.get('id'), data: JSON.parse(data) };
      }
    }
  }

  /** The next event of a name. */
  async next(name: string): Promise<StreamEvent> {
    for (;;) {
      const { value, done } = await this.#events.next();
      if (done) throw new Error('The stream has ended.');
      if (value.event === name) return value;
    }
  }

  /** Whether the server has ended it. */
  async isEnded(): Promise<boolean> {
    for (;;) if ((await this.#events.next()).done) return true;
  }

  close(): void {
    this.#request.destroy();
  }
}

describe('the revocation stream', () => {
  let tenant: TestTenant;
  let url: string;
  const issuer = 'http://localhost:4999/';
  const end = (...sids: string[]) =>
    tenant.ctx.database.transaction(async (queries) => {
      for (const sid of sids) await revoke(tenant.ctx, queries, 'session-ended', { sid });
    });
  before(async () => {
    tenant = await openTestTenant({ issuer });
    await tenant.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = tenant.app.server.address() as AddressInfo;
    url = `http://127.0.0.1:${port}/revocations/stream`;
  });
  after(() => tenant.close());
  const open = (query = '', headers: Record<string, string> = {}) =>
    new Reader(`${url}${query}`, { host: 'localhost:4999', ...headers });

  test('tells what ends, with its place', async () => {
    const reader = open(`?after=${tenant.ctx.revocations.position}`);
    const response = await reader.response;
    assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(response.headers['cache-control'], 'no-store');
    assert.equal(response.headers['x-accel-buffering'], 'no');
    await reader.next('heartbeat');
    await end('live');
    const { id, data } = await reader.next('revoked');
    assert.equal(id, String(data.position));
    assert.deepEqual(data.revoked, [[printOf('live'), tenant.ctx.now() / 1000 + 86_700, data.position]]);
    reader.close();
  });

  test('goes on after the place that a reader remembers, and lacks nothing', async () => {
    const first = open(`?after=${tenant.ctx.revocations.position}`);
    await end('before the cut');
    const { id = '' } = await first.next('revoked');
    first.close();
    await end('during the cut', 'with it');
    const second = open('?after=0', { 'last-event-id': id });
    const { data } = await second.next('revoked');
    assert.deepEqual(
      data.revoked?.map(([print]) => print).toSorted(),
      [printOf('during the cut'), printOf('with it')].toSorted(),
    );
    second.close();
  });

  test('lacks nothing of what ends while a reader catches up', async () => {
    const { position } = tenant.ctx.revocations;
    const sids = Array.from({ length: 200 }, (_, index) => `while catching up ${index}`);
    await end(...sids.slice(0, 100));
    const reader = open(`?after=${position}`);
    await Promise.all(sids.slice(100).map((sid) => end(sid)));
    const wanted = new Set(sids.map(printOf));
    while (wanted.size > 0) {
      for (const [print] of (await reader.next('revoked')).data.revoked ?? []) wanted.delete(print);
    }
    reader.close();
  });

  test('proves by heartbeats that nothing is missing', async () => {
    const reader = open(`?after=${tenant.ctx.revocations.position}`);
    const one = await reader.next('heartbeat');
    const another = await reader.next('heartbeat');
    assert.equal(one.data.now, tenant.ctx.now());
    assert.ok(another.data.position >= one.data.position);
    reader.close();
  });

  test('is ended when the server stops, so that nobody waits for a server that is gone', async () => {
    const other = await openTestTenant({ issuer });
    await other.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = other.app.server.address() as AddressInfo;
    const reader = new Reader(`http://127.0.0.1:${port}/revocations/stream`, { host: 'localhost:4999' });
    await reader.next('heartbeat');
    const ended = reader.isEnded();
    await other.close();
    assert.equal(await ended, true);
  });
});
