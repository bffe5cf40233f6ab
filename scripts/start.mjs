// Owns `npm start`: installs what is missing, then runs the server.
import { install } from './install.mjs';
import { runMain } from './run-main.mjs';

install({ everything: false });
await runMain(['start', ...process.argv.slice(2)]);
