// Owns `npm test`: installs everything, and runs the tests that are named, or all of them.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install } from './install.mjs';
import { compileCache, isPinnedNode, runPinned } from './pinned-node.mjs';

const everyTest = '{server/src,verify,compat,e2e,bench,scripts,docs,examples}/**/*.test.{ts,mjs}';

/** Settings of the shell's own deployment would change what the servers under test do. */
function environment(extra) {
  const foreign = (name) => name.startsWith('WARIFU_') || name === 'PORT' || name === 'HOST';
  const kept = Object.entries(process.env).filter(([name]) => !foreign(name));
  return { ...Object.fromEntries(kept), NODE_COMPILE_CACHE: compileCache, ...extra };
}

/** One place for everything temporary, so that nothing is left of a run that is interrupted. */
function useTemporaryDirectory() {
  const directory = mkdtempSync(join(tmpdir(), 'warifu-tests-'));
  // PostgreSQL, which never runs as root, must get through.
  chmodSync(directory, 0o755);
  process.env.TMPDIR = directory;
  process.on('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
}

async function runTests(args) {
  const named = args.some((arg) => /^[^-].*(?:[/*]|\.test\.)/.test(arg));
  const concurrency = `--test-concurrency=${Math.max(2, availableParallelism())}`;
  const options = ['--test', '--test-reporter=spec', concurrency, ...args];
  useTemporaryDirectory();
  // One for the whole run; each test takes a database of its own in it. Imported here, where Node runs TypeScript.
  const { startPostgres } = await import('../server/src/storage/testing.ts');
  const postgres = await startPostgres();
  try {
    const env = environment({ WARIFU_TEST_POSTGRES: postgres.url });
    return await runPinned(named ? options : [...options, everyTest], { env });
  } finally {
    await postgres.stop();
  }
}

install({ everything: true });
const args = process.argv.slice(2);
process.exitCode = isPinnedNode() ? await runTests(args) : await runPinned([fileURLToPath(import.meta.url), ...args]);
