// Owns `npm run bench`: installs what is missing, then measures with the pinned Node, away from the server's core.
// `npm run bench users` measures searches for people instead, `npm run bench jobs` imports and exports,
// `npm run bench:revocation` the time until a revocation is known, `npm run bench followers` how many APIs a node can tell of it,
// `npm run bench:modes` ways to keep people signed in.
import { join } from 'node:path';
import { install, root } from './install.mjs';
import { runPinned } from './pinned-node.mjs';

install({ everything: true });
const [what = '', ...rest] = process.argv.slice(2);
const [file, args] = ['users', 'jobs', 'revocation', 'followers', 'modes'].includes(what)
  ? [`${what}.ts`, rest]
  : ['main.ts', process.argv.slice(2)];
process.exitCode = await runPinned([join(root, 'bench', file), ...args]);
