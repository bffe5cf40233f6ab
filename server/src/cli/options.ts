// Owns the reading of a command's options, and what is said of those that it doesn't have.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { misused } from './refused.ts';
import { printable } from './terminal.ts';

export interface OptionSentences {
  unknownOption(option: string): string;
  optionValue(option: string): string;
}

function misuse(error: unknown, { unknownOption, optionValue }: OptionSentences): unknown {
  if (!(error instanceof TypeError) || !('code' in error)) return error;
  const option = printable(/'([^' ,]+)/.exec(error.message)?.[1] ?? '');
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return misused(unknownOption(option));
  return error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' ? misused(optionValue(option)) : error;
}

const common = { lang: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

/** The options and the other arguments; `--lang` and `--help` are every command's. Throws Refused. */
export function parseOptions<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  sentences: OptionSentences,
) {
  try {
    return parseArgs({ args, options: { ...options, ...common }, allowPositionals: true });
  } catch (error) {
    throw misuse(error, sentences);
  }
}
