// Owns `npm run bench`: installs everything, and measures the server on the pinned Node.
import { install } from './install.mjs';
import { runPinned } from './pinned-node.mjs';

install({ everything: true });
process.exitCode = await runPinned(['bench/main.ts', ...process.argv.slice(2)]);
