// Owns `npx warifu` and `npm run warifu`: installs what is missing, then runs a command of the server's command line.
import { install } from './install.mjs';
import { runMain } from './run-main.mjs';

install({ everything: false });
// npm runs a script at the repository's root; the paths in its arguments are below where the user is.
const isNpmScript = process.env.npm_lifecycle_event === 'warifu';
const args = process.argv.slice(2);
const cwd = (isNpmScript && process.env.INIT_CWD) || process.cwd();
await runMain(args.length === 0 ? ['help'] : args, { cwd });
