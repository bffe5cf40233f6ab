// Owns the search for organizations, in the language of Lucene or of SCIM.
import { type LuceneQuery, type LuceneValue, parseLucene } from '#protocol/lucene';
import type { Pattern } from '#protocol/lucene-tokens';
import { parseScimFilter, type ScimFilter } from '#protocol/scim-filter';
import type { Organization } from './organizations.ts';
import type { Document } from './records.ts';

/** A search that nobody may make. The sentence says why. */
export class SearchRefused extends Error {
  override name = 'SearchRefused';
}

type Found = (organization: Document<Organization>) => boolean;

/** How many comparisons a search may make. */
const mostComparisons = 5;
/** What stands after a leading wildcard is so long at least. */
const shortestPart = 3;
const anything = { wildcard: 'any' } as const;

const fields = ['id', 'name', 'display_name', 'created_at'] as const;
const metadataPrefix = 'metadata.';

/** What an organization has in a field; undefined: nothing. */
function textOf({ body, created_at }: Document<Organization>, field: string): string | undefined {
  if (field.startsWith(metadataPrefix)) return body.metadata?.[field.slice(metadataPrefix.length)];
  if (field === 'created_at') return new Date(created_at).toISOString();
  return body[field as 'id' | 'name' | 'display_name'];
}

function checkField(field: string): void {
  if (field.startsWith(metadataPrefix) || fields.some((known) => known === field)) return;
  throw new SearchRefused(`"${field}" cannot be searched. What can is ${fields.join(', ')} and metadata.<name>.`);
}

/** The names are compared in any case. */
function folded(field: string, text: string): string {
  return field === 'name' || field === 'display_name' ? text.toLowerCase() : text;
}

/** The literal parts in their order, the first and the last at the ends unless a wildcard stands there. */
function matchesPattern(text: string, pattern: Pattern): boolean {
  let at = 0;
  for (const [index, part] of pattern.entries()) {
    if (typeof part !== 'string') continue;
    const isLast = index === pattern.length - 1;
    const found = isLast ? text.length - part.length : text.indexOf(part, at);
    if (found < at || !text.startsWith(part, found) || (index === 0 && found !== 0)) return false;
    at = found + part.length;
  }
  return true;
}

function checkPattern(pattern: Pattern): void {
  if (pattern.some((part) => typeof part === 'object' && part.wildcard === 'one')) {
    throw new SearchRefused('The wildcard ? is not supported. Use * for any number of characters.');
  }
  const isInfix = typeof pattern[0] === 'object';
  if (isInfix && pattern.some((part) => typeof part === 'string' && part.length < shortestPart)) {
    throw new SearchRefused(`After a leading wildcard come ${shortestPart} characters or more.`);
  }
}

/** Of a date a part stands for all that begins so. */
function isAt(field: string, text: string, asked: string): boolean {
  return field === 'created_at' ? text.startsWith(asked) : text === asked;
}

function comparison(field: string, value: LuceneValue): Found {
  checkField(field);
  const test = (check: (text: string) => boolean): Found => {
    return (organization) => {
      const text = textOf(organization, field);
      return text !== undefined && check(folded(field, text));
    };
  };
  if (value.type === 'range') {
    const { from, to } = value;
    const isAbove = (text: string) => !from || text > from.text || (from.inclusive && isAt(field, text, from.text));
    const isBelow = (text: string) => !to || text < to.text || (to.inclusive && isAt(field, text, to.text));
    return test((text) => isAbove(text) && isBelow(text));
  }
  if (value.type === 'pattern') {
    checkPattern(value.pattern);
    const pattern = value.pattern.map((part) => (typeof part === 'string' ? folded(field, part) : part));
    return test((text) => matchesPattern(text, pattern));
  }
  const asked = folded(field, value.text);
  return test((text) => isAt(field, text, asked));
}

function finder(query: LuceneQuery): Found {
  switch (query.type) {
    case 'and': {
      const all = query.clauses.map(finder);
      return (organization) => all.every((one) => one(organization));
    }
    case 'or': {
      const all = query.clauses.map(finder);
      return (organization) => all.some((one) => one(organization));
    }
    case 'not': {
      const one = finder(query.clause);
      return (organization) => !one(organization);
    }
    case 'exists':
      checkField(query.field);
      return (organization) => textOf(organization, query.field) !== undefined;
    case 'everything':
      return () => true;
    case 'match': {
      const { field, value } = query;
      if (field !== undefined) return comparison(field, value);
      const either = [comparison('name', value), comparison('display_name', value)];
      return (organization) => either.some((one) => one(organization));
    }
  }
}

function comparisons(query: LuceneQuery): number {
  if (query.type === 'and' || query.type === 'or') {
    return query.clauses.reduce((count, clause) => count + comparisons(clause), 0);
  }
  if (query.type === 'not') return comparisons(query.clause);
  return query.type === 'everything' ? 0 : 1;
}

const phrase = (text: string): LuceneValue => ({ type: 'phrase', text });
const pattern = (...parts: Pattern): LuceneValue => ({ type: 'pattern', pattern: parts });

function compared(operator: string, text: string): LuceneValue {
  const bound = { text, inclusive: operator.endsWith('e') };
  if (operator === 'gt' || operator === 'ge') return { type: 'range', from: bound, to: undefined };
  if (operator === 'lt' || operator === 'le') return { type: 'range', from: undefined, to: bound };
  if (operator === 'sw') return pattern(text, anything);
  if (operator === 'ew') return pattern(anything, text);
  if (operator === 'co') return pattern(anything, text, anything);
  return phrase(text);
}

/** A SCIM filter asks for the same things in other words. */
function fromScim(filter: ScimFilter): LuceneQuery {
  switch (filter.type) {
    case 'and':
    case 'or':
      return { type: filter.type, clauses: filter.clauses.map(fromScim) };
    case 'not':
      return { type: 'not', clause: fromScim(filter.clause) };
    case 'present':
      return { type: 'exists', field: filter.attribute, at: 0 };
    case 'compare': {
      const { attribute: field, operator, value } = filter;
      const match: LuceneQuery = { type: 'match', field, value: compared(operator, String(value)), at: 0 };
      return operator === 'ne' ? { type: 'not', clause: match } : match;
    }
  }
}

/** Tells who is found. Throws LuceneSyntaxError, ScimSyntaxError, SearchRefused. */
export function organizationFinder(q: string, parser: 'lucene' | 'scim'): Found {
  const query = parser === 'scim' ? fromScim(parseScimFilter(q)) : parseLucene(q);
  if (comparisons(query) > mostComparisons) {
    throw new SearchRefused(`A search makes at most ${mostComparisons} comparisons.`);
  }
  return finder(query);
}
