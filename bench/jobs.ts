// Owns `npm run bench jobs`: how long files of people take to come in and to go out, and what a crash in the middle costs.
import { createWriteStream, mkdtempSync, openAsBlob, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { startPostgres } from '../server/src/storage/testing.ts';
import { type Measured, peakMb, residentMb, startOn } from './process.ts';

const people = Number(process.env['BENCH_PEOPLE'] ?? 100_000);
const port = Number(process.env['BENCH_PORT'] ?? 4790);
const origin = `http://localhost:${port}/`;
const root = join(import.meta.dirname, '..');
const client = { client_id: 'bench', client_secret: 'the-secret-of-the-measurement-of-jobs' };
const directory = mkdtempSync(join(tmpdir(), 'warifu-bench-'));

const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A hash of bcrypt's form, another for each number; nobody knows its password. */
function hashOf(index: number): string {
  let [text, state] = ['', index + 1];
  while (text.length < 53) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += alphabet[state >>> 26];
  }
  // The last character of each part has bits that are always 0.
  return `$2b$10$${text.slice(0, 21)}O${text.slice(22, 52)}O`;
}

function* rows(batch: string): Generator<string> {
  for (let index = 0; index < people; index += 1) {
    const email = `person.${index}@${batch}.example`;
    const metadata = { user_metadata: { language: 'ja' }, app_metadata: { plan: index % 50 === 0 ? 'gold' : 'free' } };
    const row = { email, email_verified: true, name: `Person ${index}`, password_hash: hashOf(index), ...metadata };
    yield `${index === 0 ? '[' : ','}${JSON.stringify(row)}`;
  }
  yield ']';
}

async function fileOf(batch: string): Promise<string> {
  const path = join(directory, `${batch}.json`);
  await pipeline(Readable.from(rows(batch)), createWriteStream(path));
  return path;
}

/** Starts the server as `npm start` does, by the same line of package.json. */
function start(environment: NodeJS.ProcessEnv): Promise<Measured> {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const PATH = dirname(process.execPath) + delimiter + process.env['PATH'];
  const env = { ...process.env, PATH, PORT: String(port), WARIFU_LOG_LEVEL: 'warn', ...environment };
  return startOn(0, ['sh', '-c', `cd '${root}' && ${scripts.start}`], env, 'Warifu ready at ');
}

interface Job {
  readonly id: string;
  readonly status: string;
  readonly percentage_done?: number;
  readonly location?: string;
  readonly summary?: { readonly inserted: number; readonly failed: number };
}

let authorization = '';
/** Milliseconds of the slowest answer that was got while a job was under way. */
let slowest = 0;

async function ask<T = Job>(path: string, init: RequestInit = {}): Promise<T> {
  const began = performance.now();
  const response = await fetch(new URL(`api/v2/${path}`, origin), {
    ...init,
    headers: { authorization, ...init.headers },
  });
  if (!init.method) slowest = Math.max(slowest, performance.now() - began);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function authorize(): Promise<void> {
  const body = new URLSearchParams({ ...client, grant_type: 'client_credentials', audience: `${origin}api/v2/` });
  const response = await fetch(new URL('oauth/token', origin), { method: 'POST', body });
  authorization = `Bearer ${((await response.json()) as { access_token: string }).access_token}`;
}

async function upload(batch: string): Promise<Job> {
  const [connection] = await ask<{ id: string }[]>('connections?strategy=auth0');
  const form = new FormData();
  form.set('users', await openAsBlob(await fileOf(batch)), 'users.json');
  form.set('connection_id', connection?.id ?? '');
  return ask('jobs/users-imports', { method: 'POST', body: form });
}

/** Asks for a job until it has come so far, or ended. */
async function until({ id }: Job, percentage = 101): Promise<Job> {
  for (;;) {
    const job = await ask(`jobs/${id}`);
    if (job.status === 'failed') throw new Error(JSON.stringify(job));
    if (job.status === 'completed' || (job.percentage_done ?? 0) >= percentage) return job;
    await sleep(100);
  }
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const began = performance.now();
  const result = await work();
  return [result, (performance.now() - began) / 1000];
}

const pidOf = ({ child }: Measured) => child.pid as number;
const seconds = (value: number) => `${value.toFixed(1)} s`;

async function measureImport(server: Measured): Promise<void> {
  const idle = residentMb(pidOf(server));
  const [begun, arriving] = await timed(() => upload('first'));
  const [{ summary }, running] = await timed(() => until(begun));
  const memory = `${idle.toFixed(0)} MB idle, ${peakMb(pidOf(server)).toFixed(0)} MB at most`;
  console.log(`import: ${seconds(arriving)} to arrive, ${seconds(running)} to do, ${(people / running).toFixed(0)}/s`);
  console.log(`        ${JSON.stringify(summary)}; ${memory}; slowest answer meanwhile ${slowest.toFixed(0)} ms`);
}

/** Kills the server in the middle of an import. Returns the next one. */
async function measureCrash(server: Measured, environment: NodeJS.ProcessEnv): Promise<Measured> {
  const begun = await upload('second');
  const { percentage_done } = await until(begun, 40);
  const gone = new Promise((resolve) => server.child.once('exit', resolve));
  server.child.kill('SIGKILL');
  await gone;
  const next = await start(environment);
  const [{ summary }, running] = await timed(() => until(begun));
  console.log(`killed at ${percentage_done} %: the rest took ${seconds(running)}; ${JSON.stringify(summary)}`);
  return next;
}

async function measureExport(format: 'json' | 'csv'): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ format, limit: people });
  const [{ location = '' }, running] = await timed(async () =>
    until(await ask('jobs/users-exports', { method: 'POST', headers, body })),
  );
  const response = await fetch(location);
  let [bytes, lines] = [0, 0];
  for await (const chunk of Readable.from(response.body ?? []).pipe(createGunzip())) {
    bytes += (chunk as Buffer).length;
    for (const byte of chunk as Buffer) if (byte === 0x0a) lines += 1;
  }
  console.log(`export as ${format}: ${seconds(running)}, ${lines} lines, ${(bytes / 1e6).toFixed(1)} MB`);
}

async function run(name: string, database: NodeJS.ProcessEnv): Promise<void> {
  console.log(`\n${name}, ${people.toLocaleString('en')} people\n`);
  const environment = {
    WARIFU_DATA: join(directory, name),
    WARIFU_MANAGEMENT_CLIENT_ID: client.client_id,
    WARIFU_MANAGEMENT_CLIENT_SECRET: client.client_secret,
    ...database,
  };
  await (await start(environment)).stop();
  const first = await start(environment);
  await authorize();
  slowest = 0;
  await measureImport(first);
  const second = await measureCrash(first, environment);
  await measureExport('json');
  await measureExport('csv');
  console.log(`after all: ${peakMb(pidOf(second)).toFixed(0)} MB at most`);
  await second.stop();
}

try {
  await run('SQLite', {});
  const postgres = await startPostgres();
  await run('PostgreSQL', { WARIFU_DATABASE: postgres.url });
  await postgres.stop();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
