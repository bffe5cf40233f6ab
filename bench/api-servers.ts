// Owns the API servers that verify tokens in the languages that there is a verifier for.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onCore } from './process.ts';

export interface ApiServer {
  readonly name: string;
  /** `http://127.0.0.1:<port>/`. */
  readonly origin: string;
  stop(): void;
}

const root = join(import.meta.dirname, '..');

interface Program {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly directory: string;
}

function has(command: string): boolean {
  try {
    execFileSync(command, ['--help'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

/** Those that can be run here: Go and Python may be missing, and then their figures are. */
function programs(issuer: string, audience: string, temporary: string): Program[] {
  const node = {
    name: 'Node',
    command: [process.execPath, join(root, 'bench/api-server.ts'), issuer, audience] as const,
  };
  const found: Program[] = [{ ...node, command: [...node.command], directory: root }];
  const go = join(root, 'verify/go');
  if (has('go') && existsSync(join(go, 'cmd/apiserver'))) {
    const binary = join(temporary, 'apiserver');
    execFileSync('go', ['build', '-o', binary, './cmd/apiserver'], { cwd: go, stdio: 'inherit' });
    found.push({ name: 'Go', command: [binary, '-issuer', issuer, '-audience', audience], directory: go });
  }
  const python = join(root, 'verify/python');
  const interpreter = join(python, '.venv/bin/python');
  if (existsSync(interpreter)) {
    const program = join(python, 'examples/apiserver.py');
    found.push({ name: 'Python', command: [interpreter, program, issuer, audience], directory: python });
  }
  return found;
}

async function start({ name, command: [program, ...args], directory }: Program): Promise<ApiServer> {
  const [command, all] = onCore(1, program, args);
  const child = spawn(command, all, { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, found] = /listening on (\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`The API server of ${name} ended: ${said}`)));
  });
  return { name, origin: `http://127.0.0.1:${port}/`, stop: () => child.kill('SIGKILL') };
}

export async function startApiServers(issuer: string, audience: string, temporary: string): Promise<ApiServer[]> {
  return Promise.all(programs(issuer, audience, temporary).map(start));
}
