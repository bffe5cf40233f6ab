// Owns searches of log events: what is asked of their members, as SQL that SQLite and PostgreSQL answer alike.
import { type Expression, type ExpressionBuilder, type SqlBool, SqliteAdapter, sql } from 'kysely';
import type { Pattern } from '#protocol/lucene-tokens';
import type { Queries, Schema } from '../tables.ts';
import type { LogRow } from './logs.ts';

export type LogColumn = keyof Omit<LogRow, 'details' | 'auth0_client'>;

interface Bound {
  readonly value: string | number;
  readonly inclusive: boolean;
}

/** What is asked of an event. Texts are compared as they are, upper and lower case apart, unless `fold` says otherwise. */
export type LogFilter =
  | { readonly type: 'and' | 'or'; readonly filters: readonly LogFilter[] }
  | { readonly type: 'not'; readonly filter: LogFilter }
  | { readonly type: 'equals'; readonly column: LogColumn; readonly value: string | number }
  | { readonly type: 'like'; readonly column: LogColumn; readonly pattern: Pattern; readonly fold?: boolean }
  | { readonly type: 'range'; readonly column: LogColumn; readonly from?: Bound; readonly to?: Bound }
  | { readonly type: 'exists'; readonly column: LogColumn }
  | { readonly type: 'everything' }
  | { readonly type: 'nothing' };

type Builder = ExpressionBuilder<Schema, 'logs'>;

/** SQLite's LIKE takes upper and lower case for the same; its GLOB doesn't. */
interface Matching {
  readonly operator: string;
  readonly any: string;
  readonly one: string;
  readonly literal: (text: string) => string;
}

const glob: Matching = { operator: 'glob', any: '*', one: '?', literal: (text) => text.replaceAll(/[*?[]/g, '[$&]') };
const like: Matching = { operator: 'like', any: '%', one: '_', literal: (text) => text.replaceAll(/[%_\\]/g, '\\$&') };

function matches(column: Expression<unknown>, pattern: Pattern, { operator, any, one, literal }: Matching) {
  const text = pattern
    .map((part) => (typeof part === 'string' ? literal(part) : part.wildcard === 'any' ? any : one))
    .join('');
  return sql<SqlBool>`${column} ${sql.raw(operator)} ${text}`;
}

function ranged(where: Builder, column: LogColumn, from: Bound | undefined, to: Bound | undefined) {
  const ends = [
    ...(from ? [where(column, from.inclusive ? '>=' : '>', from.value)] : []),
    ...(to ? [where(column, to.inclusive ? '<=' : '<', to.value)] : []),
  ];
  return ends.length === 0 ? where(column, 'is not', null) : where.and(ends);
}

function conditionOf(where: Builder, filter: LogFilter, matching: Matching): Expression<SqlBool> {
  const within = (inner: LogFilter) => conditionOf(where, inner, matching);
  switch (filter.type) {
    case 'and':
      return where.and(filter.filters.map(within));
    case 'or':
      return where.or(filter.filters.map(within));
    case 'not':
      // What compares with nothing is neither true nor false, and negated still neither.
      return sql<SqlBool>`case when ${within(filter.filter)} then 0 else 1 end = 1`;
    case 'equals':
      return where(filter.column, '=', filter.value);
    case 'like': {
      const column = where.ref(filter.column);
      return matches(filter.fold ? where.fn('lower', [column]) : column, filter.pattern, matching);
    }
    case 'range':
      return ranged(where, filter.column, filter.from, filter.to);
    case 'exists':
      return where(filter.column, 'is not', null);
    case 'everything':
      return sql<SqlBool>`1 = 1`;
    case 'nothing':
      return sql<SqlBool>`1 = 0`;
  }
}

function selected(db: Queries, filter: LogFilter) {
  const matching = db.getExecutor().adapter instanceof SqliteAdapter ? glob : like;
  return db.selectFrom('logs').where((where) => conditionOf(where, filter, matching));
}

export interface LogOrder {
  readonly column: LogColumn;
  readonly direction: 'asc' | 'desc';
}

export interface LogSearch {
  readonly filter: LogFilter;
  readonly order: LogOrder;
  readonly offset: number;
  readonly limit: number;
}

/** What lacks the member that is ordered by comes first in ascending order, and last in descending. */
export async function search(db: Queries, { filter, order, offset, limit }: LogSearch): Promise<LogRow[]> {
  const { column, direction } = order;
  const found = selected(db, filter).selectAll().offset(offset).limit(limit);
  if (column === 'date') return found.orderBy('date', direction).orderBy('seq', direction).execute();
  return found
    .orderBy(column, (by) => (direction === 'asc' ? by.asc().nullsFirst() : by.desc().nullsLast()))
    .orderBy('seq', direction)
    .execute();
}

/** How many there are, up to the most. */
export async function count(db: Queries, filter: LogFilter, most: number): Promise<number> {
  const found = selected(db, filter).select('seq').limit(most).as('found');
  const row = await db
    .selectFrom(found)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return row.count;
}
