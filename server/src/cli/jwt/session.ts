// Owns what every sub-command of `warifu jwt` shares: the world, the language, the look, and the reading of options.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Locale } from '#i18n/locale';
import type { ExitCode, Invocation } from '../command.ts';
import { type Paint, printable } from '../terminal.ts';
import { misused } from './refused.ts';
import type { JwtTexts } from './texts/en.ts';
import type { Look } from './value.ts';

export interface Session extends Look {
  readonly invocation: Invocation;
  readonly texts: JwtTexts;
  readonly locale: Locale;
  readonly paint: Paint;
}

export interface Action {
  readonly name: 'decode' | 'explain' | 'verify' | 'sign';
  run(session: Session, args: readonly string[]): Promise<ExitCode>;
}

function misuse(error: unknown, { usage }: JwtTexts): unknown {
  if (!(error instanceof TypeError) || !('code' in error)) return error;
  const option = printable(/'([^' ,]+)/.exec(error.message)?.[1] ?? '');
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    return misused(option === '--secret' ? usage.plainSecret : usage.unknownOption(option));
  }
  return error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE' ? misused(usage.optionValue(option)) : error;
}

const common = { lang: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

/** The options and the other arguments. `--lang` and `--help` have been seen to before. */
export function readOptions<Options extends ParseArgsOptionsConfig>(
  { texts }: Session,
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args, options: { ...options, ...common }, allowPositionals: true });
  } catch (error) {
    throw misuse(error, texts);
  }
}

export function print({ invocation }: Session, lines: readonly string[]): void {
  invocation.stdout.write(`${lines.join('\n')}\n`);
}

export function warn({ invocation }: Session, sentence: string): void {
  invocation.stderr.write(`${sentence}\n`);
}
