// Owns the processes that are measured: started on one core, watched through /proc, stopped at the end.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Runs a command on one core where the system can (Linux); elsewhere on whichever the system chooses. */
export function onCore(core: number, command: string, args: readonly string[]): [string, string[]] {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return ['taskset', ['-c', String(core), command, ...args]];
  } catch {
    return [command, [...args]];
  }
}

export interface Measured {
  readonly child: ChildProcess;
  /** Milliseconds from the start to the line that says it's ready. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** Starts a program on a core and waits for a line that begins so. */
export async function startOn(
  core: number,
  program: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  line: string,
): Promise<Measured> {
  const [name, ...args] = program;
  const [command, all] = onCore(core, name, args);
  const start = performance.now();
  const child = spawn(command, all, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split('\n').some((text) => text.startsWith(line))) resolve();
    });
    child.once('exit', () => reject(new Error(`The server ended before it was ready:\n${output}`)));
  });
  const readyMs = performance.now() - start;
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    });
  return { child, readyMs, stop };
}

const ticksPerSecond = 100;

/** CPU milliseconds that a process has used so far, all its threads together. */
export function cpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

/** Resident megabytes. */
export function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1000;
}

/** The most megabytes that were ever resident. */
export function peakMb(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1000;
}
