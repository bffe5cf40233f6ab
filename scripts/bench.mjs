// Owns `npm run bench`: installs what is missing, then measures with the pinned Node, away from the server's core.
// `npm run bench users` measures searches for people instead, `npm run bench jobs` imports and exports.
import { join } from 'node:path';
import { install, root } from './install.mjs';
import { runPinned } from './pinned-node.mjs';

install({ everything: true });
const [what = '', ...rest] = process.argv.slice(2);
const [file, args] = ['users', 'jobs'].includes(what) ? [`${what}.ts`, rest] : ['main.ts', process.argv.slice(2)];
process.exitCode = await runPinned([join(root, 'bench', file), ...args]);
