// Owns `npm run bench`: installs what is missing, then measures with the pinned Node, away from the server's core.
import { join } from 'node:path';
import { install, root } from './install.mjs';
import { runPinned } from './pinned-node.mjs';

install({ everything: true });
process.exitCode = await runPinned([join(root, 'bench', 'main.ts'), ...process.argv.slice(2)]);
