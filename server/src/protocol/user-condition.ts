// Owns conditions on people, and whether what is known of a person is what a condition asks for.
import type { Bound } from './lucene.ts';
import type { Pattern } from './lucene-tokens.ts';

export interface Limit {
  readonly value: number;
  readonly inclusive: boolean;
}

/** How the values of a path are compared. */
export type Test =
  | { readonly type: 'exists' }
  | { readonly type: 'equals'; readonly value: string }
  | { readonly type: 'prefix'; readonly prefix: string }
  | { readonly type: 'pattern'; readonly pattern: Pattern }
  | { readonly type: 'text-range'; readonly from: Bound | undefined; readonly to: Bound | undefined }
  | { readonly type: 'number-range'; readonly from: Limit | undefined; readonly to: Limit | undefined };

/** A query whose fields are known and whose values are of their types. */
export type Condition =
  | { readonly type: 'everything' }
  | { readonly type: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly type: 'not'; readonly condition: Condition }
  | { readonly type: 'test'; readonly path: string; readonly test: Test };

/** What is known of a person, by path: text is folded where case doesn't matter, times are epoch milliseconds. */
export type Facts = ReadonlyMap<string, readonly (string | number | boolean)[]>;

/** One form for what is compared without regard to case. */
export function foldCase(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/** Text as every database takes it: without NUL and halves of characters. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** Whether a text is of a pattern. Each wildcard is moved on only as long as the next one isn't reached: no text takes long. */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  const wanted: Pattern = pattern.flatMap((part): Pattern => (typeof part === 'string' ? [...part] : [part]));
  const characters = [...text];
  let at = 0;
  let retry: { readonly wanted: number; at: number } | undefined;
  let next = 0;
  while (at < characters.length) {
    const part = wanted[next];
    if (typeof part === 'object' && part.wildcard === 'any') {
      next += 1;
      retry = { wanted: next, at };
    } else if (typeof part === 'object' || (part !== undefined && part === characters[at])) {
      next += 1;
      at += 1;
    } else if (retry) {
      retry.at += 1;
      at = retry.at;
      next = retry.wanted;
    } else return false;
  }
  return wanted.slice(next).every((part) => typeof part === 'object' && part.wildcard === 'any');
}

/** UTF-16 puts the characters beyond U+FFFF before those of U+E000 and on; code points and UTF-8 don't. */
const rank = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

/** Texts in the order of their code points, which is that of their UTF-8 bytes and so the databases'. */
export function compareTexts(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) {
    const difference = rank(one.charCodeAt(at)) - rank(other.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

function within(value: number, from: Limit | undefined, to: Limit | undefined): boolean {
  if (from && (from.inclusive ? value < from.value : value <= from.value)) return false;
  return !to || (to.inclusive ? value <= to.value : value < to.value);
}

function textWithin(value: string, from: Bound | undefined, to: Bound | undefined): boolean {
  const lower = from ? compareTexts(value, from.text) : 1;
  const upper = to ? compareTexts(value, to.text) : -1;
  return (
    (lower > 0 || (lower === 0 && from?.inclusive === true)) && (upper < 0 || (upper === 0 && to?.inclusive === true))
  );
}

function passes(test: Test, value: string | number | boolean): boolean {
  switch (test.type) {
    case 'exists':
      return true;
    case 'equals':
      return String(value) === test.value;
    case 'prefix':
      return String(value).startsWith(test.prefix);
    case 'pattern':
      return matchesPattern(test.pattern, String(value));
    case 'text-range':
      return typeof value === 'string' && textWithin(value, test.from, test.to);
    case 'number-range':
      return typeof value === 'number' && within(value, test.from, test.to);
  }
}

/** Whether what is known of a person is what a condition asks for. */
export function satisfies(facts: Facts, condition: Condition): boolean {
  switch (condition.type) {
    case 'everything':
      return true;
    case 'and':
      return condition.conditions.every((one) => satisfies(facts, one));
    case 'or':
      return condition.conditions.some((one) => satisfies(facts, one));
    case 'not':
      return !satisfies(facts, condition.condition);
    case 'test': {
      const { path, test } = condition;
      if (test.type !== 'exists') return (facts.get(path) ?? []).some((value) => passes(test, value));
      return facts.has(path) || [...facts.keys()].some((known) => known.startsWith(`${path}.`));
    }
  }
}
