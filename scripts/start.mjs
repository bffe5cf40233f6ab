// Owns `npm start`: installs what is missing, then runs the server.
import { join } from 'node:path';
import { install, pinnedNode, root } from './install.mjs';
import { runPinned } from './pinned-node.mjs';

install({ everything: false });
const main = join(root, 'server', 'src', 'main.ts');
const args = ['start', ...process.argv.slice(2)];
// From the second start on npm finds the pinned Node first, and the server runs in this very process.
if (process.execPath === pinnedNode) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(join(root, 'node_modules', '.cache', 'compile'));
  process.argv = [process.argv[0], main, ...args];
  await import(main);
} else {
  process.exitCode = await runPinned([main, ...args]);
}
