// Owns the search for people: those whom a condition asks for, in an order, a page of them, and how many there are.
import { sql } from 'kysely';
import { type Condition, compareTexts, type Facts, satisfies } from '#protocol/user-condition';
import type { Database, Queries } from './database.ts';
import * as identities from './tables/identities.ts';
import * as users from './tables/users.ts';
import { factsOf } from './user-facts.ts';
import { type Plan, planFor } from './user-search/plan.ts';
import { boundsOn, sourceOf } from './user-search/sources.ts';
import { breathe, byId, everybody, inOrder, type Order } from './user-search/walks.ts';

export interface UserSearch {
  readonly condition: Condition;
  /** Undefined: by their ids, which is by their age. */
  readonly order: Order | undefined;
  /** `after` is the id of the last person of the page before; an order of one's own needs a start instead. */
  readonly window:
    | { readonly start: number; readonly limit: number }
    | { readonly after: string; readonly limit: number };
  readonly countAll: boolean;
}

export interface FoundUsers {
  readonly rows: readonly users.UserRow[];
  /** Whether others follow. */
  readonly more: boolean;
  /** If asked for: of all who were found, not only of this page. */
  readonly total: number | undefined;
}

/** More people than this are looked at for one search only if an index leads to them. */
export class SearchTooBroad extends Error {
  override name = 'SearchTooBroad';
}

/** How many people are looked at to fill a page, and how many to count what no index counts. */
const mostLookedAt = 200_000;
const mostCounted = 20_000;
/** People at a time. */
const handful = 500;

interface Candidate {
  readonly row: users.UserRow;
  readonly facts: Facts;
}

/** The first parts of the paths that a condition asks about. */
function rootsOf(condition: Condition, roots = new Set<string>()): Set<string> {
  if (condition.type === 'and' || condition.type === 'or') {
    for (const one of condition.conditions) rootsOf(one, roots);
  } else if (condition.type === 'not') rootsOf(condition.condition, roots);
  else if (condition.type === 'test') roots.add(condition.path.split('.')[0] as string);
  return roots;
}

/** Judges people by what is asked for. */
class Judge {
  readonly #db: Queries;
  readonly #condition: Condition;
  readonly #roots: ReadonlySet<string>;

  constructor(db: Queries, { condition, order }: UserSearch) {
    this.#db = db;
    this.#condition = condition;
    this.#roots = rootsOf(condition, new Set(order ? [order.path.split('.')[0] as string] : []));
  }

  /** Those of some ids who are what is asked for, in the order of the ids. */
  async judge(ids: readonly string[]): Promise<Candidate[]> {
    if (ids.length === 0) return [];
    const found = new Map((await users.listByIds(this.#db, ids)).map((row) => [row.user_id, row]));
    const known = this.#roots.has('identities') ? await identities.listForUsers(this.#db, ids) : undefined;
    const candidates = ids.flatMap((id) => {
      const row = found.get(id);
      return row ? { row, facts: factsOf(row, known?.get(id), this.#roots) } : [];
    });
    return candidates.filter(({ facts }) => satisfies(facts, this.#condition));
  }
}

function compareFacts(one: Facts, other: Facts, path: string): number {
  const [a] = one.get(path) ?? [];
  const [b] = other.get(path) ?? [];
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b));
}

/** As `inOrder` has it: who lacks what is ordered by comes last, by id. */
function comparison({ path, descending }: Order): (one: Candidate, other: Candidate) => number {
  return (one, other) => {
    const has = one.facts.has(path);
    const byIds = compareTexts(one.row.user_id, other.row.user_id);
    if (has !== other.facts.has(path)) return has ? -1 : 1;
    if (!has) return byIds;
    const difference = compareFacts(one.facts, other.facts, path) || byIds;
    return descending ? -difference : difference;
  };
}

/** A page that is being filled. */
class Filling {
  readonly #rows: users.UserRow[] = [];
  readonly #start: number;
  readonly #limit: number;
  matched = 0;

  constructor(window: UserSearch['window']) {
    this.#start = 'start' in window ? window.start : 0;
    this.#limit = window.limit;
  }

  /** One more than the page has is kept: it tells that others follow. */
  get isFull(): boolean {
    return this.#rows.length > this.#limit;
  }

  /** Passes over some who are known to match. */
  skip(count: number): void {
    this.matched += count;
  }

  add(row: users.UserRow): void {
    this.matched += 1;
    if (this.matched > this.#start && !this.isFull) this.#rows.push(row);
  }

  found(total: number | undefined): FoundUsers {
    return { rows: this.#rows.slice(0, this.#limit), more: this.isFull, total };
  }
}

/** All of some who are what is asked for, in an order of one's own. */
async function sortedAmongFew(db: Queries, ids: readonly string[], order: Order, search: UserSearch) {
  const judge = new Judge(db, search);
  const all: Candidate[] = [];
  for (let at = 0; at < ids.length; at += handful) {
    all.push(...(await judge.judge(ids.slice(at, at + handful))));
    await breathe();
  }
  const page = new Filling(search.window);
  for (const { row } of all.sort(comparison(order))) page.add(row);
  return page.found(search.countAll ? page.matched : undefined);
}

/** Some in the order of their ids: no more of them are looked at than the page needs, unless all must be counted. */
async function amongFew(db: Queries, { ids, exact }: Plan & { type: 'few' }, search: UserSearch): Promise<FoundUsers> {
  if (search.order) return sortedAmongFew(db, ids, search.order, search);
  const { window, countAll } = search;
  const sorted = ids.toSorted(compareTexts);
  const rest = 'after' in window ? sorted.filter((id) => compareTexts(id, window.after) > 0) : sorted;
  const judge = new Judge(db, search);
  const page = new Filling(window);
  const skipped = exact && 'start' in window ? window.start : 0;
  page.skip(Math.min(skipped, rest.length));
  for (let at = skipped, step = window.limit + 1; at < rest.length; at += step, step = handful) {
    for (const { row } of await judge.judge(rest.slice(at, at + step))) page.add(row);
    if (page.isFull && (exact || !countAll)) break;
    await breathe();
  }
  return page.found(countAll ? (exact ? ids.length : page.matched) : undefined);
}

/** What an index counts; undefined when everybody must be asked. */
async function countByIndex(db: Queries, condition: Condition): Promise<number | undefined> {
  const source = condition.type === 'test' ? sourceOf(condition.path, condition.test) : undefined;
  if (condition.type !== 'everything' && !source) return undefined;
  const counted = source && !source.exact ? sql`count(distinct user_id)` : sql`count(*)`;
  const { rows } = await sql<{ total: number }>`select ${counted} as total ${source?.from ?? everybody}`.execute(db);
  return rows[0]?.total;
}

/** Everybody a page could be made of, in the order that is asked for. */
function walkFor(db: Queries, { source }: Plan & { type: 'many' }, { condition, order, window }: UserSearch) {
  if (order) return inOrder(db, order, boundsOn(order.path, condition));
  return byId(db, source?.from ?? everybody, 'after' in window ? window.after : '');
}

/** Goes through people until the page is full and, unless an index has counted them, for the count a little further. */
async function amongMany(db: Queries, plan: Plan & { type: 'many' }, search: UserSearch): Promise<FoundUsers> {
  const { condition, window, countAll } = search;
  const judge = new Judge(db, search);
  const counted = countAll ? await countByIndex(db, condition) : undefined;
  const leastLookedAt = countAll && counted === undefined ? mostCounted : 0;
  const page = new Filling(window);
  let lookedAt = 0;
  for await (const ids of walkFor(db, plan, search)) {
    for (const { row } of await judge.judge(ids)) page.add(row);
    lookedAt += ids.length;
    if (page.isFull && lookedAt >= leastLookedAt) break;
    if (!page.isFull && lookedAt >= mostLookedAt) {
      throw new SearchTooBroad('The search looked at too many people without finding enough.');
    }
  }
  return page.found(countAll ? (counted ?? page.matched) : undefined);
}

/**
 * Finds people. A total is exact where an index counts it, or where up to 20,000 people may pass; beyond that it says how
 * many there are at least. Throws SearchTooBroad when 200,000 people were looked at in vain.
 */
export async function searchUsers(database: Database, search: UserSearch): Promise<FoundUsers> {
  const plan = await planFor(database, search.condition);
  if (plan.type === 'few') return amongFew(database.queries, plan, search);
  return amongMany(database.queries, plan, search);
}
