// Owns the list of commands, and which of them an invocation runs.
import { type Command, type ExitCode, exitCodes, type Invocation } from './command.ts';

const commands: readonly Command[] = [
  { name: 'start', summary: 'Runs the server.', load: async () => (await import('./commands/start.ts')).start },
  {
    name: 'jwt',
    summary: 'Decodes, explains, verifies and signs tokens.',
    load: async () => (await import('./commands/jwt.ts')).jwt,
  },
  {
    name: 'keys',
    summary: 'Lists, rotates and revokes the keys that tokens are signed with.',
    load: async () => (await import('./commands/keys.ts')).keys,
  },
];

function usage(): string {
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`);
  return `Usage: warifu <command> [options]\n\nCommands:\n${list.join('\n')}\n\nMore about one: warifu <command> --help\n`;
}

/** Runs the command that is named; none named is `start`. */
export async function runCommand(name: string, invocation: Invocation): Promise<ExitCode> {
  if (['help', '--help', '-h'].includes(name)) {
    invocation.stdout.write(usage());
    return exitCodes.ok;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    invocation.stderr.write(`There is no command ${JSON.stringify(name)}.\n\n${usage()}`);
    return exitCodes.usage;
  }
  const run = await command.load();
  return run(invocation);
}
