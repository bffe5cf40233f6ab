// Owns `npm start`: installs what is missing, then runs the server.
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install, root } from './install.mjs';
import { compileCache, isPinnedNode, runPinned } from './pinned-node.mjs';

install({ everything: false });
const main = join(root, 'server', 'src', 'main.ts');
const args = ['start', ...process.argv.slice(2)];
if (isPinnedNode()) {
  // In this very process: one Node less in memory, and nobody in between who would have to pass signals on.
  module.enableCompileCache(compileCache);
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
  // Now, because a process that is killed has no time for it.
  module.flushCompileCache();
} else {
  process.exitCode = await runPinned([main, ...args], { env: { ...process.env, NODE_COMPILE_CACHE: compileCache } });
}
