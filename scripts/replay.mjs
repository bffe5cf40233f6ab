// Owns `npm run replay`: installs what is missing, then replays recorded traffic with the pinned Node.
import { join } from 'node:path';
import { install, root } from './install.mjs';
import { runPinned } from './pinned-node.mjs';

install({ everything: true });
process.exitCode = await runPinned([join(root, 'compat', 'recordings', 'main.ts'), ...process.argv.slice(2)]);
