// Owns the installation of the locked dependencies, when they are missing or older than the lock file.
// Runs on whatever Node the machine has (20 or newer), before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..');
const modules = join(root, 'node_modules');

/** The Node that package.json pins, which npm installs like any package. */
export const pinnedNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function isInstalled(everything) {
  const marker = join(modules, '.package-lock.json');
  if (!existsSync(marker) || !existsSync(pinnedNode)) return false;
  if (everything && !existsSync(join(modules, 'typescript', 'package.json'))) return false;
  return statSync(marker).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/**
 * Installs what the lock file says. `everything` includes what only tests and checks need.
 * `npm install --no-save` and not `npm ci`: the lock file may lack optional packages of other platforms, which
 * `npm ci` refuses. The lock file is never changed.
 */
export function install({ everything }) {
  if (isInstalled(everything)) return;
  console.log('Installing the locked dependencies; this takes a few seconds the first time.');
  const args = ['install', '--no-save', '--loglevel=error', '--no-audit', '--no-fund'];
  if (!everything) args.push('--omit=dev');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) {
    console.error('The dependencies could not be installed. Check the network and the messages above, then try again.');
    process.exit(status ?? 1);
  }
  const now = new Date();
  utimesSync(join(modules, '.package-lock.json'), now, now);
}
