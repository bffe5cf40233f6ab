// Owns the running of a script with the Node that package.json pins, whatever Node the machine has.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { pinnedNode, root } from './install.mjs';

const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** Runs it and resolves to its exit code. Signals are passed on, so that it can end in its own time. */
export function runPinned(args, { env = process.env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(pinnedNode, args, { cwd: root, stdio: 'inherit', env });
    const pass = (signal) => child.kill(signal);
    for (const signal of forwarded) process.on(signal, pass);
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('exit', (code, signal) => {
      for (const name of forwarded) process.off(name, pass);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
