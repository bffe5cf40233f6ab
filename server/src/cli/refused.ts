// Owns the end of a sub-command that cannot go on: the sentence for the user, and the exit code.
import { type ExitCode, exitCodes } from './command.ts';

/** Thrown anywhere below a command; one place prints it. */
export class Refused extends Error {
  readonly exitCode: ExitCode;

  constructor(sentence: string, exitCode: ExitCode) {
    super(sentence);
    this.name = 'Refused';
    this.exitCode = exitCode;
  }
}

/** What was asked for cannot be done as it was asked. */
export function misused(sentence: string): Refused {
  return new Refused(sentence, exitCodes.usage);
}

/** What was given, a token say, is no good. */
export function invalid(sentence: string): Refused {
  return new Refused(sentence, exitCodes.refused);
}
