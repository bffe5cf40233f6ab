// Owns how the JSON of a token is shown: indented with colours and dates, or on one short line.
import type { Locale } from '#i18n/locale';
import { type Paint, printable } from '../terminal.ts';
import { dateOf, distance } from '../time.ts';

/** Claims whose number is a time in seconds (RFC 7519 §2, OpenID Connect Core §2 and §5.1). */
const timeClaims: readonly string[] = ['exp', 'nbf', 'iat', 'auth_time', 'updated_at', 'toe'];

export interface Look {
  readonly paint: Paint;
  readonly locale: Locale;
  readonly nowSec: number;
}

/** The date of a claim's time and how far away it is; undefined when the claim is none. */
export function timeNote(name: string, value: unknown, { locale, nowSec }: Look): string | undefined {
  if (typeof value !== 'number' || !timeClaims.includes(name)) return undefined;
  const date = dateOf(value);
  return date === undefined ? undefined : `${date} (${distance(value - nowSec, locale)})`;
}

function scalar(value: unknown, paint: Paint): string {
  const text = printable(JSON.stringify(value));
  if (typeof value === 'string') return paint('green', text);
  return paint(typeof value === 'number' ? 'yellow' : 'magenta', text);
}

function member(name: string, value: unknown, comma: string, look: Look, indent: string): string {
  const key = look.paint('cyan', printable(JSON.stringify(name)));
  const note = timeNote(name, value, look);
  const beside = note === undefined ? '' : `  ${look.paint('dim', `← ${note}`)}`;
  return `${indent}${key}: ${indented(value, look, indent)}${comma}${beside}`;
}

/** Indented JSON; times have their date beside them, which makes it something for people and not for programs. */
export function indented(value: unknown, look: Look, indent = ''): string {
  if (typeof value !== 'object' || value === null) return scalar(value, look.paint);
  const inner = `${indent}  `;
  const isArray = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return isArray ? '[]' : '{}';
  const lines = entries.map(([name, child], at) => {
    const comma = at === entries.length - 1 ? '' : ',';
    return isArray ? `${inner}${indented(child, look, inner)}${comma}` : member(name, child, comma, look, inner);
  });
  return `${isArray ? '[' : '{'}\n${lines.join('\n')}\n${indent}${isArray ? ']' : '}'}`;
}

/** On one line; what is long is cut. Strings are bare. */
export function brief(value: unknown, maximum = 120): string {
  const text = printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  return text.length > maximum ? `${text.slice(0, maximum)}…` : text;
}

/** Indented JSON for programs, which is safe on a terminal all the same. */
export function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(printable).join('\n');
}
