// Owns what people can be searched by: the fields, how each is compared, and what a query in Lucene's language asks for.
import type { Bound, LuceneQuery, LuceneValue } from './lucene.ts';
import { LuceneSyntaxError, type Pattern } from './lucene-tokens.ts';
import { readSearchDate } from './search-date.ts';
import { type Condition, foldCase, storable, type Test } from './user-condition.ts';

type FieldType = 'folded' | 'text' | 'number' | 'date' | 'boolean';

/** Everything but metadata and what identities say. */
const fields: Readonly<Record<string, FieldType>> = {
  user_id: 'text',
  email: 'folded',
  'email.domain': 'folded',
  email_verified: 'boolean',
  username: 'text',
  phone_number: 'text',
  phone_verified: 'boolean',
  name: 'folded',
  given_name: 'folded',
  family_name: 'folded',
  nickname: 'folded',
  picture: 'text',
  blocked: 'boolean',
  last_ip: 'text',
  last_login: 'date',
  logins_count: 'number',
  created_at: 'date',
  updated_at: 'date',
  organization_id: 'text',
  'identities.connection': 'text',
  'identities.provider': 'text',
  'identities.user_id': 'text',
  'identities.isSocial': 'boolean',
};

/** What a term without a field is looked for in. */
const defaultFields = [
  'user_id',
  'email',
  'username',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'nickname',
] as const;

function typeOf(path: string, at: number): FieldType | 'metadata' {
  if (Object.hasOwn(fields, path)) return fields[path] as FieldType;
  if (/^(?:app|user)_metadata(?:\.|$)/.test(path) || path.startsWith('identities.profileData.')) return 'metadata';
  throw new LuceneSyntaxError(`The field "${path.slice(0, 100)}" cannot be searched`, at);
}

/** The literal characters that must stand in a pattern which begins with a wildcard. */
const fewestLiterals = 3;

function patternTest(path: string, pattern: Pattern, at: number, fold: (text: string) => string): Test {
  if (path.startsWith('user_metadata')) {
    throw new LuceneSyntaxError('Wildcards cannot be used on user_metadata', at);
  }
  const [first, second] = pattern;
  const texts = pattern.map((part) => (typeof part === 'string' ? fold(part) : part));
  if (typeof first === 'string') {
    const isPrefix = pattern.length === 2 && typeof second === 'object' && second.wildcard === 'any';
    return isPrefix ? { type: 'prefix', prefix: fold(first) } : { type: 'pattern', pattern: texts };
  }
  if (!pattern.some((part) => typeof part === 'string' && part.length >= fewestLiterals)) {
    throw new LuceneSyntaxError(`A wildcard at the beginning needs ${fewestLiterals} characters beside it`, at);
  }
  return { type: 'pattern', pattern: texts };
}

function numberIn(text: string, at: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new LuceneSyntaxError(`"${text.slice(0, 100)}" is not a number`, at);
  return value;
}

function spanIn(text: string, at: number) {
  const span = readSearchDate(text);
  if (!span) throw new LuceneSyntaxError(`"${text.slice(0, 100)}" is not a date`, at);
  return span;
}

/** A date at an end of a range takes in the whole day, month or year that it names, or leaves out the whole of it. */
function dateTest(value: Exclude<LuceneValue, { type: 'pattern' }>, at: number): Test {
  if (value.type !== 'range') {
    const { start, end } = spanIn(value.text, at);
    return { type: 'number-range', from: { value: start, inclusive: true }, to: { value: end, inclusive: false } };
  }
  const { from, to } = value;
  const lower = (bound: Bound) => spanIn(bound.text, at)[bound.inclusive ? 'start' : 'end'];
  const upper = (bound: Bound) => spanIn(bound.text, at)[bound.inclusive ? 'end' : 'start'];
  return {
    type: 'number-range',
    from: from && { value: lower(from), inclusive: true },
    to: to && { value: upper(to), inclusive: false },
  };
}

function numberTest(value: Exclude<LuceneValue, { type: 'pattern' }>, at: number): Test {
  const limit = (bound: Bound | undefined) => bound && { value: numberIn(bound.text, at), inclusive: bound.inclusive };
  if (value.type === 'range') return { type: 'number-range', from: limit(value.from), to: limit(value.to) };
  const same = { value: numberIn(value.text, at), inclusive: true };
  return { type: 'number-range', from: same, to: same };
}

const isNumeric = (bound: Bound | undefined) =>
  bound === undefined || (bound.text.trim() !== '' && Number.isFinite(Number(bound.text)));

function metadataTest(path: string, value: LuceneValue, at: number): Test {
  if (value.type === 'pattern') return patternTest(path, value.pattern, at, storable);
  if (value.type !== 'range') return { type: 'equals', value: storable(value.text) };
  if (path.startsWith('user_metadata')) throw new LuceneSyntaxError('Ranges cannot be used on user_metadata', at);
  if (isNumeric(value.from) && isNumeric(value.to)) return numberTest(value, at);
  return { type: 'text-range', from: value.from, to: value.to };
}

function textTest(path: string, value: LuceneValue, at: number, fold: (text: string) => string): Test {
  if (value.type === 'pattern') return patternTest(path, value.pattern, at, fold);
  const folded = (bound: Bound | undefined) => bound && { ...bound, text: fold(bound.text) };
  if (value.type === 'range') return { type: 'text-range', from: folded(value.from), to: folded(value.to) };
  return { type: 'equals', value: fold(value.text) };
}

const folding = (text: string) => foldCase(storable(text));

function testOf(path: string, value: LuceneValue, at: number): Test {
  const type = typeOf(path, at);
  if (type === 'metadata') return metadataTest(path, value, at);
  if (type === 'folded' || type === 'text') return textTest(path, value, at, type === 'folded' ? folding : storable);
  if (value.type === 'pattern') throw new LuceneSyntaxError(`Wildcards cannot be used on ${path}`, at);
  if (type === 'date') return dateTest(value, at);
  if (type === 'number') return numberTest(value, at);
  if (value.type === 'range') throw new LuceneSyntaxError(`Ranges cannot be used on ${path}`, at);
  return { type: 'equals', value: value.text };
}

/** What a query asks for. Throws LuceneSyntaxError for a field that there isn't, or a value that isn't of its type. */
export function userCondition(query: LuceneQuery): Condition {
  switch (query.type) {
    case 'everything':
      return query;
    case 'and':
    case 'or':
      return { type: query.type, conditions: query.clauses.map(userCondition) };
    case 'not':
      return { type: 'not', condition: userCondition(query.clause) };
    case 'exists':
      typeOf(query.field, query.at);
      return { type: 'test', path: query.field, test: { type: 'exists' } };
    case 'match': {
      const { field, value, at } = query;
      const paths = field === undefined ? defaultFields : [field];
      const tests = paths.map((path) => ({ type: 'test', path, test: testOf(path, value, at) }) as const);
      return tests.length === 1 && tests[0] ? tests[0] : { type: 'or', conditions: tests };
    }
  }
}

/** `field:1` or `field:-1`. Undefined for what cannot be sorted by. */
export function userSort(text: string): { readonly path: string; readonly descending: boolean } | undefined {
  const [, path = '', direction] = /^([\w.]+):(-?1)$/.exec(text) ?? [];
  const sortable = Object.hasOwn(fields, path) && !path.startsWith('identities.') && path !== 'organization_id';
  return sortable ? { path, descending: direction === '-1' } : undefined;
}
