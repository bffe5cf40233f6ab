// Owns the list of commands.
import type { Command } from './command.ts';
import { start } from './commands/start.ts';

const commands: readonly Command[] = [start];

export function findCommand(name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}

export function usage(): string {
  return `Commands:\n${commands.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')}`;
}
