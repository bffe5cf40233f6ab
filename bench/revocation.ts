// Owns `npm run bench:revocation`: how long after an acknowledged act an API still accepts what the act has ended. With the
// word `postgres`: of two nodes on one PostgreSQL, the acts at one of them, and the APIs at the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../server/src/storage/testing.ts';
import { type ApiServer, startApiServers } from './api-servers.ts';
import { type Fixture, furnish } from './fixture.ts';
import { startIssuer } from './issuer.ts';
import { Connection } from './load.ts';
import { Acts, acts } from './revocation-acts.ts';

const audience = 'https://api.example.com/';
const port = Number(process.env['BENCH_PORT'] ?? 4793);
const issuer = `http://localhost:${port}/`;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 40);
const loadConnections = 4;

const authorized = (token: string) =>
  ({ method: 'GET', path: '/things', headers: { Authorization: `Bearer ${token}` } }) as const;

/** Asks for as long as the token is accepted. Resolves to when the first refusal came. */
async function firstRefusal({ origin }: ApiServer, token: string, isStarted: () => void): Promise<number> {
  const connection = await Connection.open(origin);
  try {
    for (let count = 0; ; count += 1) {
      const { status } = await connection.send(authorized(token));
      if (status === 401) return performance.now();
      if (status !== 200) throw new Error(`The API answered ${status}.`);
      if (count === 0) isStarted();
      // Node's own loop must get its turn: the act is sent from it.
      await new Promise(setImmediate);
    }
  } finally {
    connection.close();
  }
}

/** Good requests, again and again, until it is told to stop; that resolves when the last was answered. */
function load({ origin }: ApiServer, token: string): () => Promise<unknown> {
  let isStopped = false;
  const loops = Array.from({ length: loadConnections }, async () => {
    const connection = await Connection.open(origin);
    while (!isStopped) {
      const { status } = await connection.send(authorized(token));
      if (status !== 200) throw new Error(`The API refused a good token: ${status}.`);
      await new Promise(setImmediate);
    }
    connection.close();
  });
  const ended = Promise.all(loops);
  // Whatever goes wrong first is what is told, not what breaks when all is taken down for it.
  ended.catch(() => undefined);
  return () => {
    isStopped = true;
    return ended;
  };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

async function trial(servers: readonly ApiServer[], operator: Acts, act: (typeof acts)[number]): Promise<number[]> {
  const { token, end } = await operator.prepare(act);
  const started: Promise<void>[] = [];
  const refused = servers.map((server) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    started.push(promise);
    return firstRefusal(server, token, resolve);
  });
  await Promise.all(started);
  await end();
  const acknowledged = performance.now();
  return (await Promise.all(refused)).map((at) => Math.max(0, at - acknowledged));
}

function print(servers: readonly ApiServer[], results: ReadonlyMap<string, number[][]>): void {
  const row = (name: string, times: readonly number[]) =>
    [
      name.padEnd(34),
      ...[0.5, 0.99, 1].map((q) => quantile(times, q).toFixed(1).padStart(9)),
      String(times.length).padStart(7),
    ].join('');
  console.log(
    `\n${'ms from the answer to the refusal'.padEnd(34)}${['p50', 'p99', 'worst'].map((name) => name.padStart(9)).join('')}  trials`,
  );
  for (const [index, { name }] of servers.entries()) {
    console.log(
      row(
        name,
        [...results.values()].flatMap((trials) => trials.map((times) => times[index] as number)),
      ),
    );
  }
  for (const [act, trials] of results) console.log(row(act, trials.flat()));
}

const temporary = mkdtempSync(join(tmpdir(), 'warifu-bench-'));
const cleanUp = new AsyncDisposableStack();
cleanUp.defer(() => rmSync(temporary, { recursive: true, force: true }));

async function oneNode(people: number): Promise<Fixture> {
  const fixture = await furnish(temporary, issuer, people);
  const server = await startIssuer(temporary, port);
  cleanUp.defer(() => server.stop());
  return fixture;
}

/** The fixture is at the one, and the issuer's address leads to the other. */
async function twoNodes(people: number): Promise<Fixture> {
  const postgres = await startPostgres();
  cleanUp.defer(() => postgres.stop());
  const fixture = await furnish(temporary, issuer, people, postgres.url);
  for (const own of [port, port + 1]) {
    const env = { WARIFU_DATABASE: postgres.url, WARIFU_ISSUER: issuer };
    const node = await startIssuer(temporary, own, env);
    cleanUp.defer(() => node.stop());
  }
  return { ...fixture, origin: `http://localhost:${port + 1}/` };
}

try {
  const people = rounds * acts.length;
  const fixture = await (process.argv.includes('postgres') ? twoNodes : oneNode)(people);
  const servers = await startApiServers(issuer, audience, temporary);
  for (const api of servers) cleanUp.defer(() => api.stop());
  const operator = await Acts.open(fixture);
  // One after the other: they share a connection.
  const stops: (() => Promise<unknown>)[] = [];
  for (const api of servers) stops.push(load(api, await operator.goodToken()));
  const results = new Map<string, number[][]>(acts.map((act) => [act, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const act of acts) results.get(act)?.push(await trial(servers, operator, act));
  }
  await Promise.all(stops.map((stop) => stop()));
  print(servers, results);
  console.log(`\n${loadConnections} connections of load at each API server meanwhile; everything on this one machine.`);
  operator.close();
} finally {
  await cleanUp.disposeAsync();
}
