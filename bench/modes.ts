// Owns `npm run bench:modes`: the ways to keep people signed in, side by side on this machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createVerifier } from '@warifu/verify';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { type Fixture, furnish } from './fixture.ts';
import { startIssuer } from './issuer.ts';
import { Acts } from './revocation-acts.ts';
import { sealedSessions } from './sealed-sessions.ts';

const audience = 'https://api.example.com/';
const port = Number(process.env['BENCH_PORT'] ?? 4794);
const issuer = `http://localhost:${port}/`;
const trials = Number(process.env['BENCH_ROUNDS'] ?? 20);
const requests = 20_000;
const people = 10_000;
/** What the usual advice for JWTs without revocation is. */
const shortLifetimeSec = 300;

interface Mode {
  readonly name: string;
  /** What is done for a request. */
  readonly check: () => unknown;
  /** Queries of a database for a thousand requests of one person in five minutes. */
  readonly queries: number;
  /** Milliseconds until what was taken back is refused, measured; or the seconds for which it cannot be. */
  readonly untilRefused: readonly number[] | { readonly seconds: number };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0;
}

/** Microseconds of each check. */
async function latencies(check: Mode['check']): Promise<number[]> {
  for (let count = 0; count < 1000; count += 1) await check();
  const times: number[] = [];
  for (let count = 0; count < requests; count += 1) {
    const began = performance.now();
    await check();
    times.push((performance.now() - began) * 1000);
  }
  return times;
}

/** Sessions in a table, as most frameworks keep them: a query for every request, and the truth at once. */
function databaseSessions(directory: string): Pick<Mode, 'check' | 'untilRefused'> {
  const database = new DatabaseSync(join(directory, 'sessions.sqlite'));
  database.exec('pragma journal_mode = wal; create table sessions (id text primary key, data text, expires integer)');
  const insert = database.prepare('insert into sessions values (?, ?, ?)');
  database.exec('begin');
  const data = JSON.stringify({ sub: 'auth0|65f000000000000000000001', name: 'Hana', roles: ['reader'] });
  for (let n = 0; n < people; n += 1) insert.run(`session ${n}`, data, Date.now() + 1e9);
  database.exec('commit');
  const find = database.prepare('select data from sessions where id = ? and expires > ?');
  const remove = database.prepare('delete from sessions where id = ?');
  const read = (id: string) => {
    const row = find.get(id, Date.now()) as { data: string } | undefined;
    return row && JSON.parse(row.data);
  };
  let next = 0;
  const check = () => {
    next = (next + 1) % people;
    return read(`session ${next}`);
  };
  const untilRefused = Array.from({ length: trials }, (_, n) => {
    remove.run(`session ${n}`);
    const began = performance.now();
    while (read(`session ${n}`)) performance.now();
    return performance.now() - began;
  });
  return { check, untilRefused };
}

async function withFeed(operator: Acts, token: string): Promise<Pick<Mode, 'check' | 'untilRefused'>> {
  const verifier = createVerifier({ issuer, audience });
  closing.push(() => verifier.close());
  await verifier.ready();
  const untilRefused: number[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const { token: taken, end } = await operator.prepare('access token revoked');
    await verifier.verify(taken);
    await end();
    const acknowledged = performance.now();
    const isAccepted = () =>
      verifier.verify(taken).then(
        () => true,
        () => false,
      );
    while (await isAccepted()) await new Promise(setImmediate);
    untilRefused.push(performance.now() - acknowledged);
  }
  return { check: () => verifier.verify(token), untilRefused };
}

async function modes(directory: string, fixture: Fixture, operator: Acts): Promise<Mode[]> {
  const { close, ...sealed } = await sealedSessions(fixture, operator, trials);
  closing.push(close);
  const token = await operator.goodToken();
  const keys = createLocalJWKSet(await (await fetch(`${issuer}.well-known/jwks.json`)).json());
  const plain = () => jwtVerify(token, keys, { issuer, audience });
  const lifetime = 86_400;
  // A refresh is a row read, and a row changed.
  const refreshQueries = 2;
  return [
    { name: 'session in a database', queries: 1000, ...databaseSessions(directory) },
    { name: 'session in a sealed cookie, feed', queries: 0, ...sealed },
    { name: `JWT for ${lifetime / 3600} hours`, queries: 0, check: plain, untilRefused: { seconds: lifetime } },
    {
      name: `JWT for ${shortLifetimeSec / 60} minutes, refreshed`,
      queries: refreshQueries,
      check: plain,
      untilRefused: { seconds: shortLifetimeSec },
    },
    { name: 'JWT with the revocation feed', queries: 0, ...(await withFeed(operator, token)) },
  ];
}

interface Measured extends Mode {
  readonly times: readonly number[];
}

const toldTime = (ms: number) =>
  ms < 1000
    ? `${ms.toFixed(1)} ms`
    : ms < 3_600_000
      ? `${(ms / 60_000).toFixed(0)} min`
      : `${(ms / 3_600_000).toFixed(0)} h`;

const worstOf = ({ untilRefused }: Mode) =>
  'seconds' in untilRefused ? untilRefused.seconds * 1000 : quantile(untilRefused, 0.99);

function table(measured: readonly Measured[]): void {
  console.log(
    `\n${'way'.padEnd(34)}${['p50 µs', 'p99 µs', 'queries', 'until refused'].map((name) => name.padStart(14)).join('')}`,
  );
  for (const mode of measured) {
    const { name, times, queries } = mode;
    const columns = [quantile(times, 0.5).toFixed(2), quantile(times, 0.99).toFixed(2), String(queries)];
    console.log(name.padEnd(34) + [...columns, toldTime(worstOf(mode))].map((text) => text.padStart(14)).join(''));
  }
  console.log('queries: for a thousand requests of one person within five minutes; until refused: 99th percentile.');
}

/** Bars on a logarithmic scale: a factor of ten is as long everywhere. */
function chart(title: string, measured: readonly Measured[], value: (mode: Measured) => number): void {
  const values = measured.map(value);
  const least = Math.min(...values) / 2;
  const width = (each: number) =>
    Math.max(1, Math.round((Math.log10(each / least) / Math.log10(Math.max(...values) / least)) * 50));
  console.log(`\n${title}, on a logarithmic scale`);
  for (const [index, mode] of measured.entries())
    console.log(`${mode.name.padEnd(34)}${'█'.repeat(width(values[index] as number))}`);
}

const closing: (() => void)[] = [];
const directory = mkdtempSync(join(tmpdir(), 'warifu-bench-'));
try {
  const fixture = await furnish(directory, issuer, trials + 1);
  const server = await startIssuer(directory, port);
  const operator = await Acts.open(fixture);
  const measured: Measured[] = [];
  for (const mode of await modes(directory, fixture, operator))
    measured.push({ ...mode, times: await latencies(mode.check) });
  table(measured);
  chart('What a request costs', measured, ({ times }) => quantile(times, 0.5));
  chart('How long a token that was taken back is accepted', measured, worstOf);
  operator.close();
  for (const close of closing) close();
  await server.stop();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
