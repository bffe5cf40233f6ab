// Owns `npm run bench followers`: how many APIs one node can tell of a revocation, how soon the last of them knows, and what
// everybody else's requests notice of it.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fixture, furnish } from './fixture.ts';
import { startIssuer } from './issuer.ts';
import { Connection } from './load.ts';
import { cpuMs, residentMb } from './process.ts';
import { Acts } from './revocation-acts.ts';

const counts = (process.env['BENCH_FOLLOWERS'] ?? '10,100,1000,4500').split(',').map(Number);
const trials = 20;
const quietMs = 5000;
const port = Number(process.env['BENCH_PORT'] ?? 4796);
const issuer = `http://localhost:${port}/`;

/** Everybody who follows, and how many of them have heard of something since it was last asked. */
class Followers {
  readonly #sockets: Socket[] = [];
  #heard = 0;
  #firstAt = 0;
  #lastAt = 0;
  #all: (() => void) | undefined;

  async add(count: number): Promise<void> {
    const added = Array.from({ length: count }, (_, n) => this.#open(this.#sockets.length + n));
    this.#sockets.push(...(await Promise.all(added)));
  }

  /** From an address of its own, as behind a load balancer: of one there may be only so many. */
  #open(n: number): Promise<Socket> {
    const socket = connect({ host: 'localhost', port, noDelay: true });
    const lines = [
      'GET /revocations/stream HTTP/1.1',
      `Host: localhost:${port}`,
      'Accept: text/event-stream',
      `X-Forwarded-For: 10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
    ];
    return new Promise((resolve, reject) => {
      socket.once('error', reject).once('close', () => reject(new Error('A stream was cut.')));
      socket.once('connect', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
      socket.on('data', (piece: Buffer) => {
        if (piece.includes('event: revoked')) this.#hear();
        if (piece.includes('event: heartbeat')) resolve(socket);
      });
    });
  }

  #hear(): void {
    this.#lastAt = performance.now();
    if (this.#heard === 0) this.#firstAt = this.#lastAt;
    this.#heard += 1;
    if (this.#heard === this.#sockets.length) this.#all?.();
  }

  /** Milliseconds until the first and the last have heard of an act, from its beginning, and until it was answered. */
  async hearOf(act: () => Promise<void>): Promise<readonly [first: number, last: number, answered: number]> {
    this.#heard = 0;
    const all = new Promise<void>((resolve) => {
      this.#all = resolve;
    });
    const began = performance.now();
    const [answered] = await Promise.all([act().then(() => performance.now()), all]);
    return [this.#firstAt - began, this.#lastAt - began, answered - began];
  }
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

/** Milliseconds of requests for tokens, one after the other, and the server's share of a core, while nothing is taken back. */
async function quietly(fixture: Fixture, pid: number): Promise<readonly [p50: number, p99: number, share: number]> {
  const connection = await Connection.open(fixture.origin, fixture.issuer);
  const { client_id, client_secret } = fixture.machine;
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    audience: 'https://api.example.com/',
    client_id,
    client_secret,
  }).toString();
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const idleFrom = cpuMs(pid);
  await new Promise((resolve) => setTimeout(resolve, quietMs));
  const share = (cpuMs(pid) - idleFrom) / quietMs;
  const times: number[] = [];
  for (const until = performance.now() + quietMs; performance.now() < until; ) {
    const began = performance.now();
    const { status } = await connection.send({ method: 'POST', path: '/oauth/token', headers, body });
    if (status !== 200) throw new Error(`The token endpoint answered ${status}.`);
    times.push(performance.now() - began);
  }
  connection.close();
  return [quantile(times, 0.5), quantile(times, 0.99), share];
}

const cell = (text: string) => text.padStart(12);
const ms = (value: number) => cell(value.toFixed(1));

const temporary = mkdtempSync(join(tmpdir(), 'warifu-bench-'));
const cleanUp = new AsyncDisposableStack();
cleanUp.defer(() => rmSync(temporary, { recursive: true, force: true }));
try {
  const fixture = await furnish(temporary, issuer, 0);
  const server = await startIssuer(temporary, port, { WARIFU_TRUSTED_PROXIES: '127.0.0.1,::1' });
  cleanUp.defer(() => server.stop());
  const operator = await Acts.open(fixture);
  const { pid = 0 } = server.child;
  const followers = new Followers();
  const titles = [
    'followers',
    'first p50',
    'last p50',
    'last worst',
    'answer p50',
    'token p50',
    'token p99',
    'CPU idle',
    'MB',
  ];
  console.log(titles.map(cell).join(''));
  let before = 0;
  for (const count of counts) {
    await followers.add(count - before);
    before = count;
    const times: (readonly [number, number, number])[] = [];
    for (let trial = 0; trial < trials; trial += 1) {
      const { end } = await operator.prepare('access token revoked');
      times.push(await followers.hearOf(end));
    }
    const [p50, p99, share] = await quietly(fixture, pid);
    const [first, last, answer] = [0, 1, 2].map((at) => times.map((each) => each[at] as number)) as [
      number[],
      number[],
      number[],
    ];
    const told = [quantile(first, 0.5), quantile(last, 0.5), quantile(last, 1), quantile(answer, 0.5), p50, p99];
    const cost = [cell(`${(share * 100).toFixed(1)} %`), cell(residentMb(pid).toFixed(0))];
    console.log([cell(String(count)), ...told.map(ms), ...cost].join(''));
  }
  operator.close();
} finally {
  await cleanUp.disposeAsync();
}
process.exit();
