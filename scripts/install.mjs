// Owns the installation of the locked dependencies, when they are missing or older than the lock file.
// Runs on whatever Node the machine has (20 or newer), before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
/** npm's own note of what it installed. */
const marker = join(modules, '.package-lock.json');

/** The Node that package.json pins, which npm installs like any package. */
export const pinnedNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function namesOf(manifest, everything) {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(join(root, manifest), 'utf8'));
  return Object.keys(everything ? { ...dependencies, ...devDependencies } : dependencies);
}

function isPresent(name) {
  return existsSync(join(modules, name, 'package.json')) || existsSync(join(root, 'server', 'node_modules', name));
}

function isInstalled(everything) {
  if (!existsSync(marker) || !existsSync(pinnedNode)) return false;
  if (statSync(marker).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) return false;
  return ['package.json', 'server/package.json'].flatMap((manifest) => namesOf(manifest, everything)).every(isPresent);
}

/** Whether the packages for tests and checks are there already, so that `npm start` doesn't take them away. */
function hasDevelopmentPackages() {
  return existsSync(join(modules, 'typescript', 'package.json'));
}

/**
 * Installs what the lock file says, unless it is installed already. `everything` includes what only tests and checks
 * need. Ends the process when that fails.
 */
export function install({ everything }) {
  if (isInstalled(everything)) return;
  // On standard error: what a command says may go into a file or another program.
  console.error('Installing the locked dependencies: this takes a moment, and only the first time.');
  // Not `npm ci`: the lock file may lack optional packages of other platforms, which `npm ci` refuses.
  const args = ['install', '--no-save', '--loglevel=error', '--no-audit', '--no-fund'];
  if (!everything && !hasDevelopmentPackages()) args.push('--omit=dev');
  // Its words ("added 120 packages") say nothing to a newcomer; its errors do.
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' };
  const { status } = spawnSync('npm', args, options);
  if (status !== 0 || !existsSync(pinnedNode)) {
    console.error('The dependencies could not be installed. See the messages above, check the network, and try again.');
    process.exit(status || 1);
  }
  // npm leaves its note as it is when there was nothing to do, and the next start would ask it again.
  const now = new Date();
  utimesSync(marker, now, now);
}
