// Owns how words look on a terminal, and that a stranger's text can't command it.
import { styleText } from 'node:util';
import type { Invocation, Output } from './command.ts';

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;

/** Paints on a terminal; NO_COLOR, a dumb terminal, a file and another program get plain text. */
export function paintFor(output: Output, env: Invocation['env']): Paint {
  const painted = output.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return painted ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** Control characters would move the cursor or colour what follows, and marks of direction would reorder it. */
const commanding = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** The text with everything that a terminal would obey written as an escape of JSON. */
export function printable(text: string): string {
  return text.replace(commanding, (character) =>
    Array.from({ length: character.length }, (_, unit) => character.charCodeAt(unit))
      .map((code) => `\\u${code.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
