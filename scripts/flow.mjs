// Owns `npm run flow`: installs what is missing, then runs an example with the pinned Node.
import { join } from 'node:path';
import { install, root } from './install.mjs';
import { runPinned } from './pinned-node.mjs';

install({ everything: true });
process.exitCode = await runPinned([join(root, 'examples', 'flows', 'main.ts'), ...process.argv.slice(2)]);
