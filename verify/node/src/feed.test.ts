// Tests the following of a feed against an issuer on a real socket, which fails in every way that issuers and networks fail.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type FeedEvent, type FeedOptions, RevocationFeed } from './feed.ts';
import { fingerprintOf, printOf } from './fingerprints.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { algorithmNames } from './signature.ts';
import { readVectors, signPage, type TestFact } from './testing.ts';

const { jwks } = readVectors('tokens.json');
const now = () => Math.floor(Date.now() / 1000);

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

describe('who follows a feed', () => {
  let server: Server;
  let issuer: string;
  let facts: TestFact[] = [];
  let streams: ServerResponse[] = [];
  let asked: { readonly path: string; readonly after: string | null; readonly authorization: string | undefined }[] =
    [];
  let page: Handler;
  let stream: Handler;
  let opened: (response: ServerResponse) => void = () => undefined;
  const feeds: RevocationFeed[] = [];

  const positionOf = () => Math.max(0, ...facts.map(([, , at]) => at));
  const usualPage: Handler = async (request, response) => {
    const after = Number(new URL(request.url ?? '', issuer).searchParams.get('after'));
    response.end(await signPage({ issuer, now, facts }, after, Math.max(after, positionOf())));
  };
  const usualStream: Handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('retry: 1000\n\n');
    streams.push(response);
    opened(response);
  };

  before(async () => {
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', issuer);
      asked.push({ path: pathname, after: searchParams.get('after'), authorization: request.headers.authorization });
      if (pathname === '/revocations') return page(request, response);
      if (pathname === '/revocations/stream') return stream(request, response);
      const metadata = {
        issuer,
        jwks_uri: `${issuer}jwks`,
        revocation_feed_endpoint: `${issuer}revocations`,
        revocation_stream_endpoint: `${issuer}revocations/stream`,
      };
      return response.end(JSON.stringify(pathname === '/jwks' ? jwks : metadata));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  beforeEach(() => {
    for (const feed of feeds.splice(0)) feed.close();
    for (const response of streams) response.destroy();
    facts = [];
    streams = [];
    asked = [];
    page = usualPage;
    stream = usualStream;
    opened = () => undefined;
  });
  after(() => {
    for (const feed of feeds) feed.close();
    server.closeAllConnections();
    server.close();
  });

  let factCount = 0;
  function addFact(text: string): TestFact {
    factCount += 1;
    const fact = [text, now() + 1000, Date.now() * 10 + factCount] as const;
    facts.push(fact);
    return fact;
  }
  const print = (name: string) => `${name}${'A'.repeat(16)}`.slice(0, 16);
  const known = (feed: RevocationFeed, name: string) =>
    feed.positionOf(printOf(Buffer.from(print(name), 'base64url'))) > 0;
  const event = (position: number, told: readonly TestFact[]) =>
    `id: ${position}\nevent: revoked\ndata: ${JSON.stringify({ position, revoked: told })}\n\n`;
  const heartbeat = (position: number) =>
    `event: heartbeat\ndata: ${JSON.stringify({ position, now: Date.now() })}\n\n`;
  const nextStream = () =>
    new Promise<ServerResponse>((resolve) => {
      opened = resolve;
    });

  function follow(more: Partial<FeedOptions> = {}) {
    const events: FeedEvent[] = [];
    let told: (event: FeedEvent) => void = () => undefined;
    const clock = () => performance.now();
    const keys = new IssuerKeys({ issuer, fetch, clock, algorithms: algorithmNames });
    const feed = new RevocationFeed({
      issuer,
      keys,
      fetch,
      clock,
      now: () => Date.now() / 1000,
      tolerance: 5,
      mode: 'stream',
      pollIntervalMs: 10,
      credentials: undefined,
      onEvent: (each) => {
        events.push(each);
        told(each);
      },
      ...more,
    });
    feeds.push(feed);
    feed.start().catch(() => undefined);
    const lost = () =>
      new Promise<unknown>((resolve) => {
        told = (each) => {
          if (each.type === 'lost') resolve(each.error);
        };
      });
    return { feed, events, lost };
  }

  /** Waits for what must come, on the event loop's own time. */
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  test('knows what is in the pages before it is ready, and what the stream brings', async () => {
    addFact(print('one'));
    const opening = nextStream();
    const { feed } = follow();
    await feed.start();
    assert.ok(known(feed, 'one'));
    const response = await opening;
    assert.equal(asked.at(-1)?.after, String(positionOf()));
    const fact = addFact(print('two'));
    response.write(event(fact[2], [fact]));
    await until(() => known(feed, 'two'));
    assert.equal(feed.position, fact[2]);
  });

  test('follows once, however often it is begun', async () => {
    const opening = nextStream();
    const { feed } = follow();
    await feed.start();
    await opening;
    await feed.start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const paths = asked.map(({ path }) => path);
    assert.equal(paths.filter((path) => path === '/revocations').length, 1);
    assert.equal(paths.filter((path) => path === '/revocations/stream').length, 1);
  });

  test('goes on where it was after a stream is cut, half an event included', async () => {
    let opening = nextStream();
    const { feed } = follow();
    const first = await opening;
    const one = addFact(print('one'));
    first.write(event(one[2], [one]));
    await until(() => known(feed, 'one'));
    const two = addFact(print('two'));
    opening = nextStream();
    first.write(event(two[2], [two]).slice(0, -9));
    first.destroy();
    await opening;
    assert.ok(known(feed, 'two'));
    const pages = asked.filter(({ path }) => path === '/revocations');
    assert.equal(pages.at(-1)?.after, String(one[2]));
  });

  test('cuts a stream that falls silent, and begins it anew', async () => {
    let opening = nextStream();
    const { feed, lost } = follow({ silentAfterMs: 50 });
    await opening;
    const losing = lost();
    opening = nextStream();
    assert.match(String(await losing), /silent/);
    await opening;
    await until(() => feed.isConnected);
  });

  test('is as fresh as the last heartbeat', async () => {
    const opening = nextStream();
    const { feed } = follow();
    const response = await opening;
    const before = feed.staleness;
    await until(() => feed.staleness > before + 20);
    response.write(heartbeat(feed.position));
    await until(() => feed.staleness < 20);
  });

  test('does not believe a heartbeat of a place that it has not reached', async () => {
    const opening = nextStream();
    const { feed, lost } = follow();
    const response = await opening;
    const losing = lost();
    response.write(heartbeat(feed.position + 1));
    assert.match(String(await losing), /passed over/);
  });

  test('reads pages where the issuer can hold no stream', async () => {
    stream = (_request, response) => response.writeHead(503).end();
    const { feed } = follow();
    await feed.start();
    addFact(print('one'));
    await until(() => known(feed, 'one'));
    assert.equal(feed.isConnected, false);
  });

  test('reads pages alone where it is told to', async () => {
    const { feed } = follow({ mode: 'poll' });
    await feed.start();
    addFact(print('one'));
    await until(() => known(feed, 'one'));
    assert.equal(
      asked.some(({ path }) => path === '/revocations/stream'),
      false,
    );
  });

  test('is read by each who asks, where nothing goes on meanwhile', async () => {
    let time = 0;
    const pollIntervalMs = 1_000_000;
    const { feed } = follow({ mode: 'poll', pollIntervalMs, clock: () => time });
    await feed.start();
    time += 2 * pollIntervalMs;
    addFact(print('one'));
    const before = asked.length;
    await Promise.all([1, 2, 3].map(() => feed.refresh().then(() => assert.ok(known(feed, 'one')))));
    assert.equal(asked.length - before, 3);
    await Promise.all(Array.from({ length: 100 }, () => feed.refresh()));
    assert.ok(asked.length - before < 30, 'so many at once are too many');
    page = (_request, response) => response.writeHead(500).end();
    await assert.rejects(feed.refresh());
    const { length } = asked;
    await feed.refresh();
    assert.equal(asked.length, length, 'nobody is asked again and again who does not answer');
    time += pollIntervalMs;
    page = usualPage;
    await feed.refresh();
    assert.equal(asked.length, length + 1);
  });

  test('is not ready before a page that it can trust', async () => {
    const strangers: Handler[] = [
      (_request, response) => response.writeHead(500).end('sorry'),
      (_request, response) => response.end('sorry'),
      async (_request, response) =>
        response.end(await signPage({ issuer: 'https://other.example.com/', now, facts }, 0, 5)),
      async (_request, response) => response.end(await signPage({ issuer, now, facts }, 99, 100)),
      async (_request, response) => response.end(await signPage({ issuer, now: () => now() - 100, facts }, 0, 5)),
    ];
    for (const stranger of strangers) {
      page = stranger;
      const { feed, lost } = follow();
      await lost();
      assert.equal(feed.staleness, Number.POSITIVE_INFINITY);
      feed.close();
      await assert.rejects(feed.start(), /closed/);
    }
  });

  test('proves who it is where it has credentials, as a form encodes them', async () => {
    const { feed } = follow({ credentials: { clientId: 'my client', clientSecret: 'a:b c+é' } });
    await feed.start();
    const expected = Buffer.from('my+client:a%3Ab+c%2B%C3%A9').toString('base64');
    const toFeed = asked.filter(({ path }) => path.startsWith('/revocations'));
    assert.ok(toFeed.every(({ authorization }) => authorization === `Basic ${expected}`));
    assert.ok(asked.filter(({ path }) => !path.startsWith('/revocations')).every((each) => !each.authorization));
  });

  test('asks no more once it is closed', async () => {
    const opening = nextStream();
    const { feed } = follow();
    const response = await opening;
    const closing = new Promise((resolve) => response.once('close', resolve));
    feed.close();
    await closing;
    const { length } = asked;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(asked.length, length);
  });

  test('finds a fact by the fingerprint of its text', async () => {
    const [high, low] = await fingerprintOf('session:abc');
    const bytes = Buffer.alloc(12);
    bytes.writeUInt32BE(high, 0);
    bytes.writeUInt32BE(low, 4);
    addFact(bytes.toString('base64url'));
    const { feed } = follow();
    await feed.start();
    assert.ok(feed.positionOf([high, low]) > 0);
  });
});
