// Owns `warifu jwt`: which sub-command runs, in which language, and what its end means to the shell.
import { type ExitCode, exitCodes, type Invocation } from '../command.ts';
import { decode } from '../jwt/actions/decode.ts';
import { explain } from '../jwt/actions/explain.ts';
import { sign } from '../jwt/actions/sign.ts';
import { verify } from '../jwt/actions/verify.ts';
import type { Action, Session } from '../jwt/session.ts';
import { jwtTexts } from '../jwt/texts.ts';
import { languageOf } from '../language.ts';
import { misused, Refused } from '../refused.ts';
import { paintFor, printable } from '../terminal.ts';

const actions: readonly Action[] = [decode, explain, verify, sign];

function sessionOf(invocation: Invocation): Session {
  const locale = languageOf(invocation, { en: jwtTexts.en.usage.lang, ja: jwtTexts.ja.usage.lang });
  const paint = paintFor(invocation.stdout, invocation.env);
  return { invocation, locale, texts: jwtTexts[locale], paint, nowSec: Math.floor(invocation.now() / 1000) };
}

function wantsHelp(name: string | undefined, args: readonly string[]): boolean {
  return name === 'help' || [name, ...args].some((arg) => arg === '--help' || arg === '-h');
}

async function act(session: Session): Promise<ExitCode> {
  const [name, ...args] = session.invocation.args;
  const { help, usage } = session.texts;
  const action = actions.find((candidate) => candidate.name === name);
  if (wantsHelp(name, args)) {
    session.invocation.stdout.write(`${help[action?.name ?? 'jwt']}\n`);
    return exitCodes.ok;
  }
  if (action) return action.run(session, args);
  const sentence = name === undefined || name.startsWith('-') ? usage.noAction : usage.unknownAction(printable(name));
  throw misused(`${sentence}\n\n${help.jwt}`);
}

export async function jwt(invocation: Invocation): Promise<ExitCode> {
  try {
    return await act(sessionOf(invocation));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    invocation.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}
