// Owns what may be asked of the log: Auth0's searchable members, dates, wildcards, and the older way to search.
import { logNumber } from '#protocol/log-id';
import { type Bound, type LuceneQuery, type LuceneValue, parseLucene } from '#protocol/lucene';
import type { Pattern } from '#protocol/lucene-tokens';
import type { LogColumn, LogFilter } from '#storage/tables/log-search';

/** Why a search is refused. */
export class LogSearchRefused extends Error {
  override name = 'LogSearchRefused';
}

const searchable: readonly LogColumn[] = [
  ...(['audience', 'client_id', 'client_name', 'connection', 'connection_id', 'date', 'description'] as const),
  ...(['hostname', 'ip', 'organization_id', 'scope', 'strategy', 'strategy_type', 'type', 'user_agent'] as const),
  ...(['user_id', 'user_name'] as const),
];

const idNames = ['log_id', '_id'];

/** Where a term without a field is looked for. */
const bareColumns: readonly LogColumn[] = ['client_name', 'connection', 'description', 'ip', 'type', 'user_name'];

/** Literals beside a leading wildcard must be so long. */
const shortestInfix = 3;

export function columnOf(name: string): LogColumn | undefined {
  return searchable.find((column) => column === name);
}

/** The times from and until which a date lasts: `2018-12` a month, `2018-12-10` a day, `2018-12-10T10:11` a minute. */
function spanOf(text: string): { readonly start: number; readonly end: number } {
  const [, year, month, day, hour, minute, second, fraction] =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?Z?)?)?)?$/.exec(text) ?? [];
  const parts = [year, month, day, hour, minute, second, fraction?.padEnd(3, '0')];
  const given = parts.filter((part) => part !== undefined).map(Number);
  const at = (numbers: readonly number[]) => {
    const [y = 0, m = 1, ...rest] = numbers;
    return Date.UTC(y, m - 1, ...(rest as [number?, number?, number?, number?, number?]));
  };
  const start = at(given);
  const isReal = given.length > 0 && new Date(start).toISOString().startsWith(text.replace(/Z$/, '').slice(0, 19));
  if (!isReal) throw new LogSearchRefused(`"${text}" is no date. Write it like 2018-12-10 or 2018-12-10T10:11:12.`);
  return { start, end: at([...given.slice(0, -1), (given.at(-1) as number) + 1]) };
}

function dateFilter(value: LuceneValue): LogFilter {
  const column = 'date';
  if (value.type === 'pattern') throw new LogSearchRefused('A date is searched without wildcards, or as a range.');
  if (value.type === 'range') {
    const bound = (end: Bound, side: 'start' | 'end', inclusive: boolean) => ({
      value: spanOf(end.text)[side],
      inclusive,
    });
    const { from, to } = value;
    return {
      type: 'range',
      column,
      ...(from ? { from: bound(from, from.inclusive ? 'start' : 'end', true) } : {}),
      ...(to ? { to: bound(to, to.inclusive ? 'end' : 'start', false) } : {}),
    };
  }
  const { start, end } = spanOf(value.text);
  return { type: 'range', column, from: { value: start, inclusive: true }, to: { value: end, inclusive: false } };
}

function idFilter(value: LuceneValue): LogFilter {
  if (value.type !== 'term' && value.type !== 'phrase')
    throw new LogSearchRefused('A log_id is searched as a whole: without wildcards and ranges.');
  const seq = logNumber(value.text);
  return seq === undefined ? { type: 'nothing' } : { type: 'equals', column: 'seq', value: seq };
}

function checkPattern(pattern: Pattern): void {
  const [first] = pattern;
  if (pattern.some((part) => typeof part === 'object' && part.wildcard === 'one'))
    throw new LogSearchRefused('The wildcard ? is not supported. Use * for any number of characters.');
  const isInfix = typeof first === 'object';
  if (isInfix && pattern.some((part) => typeof part === 'string' && part.length < shortestInfix))
    throw new LogSearchRefused(`After a leading wildcard come ${shortestInfix} characters or more.`);
}

function textFilter(column: LogColumn, value: LuceneValue): LogFilter {
  switch (value.type) {
    case 'term':
    case 'phrase':
      return { type: 'equals', column, value: value.text };
    case 'pattern':
      checkPattern(value.pattern);
      return { type: 'like', column, pattern: value.pattern };
    case 'range': {
      const bound = ({ text, inclusive }: Bound) => ({ value: text, inclusive });
      const { from, to } = value;
      return { type: 'range', column, ...(from ? { from: bound(from) } : {}), ...(to ? { to: bound(to) } : {}) };
    }
  }
}

function valueFilter(field: string | undefined, value: LuceneValue): LogFilter {
  if (field === undefined) {
    const isText = value.type === 'term' || value.type === 'phrase';
    const filters = bareColumns.map((column) => textFilter(column, value));
    return { type: 'or', filters: isText ? [...filters, idFilter(value)] : filters };
  }
  if (idNames.includes(field)) return idFilter(value);
  const column = searchedColumn(field);
  return column === 'date' ? dateFilter(value) : textFilter(column, value);
}

function searchedColumn(field: string): LogColumn {
  const column = columnOf(field);
  if (column) return column;
  const known = [...searchable, 'log_id'].sort().join(', ');
  throw new LogSearchRefused(`"${field}" cannot be searched. What can is ${known}.`);
}

function filterOf(query: LuceneQuery): LogFilter {
  switch (query.type) {
    case 'and':
    case 'or':
      return { type: query.type, filters: query.clauses.map(filterOf) };
    case 'not':
      return { type: 'not', filter: filterOf(query.clause) };
    case 'match':
      return valueFilter(query.field, query.value);
    case 'exists':
      return idNames.includes(query.field)
        ? { type: 'everything' }
        : { type: 'exists', column: searchedColumn(query.field) };
    case 'everything':
      return { type: 'everything' };
  }
}

/** What `q` asks. Throws LuceneSyntaxError, LogSearchRefused. */
export function queryFilter(q: string): LogFilter {
  return filterOf(parseLucene(q));
}

/** Names that the older search knows members by. */
const aliases: Readonly<Record<string, LogColumn>> = {
  application: 'client_name',
  client: 'client_name',
  user: 'user_name',
};
const bareOlder: readonly LogColumn[] = ['client_name', 'connection', 'user_name'];

/** Without quotes it begins so, in quotes it is so; upper and lower case are the same. */
function olderMatch(query: LuceneQuery): LogFilter {
  if (query.type !== 'match' || (query.value.type !== 'term' && query.value.type !== 'phrase')) return filterOf(query);
  const { type, text } = query.value;
  const folded = text.toLowerCase();
  const pattern: Pattern = type === 'phrase' ? [folded] : [folded, { wildcard: 'any' }];
  const of = (column: LogColumn): LogFilter => ({ type: 'like', column, pattern, fold: true });
  if (query.field === undefined) return { type: 'or', filters: bareOlder.map(of) };
  const column = aliases[query.field] ?? searchedColumn(query.field);
  return column === 'date' ? dateFilter(query.value) : of(column);
}

/** What `search` asks: all of what stands side by side. Throws LuceneSyntaxError, LogSearchRefused. */
export function searchFilter(search: string): LogFilter {
  const query = parseLucene(search);
  return query.type === 'or' || query.type === 'and'
    ? { type: 'and', filters: query.clauses.map(olderMatch) }
    : olderMatch(query);
}
