// Owns the servers of the walks: the real program in a process of its own, started and stopped as a person would.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadMasterKey } from '../server/src/crypto/master-key.ts';
import type { Context } from '../server/src/domain/context.ts';
import { openTenant } from '../server/src/domain/tenant.ts';
import { createOutbound } from '../server/src/http/outbound.ts';

const adminPassword = 'The-administrator-of-the-walks-1';

const root = fileURLToPath(new URL('..', import.meta.url));
const readyLine = /^Warifu ready at (\S+)$/m;

const running = new Set<ChildProcess>();
const directories: string[] = [];

// Nothing outlives the tests, however they end.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

/** A directory that is removed when the tests end. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'warifu-walk-'));
  directories.push(directory);
  return directory;
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : assert.fail('no port');
}

/** The environment of a shell that knows nothing of Warifu, and what is given. */
function environment(given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = (name: string) => name.startsWith('WARIFU_') || ['PORT', 'HOST', 'NODE_TEST_CONTEXT'].includes(name);
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name))), ...given };
}

/** A process of the program, and all that it has said. */
interface Run {
  readonly child: ChildProcess;
  readonly said: { out: string; err: string };
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

function run(env: NodeJS.ProcessEnv): Run {
  const program = ['server/src/main.ts', 'start'];
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn(process.execPath, program, { cwd: root, env: environment(env), stdio: [...stdio] });
  running.add(child);
  const said = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  return { child, said, ended };
}

/** Whether it became ready; false when it ended before. */
async function becomesReady({ child, said, ended }: Run): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  child.stdout?.on('data', () => readyLine.test(said.out) && resolve(true));
  return Promise.race([promise, ended.then(() => false)]);
}

export interface Server {
  /** With the trailing slash. */
  readonly issuer: string;
  readonly data: string;
  /** Milliseconds from the start to the line that says it's ready. */
  readonly readyMs: number;
  /** All that it has written so far to both streams. */
  said(): string;
  /** Sends a signal and goes on at once. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when the process is gone. */
  readonly ended: Run['ended'];
  /** Ends it by SIGTERM, and expects that it goes in peace and logged no error. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

export interface ServerOptions {
  /** An empty directory of its own unless given. */
  readonly data?: string;
  readonly env?: NodeJS.ProcessEnv;
}

function settings(data: string, port: number, env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = { WARIFU_DATA: data, WARIFU_ADMIN_PASSWORD: adminPassword, WARIFU_LOG_LEVEL: 'warn' };
  return { PORT: String(port), ...own, ...env };
}

/** Starts the server and waits until it is ready. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const data = options.data ?? temporaryDirectory();
  const startedAt = performance.now();
  const process = run(settings(data, await freePort(), options.env));
  const { said, child, ended } = process;
  if (!(await becomesReady(process))) {
    // A port is free only until somebody else takes it.
    if (/Port \d+ is in use/.test(said.err)) return startServer({ ...options, data });
    assert.fail(`The server did not start:\n${said.out}${said.err}`);
  }
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return {
    issuer: readyLine.exec(said.out)?.[1] as string,
    data,
    readyMs: performance.now() - startedAt,
    said: () => said.out + said.err,
    signal: (signal) => child.kill(signal),
    ended,
    stop: async () => {
      assert.deepEqual(await end('SIGTERM'), { code: 0, signal: null }, said.err);
      assert.doesNotMatch(said.out + said.err, /"level":(?:50|60)/, 'the server logged an error');
    },
    kill: async () => {
      await end('SIGKILL');
    },
  };
}

/** Starts a server that is to be refused. Resolves to its exit code and what it said. */
export async function startInVain(options: ServerOptions): Promise<{ code: number | null; out: string; err: string }> {
  const process = run(settings(options.data ?? temporaryDirectory(), await freePort(), options.env));
  if (await becomesReady(process)) {
    process.child.kill('SIGKILL');
    assert.fail('The server started.');
  }
  const { code } = await process.ended;
  return { code, ...process.said };
}

/** Works where no server runs: makes applications, people, … In the data directory, unless another database is told. */
export async function furnish<T>(
  data: string,
  work: (ctx: Context) => Promise<T>,
  databaseUrl = `sqlite:${data}/warifu.sqlite`,
): Promise<T> {
  const tenant = await openTenant({
    issuer: 'http://localhost/',
    databaseUrl,
    masterKey: loadMasterKey(data),
    now: () => Date.now(),
    emit: () => undefined,
    outbound: createOutbound({ allowPrivate: true }),
  });
  try {
    return await work(tenant.ctx);
  } finally {
    await tenant.close();
  }
}
