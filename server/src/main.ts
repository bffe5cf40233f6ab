// Owns the command line's entry: which command runs, and what its end means to the shell.
import { findCommand, usage } from './cli/commands.ts';

const [name = 'start', ...args] = process.argv.slice(2);
const command = findCommand(name);
if (!command) {
  console.error(`There is no command ${JSON.stringify(name)}.\n\n${usage()}`);
  process.exitCode = 2;
} else {
  await command.run({ args, env: process.env });
}
