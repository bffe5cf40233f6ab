// Owns where the databases find those who pass a test: which index, and what of it.
import { type RawBuilder, sql } from 'kysely';
import type { Condition, Limit, Test } from '#protocol/user-condition';
import { indexed, longestTerm } from '../user-facts.ts';

/** `from … where …`, which yields a user_id for everybody who passes a test, and perhaps for some who don't. */
export interface Source {
  readonly from: RawBuilder<unknown>;
  /** Whether the index has the ids in their order. */
  readonly inOrder: boolean;
  /** Whether nobody comes twice, and nobody who doesn't pass: then counting it counts those who do. */
  readonly exact: boolean;
}

interface OrderedColumn {
  readonly column: string;
  /** Who has it, and who lacks it. Who never signed in has no count of sign-ins. */
  readonly had: RawBuilder<unknown>;
  readonly lacked: RawBuilder<unknown>;
}

const always = { had: sql`true`, lacked: sql`false` };

/** Columns of `users` that have an index, by path. */
export const orderedColumns: Readonly<Record<string, OrderedColumn>> = {
  created_at: { column: 'created_at', ...always },
  updated_at: { column: 'updated_at', ...always },
  last_login: { column: 'last_login_at', had: sql`last_login_at is not null`, lacked: sql`last_login_at is null` },
  logins_count: { column: 'logins_count', had: sql`logins_count > 0`, lacked: sql`logins_count = 0` },
};

const identityColumns: Readonly<Record<string, string>> = {
  'identities.connection': 'connection',
  'identities.provider': 'provider',
  'identities.user_id': 'id_at_provider',
};

/** Of which a person has one at most. */
const singular = new Set([
  ...['email', 'email.domain', 'email_verified', 'username', 'phone_number', 'phone_verified', 'blocked'],
  ...['name', 'given_name', 'family_name', 'nickname'],
]);

/** Whether the words of a path stand in user_terms. */
export function hasTerms(path: string): boolean {
  return singular.has(path) || /^(?:app|user)_metadata(?:\.|$)/.test(path);
}

/** Whatever begins with a text comes before this. */
const last = '\u{10FFFF}';

function within(column: RawBuilder<unknown>, from: Limit | undefined, to: Limit | undefined): RawBuilder<unknown> {
  const conditions = [sql`true`];
  if (from) conditions.push(from.inclusive ? sql`${column} >= ${from.value}` : sql`${column} > ${from.value}`);
  if (to) conditions.push(to.inclusive ? sql`${column} <= ${to.value}` : sql`${column} < ${to.value}`);
  return sql.join(conditions, sql` and `);
}

function columnSource(path: string, test: Test): Source | undefined {
  const ordered = orderedColumns[path];
  if (!ordered || (test.type !== 'number-range' && test.type !== 'exists')) return undefined;
  const [from, to] = test.type === 'exists' ? [] : [test.from, test.to];
  const bounds = within(sql.ref(ordered.column), from, to);
  return { from: sql`from users where ${ordered.had} and ${bounds}`, inOrder: false, exact: true };
}

function identitySource(path: string, test: Test): Source | undefined {
  const column = identityColumns[path];
  if (column === undefined || test.type !== 'equals') return undefined;
  return { from: sql`from identities where ${sql.ref(column)} = ${test.value}`, inOrder: true, exact: false };
}

function termSource(path: string, test: Test): Source | undefined {
  const isSingular = singular.has(path);
  const some = (condition: RawBuilder<unknown>, exact = isSingular, inOrder = false): Source => ({
    from: sql`from user_terms where path = ${path} and ${condition}`,
    inOrder,
    exact,
  });
  switch (test.type) {
    case 'equals':
      return some(sql`value = ${indexed(test.value)}`, true, true);
    case 'prefix': {
      const prefix = test.prefix.slice(0, longestTerm).toWellFormed();
      return some(sql`value >= ${prefix} and value < ${prefix + last}`, isSingular && prefix === test.prefix);
    }
    case 'number-range':
      return some(sql`number is not null and ${within(sql.ref('number'), test.from, test.to)}`);
    case 'text-range': {
      const { from, to } = test;
      const lower = from ? sql`value >= ${from.text.slice(0, longestTerm).toWellFormed()}` : sql`true`;
      const upper = to ? sql`value < ${to.text.slice(0, longestTerm).toWellFormed() + last}` : sql`true`;
      return some(sql`${lower} and ${upper}`, false);
    }
    case 'exists': {
      // A path that others lie below exists with any of them.
      if (isSingular) return some(sql`true`);
      const below = sql`path >= ${`${path}.`} and path < ${`${path}/`}`;
      return { from: sql`from user_terms where (path = ${path} or (${below}))`, inOrder: false, exact: false };
    }
    case 'pattern':
      return undefined;
  }
}

function idSource(test: Test): Source | undefined {
  if (test.type === 'equals') {
    return { from: sql`from users where user_id = ${test.value}`, inOrder: true, exact: true };
  }
  if (test.type !== 'prefix') return undefined;
  const { prefix } = test;
  const from = sql`from users where user_id >= ${prefix} and user_id < ${prefix + last}`;
  return { from, inOrder: true, exact: true };
}

/** Where those who pass a test are found; undefined where everybody must be looked at. */
export function sourceOf(path: string, test: Test): Source | undefined {
  if (path === 'user_id') return idSource(test);
  if (hasTerms(path)) return termSource(path, test);
  return columnSource(path, test) ?? identitySource(path, test);
}

/** Where all who pass have values of a path, if a condition says so: whoever goes in that path's order need go no further. */
export function boundsOn(path: string, condition: Condition): RawBuilder<unknown> | undefined {
  if (condition.type === 'test') return condition.path === path ? sourceOf(path, condition.test)?.from : undefined;
  if (condition.type !== 'and') return undefined;
  return condition.conditions.map((one) => boundsOn(path, one)).find((from) => from !== undefined);
}
