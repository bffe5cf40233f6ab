// Owns what every sub-command of `warifu jwt` shares: the world, the language, the look, and the reading of options.
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Locale } from '#i18n/locale';
import type { ExitCode, Invocation } from '../command.ts';
import { parseOptions } from '../options.ts';
import type { Paint } from '../terminal.ts';
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

/** The options and the other arguments. `--lang` and `--help` have been seen to before. */
export function readOptions<Options extends ParseArgsOptionsConfig>(
  { texts: { usage } }: Session,
  args: readonly string[],
  options: Options,
) {
  const unknownOption = (name: string) => (name === '--secret' ? usage.plainSecret : usage.unknownOption(name));
  return parseOptions(args, options, { ...usage, unknownOption });
}

export function print({ invocation }: Session, lines: readonly string[]): void {
  invocation.stdout.write(`${lines.join('\n')}\n`);
}

export function warn({ invocation }: Session, sentence: string): void {
  invocation.stderr.write(`${sentence}\n`);
}
