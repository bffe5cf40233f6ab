// Owns `warifu keys`: which sub-command runs, in which language, and what its end means to the shell.
import { type ExitCode, exitCodes, type Invocation } from '../command.ts';
import { list } from '../keys/actions/list.ts';
import { revoke } from '../keys/actions/revoke.ts';
import { rotate } from '../keys/actions/rotate.ts';
import { type Action, keysTexts, type Session } from '../keys/session.ts';
import { languageOf } from '../language.ts';
import { misused, Refused } from '../refused.ts';
import { paintFor, printable } from '../terminal.ts';

const actions: readonly Action[] = [list, rotate, revoke];

function sessionOf(invocation: Invocation): Session {
  const locale = languageOf(invocation, { en: keysTexts.en.usage.lang, ja: keysTexts.ja.usage.lang });
  return { invocation, texts: keysTexts[locale], paint: paintFor(invocation.stdout, invocation.env) };
}

async function act(session: Session): Promise<ExitCode> {
  const [name, ...args] = session.invocation.args;
  const { help, usage } = session.texts;
  const action = actions.find((candidate) => candidate.name === name);
  if (name === 'help' || session.invocation.args.some((arg) => arg === '--help' || arg === '-h')) {
    session.invocation.stdout.write(`${help[action?.name ?? 'keys']}\n`);
    return exitCodes.ok;
  }
  if (action) return action.run(session, args);
  const sentence = name === undefined || name.startsWith('-') ? usage.noAction : usage.unknownAction(printable(name));
  throw misused(`${sentence}\n\n${help.keys}`);
}

export async function keys(invocation: Invocation): Promise<ExitCode> {
  // What SQLite writes beside the database is the owner's alone.
  process.umask(0o077);
  try {
    return await act(sessionOf(invocation));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    invocation.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}
