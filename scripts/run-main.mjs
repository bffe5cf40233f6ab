// Owns the handing over to the server's command line, on the pinned Node.
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';
import { compileCache, isPinnedNode, runPinned } from './pinned-node.mjs';

const main = join(root, 'server', 'src', 'main.ts');

/** Runs a command, such as `['start']`; its exit code becomes this process's. Relative paths are below `cwd`. */
export async function runMain(args, { cwd = root } = {}) {
  if (isPinnedNode()) {
    // In this very process: one Node less in memory, and nobody in between who would have to pass signals on.
    process.chdir(cwd);
    module.enableCompileCache(compileCache);
    process.argv = [process.execPath, main, ...args];
    await import(pathToFileURL(main).href);
    // Now, because a process that is killed has no time for it.
    module.flushCompileCache();
  } else {
    const env = { ...process.env, NODE_COMPILE_CACHE: compileCache };
    process.exitCode = await runPinned([main, ...args], { env, cwd });
  }
}
