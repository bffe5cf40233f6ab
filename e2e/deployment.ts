// Owns a deployment for tests: the real server as a process of its own, on a data directory of its own.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMasterKey } from '../server/src/crypto/master-key.ts';
import type { Context } from '../server/src/domain/context.ts';
import { openTenant } from '../server/src/domain/tenant.ts';

const main = join(import.meta.dirname, '..', 'server', 'src', 'main.ts');

const adminPassword = 'Administrator-of-the-tests-1';

export interface Running {
  readonly child: ChildProcess;
  /** Everything that the process has printed so far. */
  output(): string;
  /** Ends it as an operator does, and expects that it ends well. */
  stop(): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

/** A port that nobody listens at, for a moment at least. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until the process prints a line that begins so. Throws with all its output when it ends first. */
async function untilLine(child: ChildProcess, output: () => string, line: string): Promise<void> {
  const printed = () =>
    output()
      .split('\n')
      .some((text) => text.startsWith(line));
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => printed() && resolve());
    child.once('exit', () => reject(new Error(`The server ended before it was ready:\n${output()}`)));
  });
}

export class Deployment {
  readonly data = mkdtempSync(join(tmpdir(), 'warifu-e2e-'));
  readonly issuer: string;
  readonly #env: Record<string, string>;

  private constructor(port: number, env: Record<string, string>) {
    this.issuer = `${env['WARIFU_TLS'] ? 'https' : 'http'}://localhost:${port}/`;
    this.#env = { PORT: String(port), WARIFU_DATA: this.data, WARIFU_LOG_LEVEL: 'warn', ...env };
  }

  static async create(env: Record<string, string> = {}): Promise<Deployment> {
    return new Deployment(await freePort(), { WARIFU_ADMIN_PASSWORD: adminPassword, ...env });
  }

  /** Does something with the tenant's own rules while no server runs: makes applications, looks at rows. */
  async withTenant<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
    const tenant = await openTenant({
      issuer: this.issuer,
      databaseUrl: `sqlite:${join(this.data, 'warifu.sqlite')}`,
      masterKey: loadMasterKey(this.data),
      now: () => Date.now(),
      emit: () => undefined,
    });
    try {
      return await work(tenant.ctx);
    } finally {
      await tenant.close();
    }
  }

  #spawn(): { child: ChildProcess; output: () => string } {
    const { PATH = '', HOME = '', TMPDIR = tmpdir(), NODE_COMPILE_CACHE = '' } = process.env;
    const env = { PATH, HOME, TMPDIR, NODE_COMPILE_CACHE, ...this.#env };
    const child = spawn(process.execPath, [main, 'start'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const keep = (chunk: Buffer) => {
      text += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    return { child, output: () => text };
  }

  async start(): Promise<Running> {
    const { child, output } = this.#spawn();
    await untilLine(child, output, 'Warifu ready at ');
    const end = async (signal: NodeJS.Signals) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    };
    const stop = async () => {
      await end('SIGTERM');
      assert.equal(child.exitCode, 0, output());
    };
    return { child, output, stop, kill: () => end('SIGKILL') };
  }

  /** Starts a server that is expected to refuse. Returns its exit code and what it printed. */
  async startRefused(): Promise<{ code: number; output: string }> {
    const { child, output } = this.#spawn();
    const [code] = (await once(child, 'exit')) as [number];
    return { code, output: output() };
  }

  remove(): void {
    rmSync(this.data, { recursive: true, force: true });
  }
}
