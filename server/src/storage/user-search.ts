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

function asksAboutIdentities(condition: Condition): boolean {
  if (condition.type === 'and' || condition.type === 'or') return condition.conditions.some(asksAboutIdentities);
  if (condition.type === 'not') return asksAboutIdentities(condition.condition);
  return condition.type === 'test' && condition.path.startsWith('identities.');
}

/** Those of some ids who are what is asked for, in the order of the ids. */
async function judged(db: Queries, ids: readonly string[], condition: Condition): Promise<Candidate[]> {
  if (ids.length === 0) return [];
  const found = new Map((await users.listByIds(db, ids)).map((row) => [row.user_id, row]));
  const rows = ids.flatMap((id) => found.get(id) ?? []);
  const known = asksAboutIdentities(condition) ? await identities.listForUsers(db, ids) : undefined;
  const candidates = rows.map((row) => ({ row, facts: factsOf(row, known?.get(row.user_id)) }));
  return candidates.filter(({ facts }) => satisfies(facts, condition));
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

async function amongFew(db: Queries, ids: readonly string[], search: UserSearch): Promise<FoundUsers> {
  const { condition, order = { path: 'user_id', descending: false }, window, countAll } = search;
  const all: Candidate[] = [];
  for (let at = 0; at < ids.length; at += handful) {
    all.push(...(await judged(db, ids.slice(at, at + handful), condition)));
    await breathe();
  }
  all.sort(comparison(order));
  const rows = all.map(({ row }) => row);
  const rest = 'after' in window ? rows.filter((row) => compareTexts(row.user_id, window.after) > 0) : rows;
  const start = 'start' in window ? window.start : 0;
  const end = start + window.limit;
  return { rows: rest.slice(start, end), more: rest.length > end, total: countAll ? all.length : undefined };
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

/** A page that is being filled. */
class Filling {
  readonly rows: users.UserRow[] = [];
  readonly #start: number;
  readonly #limit: number;
  matched = 0;

  constructor(window: UserSearch['window']) {
    this.#start = 'start' in window ? window.start : 0;
    this.#limit = window.limit;
  }

  /** One more than the page has is kept: it tells that others follow. */
  get isFull(): boolean {
    return this.rows.length > this.#limit;
  }

  add(row: users.UserRow): void {
    this.matched += 1;
    if (this.matched > this.#start && !this.isFull) this.rows.push(row);
  }
}

/** Goes through people until the page is full and, unless an index has counted them, for the count a little further. */
async function amongMany(db: Queries, plan: Plan & { type: 'many' }, search: UserSearch): Promise<FoundUsers> {
  const { condition, window, countAll } = search;
  const counted = countAll ? await countByIndex(db, condition) : undefined;
  const leastLookedAt = countAll && counted === undefined ? mostCounted : 0;
  const page = new Filling(window);
  let lookedAt = 0;
  for await (const ids of walkFor(db, plan, search)) {
    for (const { row } of await judged(db, ids, condition)) page.add(row);
    lookedAt += ids.length;
    if (page.isFull && lookedAt >= leastLookedAt) break;
    if (!page.isFull && lookedAt >= mostLookedAt) {
      throw new SearchTooBroad('The search looked at too many people without finding enough.');
    }
  }
  const total = countAll ? (counted ?? page.matched) : undefined;
  return { rows: page.rows.slice(0, window.limit), more: page.isFull, total };
}

/**
 * Finds people. A total is exact where an index counts it, or where up to 20,000 people may pass; beyond that it says how
 * many there are at least. Throws SearchTooBroad when 200,000 people were looked at in vain.
 */
export async function searchUsers(database: Database, search: UserSearch): Promise<FoundUsers> {
  const plan = await planFor(database, search.condition);
  if (plan.type === 'few') return amongFew(database.queries, plan.ids, search);
  return amongMany(database.queries, plan, search);
}
