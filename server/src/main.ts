// Owns the command line's entry: what a command gets of this process, and what its end means to the shell.
import { runCommand } from './cli/commands.ts';

const [name = 'start', ...args] = process.argv.slice(2);
const { env, stdin, stdout, stderr } = process;
// Whoever reads (`| head`) may have seen enough before everything is written.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
process.exitCode = await runCommand(name, { args, env, stdin, stdout, stderr, now: Date.now, fetch });
