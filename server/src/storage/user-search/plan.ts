// Owns the choice of the way to those whom a condition asks for: through an index if few pass, else past everybody.
import { type RawBuilder, sql } from 'kysely';
import type { Condition, Test } from '#protocol/user-condition';
import type { Database, Queries } from '../database.ts';
import { longestTerm } from '../user-facts.ts';
import { hasTerms, type Source, sourceOf } from './sources.ts';
import { breathe, everybody } from './walks.ts';

/** As many people as are looked at one by one without a second thought. */
export const few = 5000;

export type Plan =
  /** The ids of all who may pass. */
  | { readonly type: 'few'; readonly ids: readonly string[] /** Whether all of them do. */; readonly exact: boolean }
  /** Too many: those of a source, or everybody, must be gone through. */
  | { readonly type: 'many'; readonly source: Source | undefined };

/** A column that is looked through for a text, in parts. */
interface Scan {
  readonly from: RawBuilder<unknown>;
  readonly key: RawBuilder<unknown>;
  readonly literal: string;
}

interface Estimate {
  /** How many the sources have: up to `few`, or Infinity. */
  readonly size: number;
  readonly sources: readonly Source[];
  /** What must be looked through besides, to find all who may pass. */
  readonly scans: readonly Scan[];
}

const many: Estimate = { size: Number.POSITIVE_INFINITY, sources: [], scans: [] };

async function sizeOf(db: Queries, { from }: Source): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select count(*) as size from (select 1 ${from} limit ${few + 1}) as counted`.execute(db);
  const size = rows[0]?.size ?? 0;
  return size > few ? Number.POSITIVE_INFINITY : size;
}

function scanFor(path: string, test: Test): Scan | undefined {
  const literals = test.type === 'pattern' ? test.pattern.filter((part) => typeof part === 'string') : [];
  const literal = literals.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
  if (literal === '') return undefined;
  if (path === 'user_id') return { from: everybody, key: sql.ref('user_id'), literal };
  if (!hasTerms(path)) return undefined;
  return { from: sql`from user_terms where path = ${path}`, key: sql.ref('value'), literal };
}

async function estimateTest(db: Queries, { path, test }: Condition & { type: 'test' }): Promise<Estimate> {
  const source = sourceOf(path, test);
  if (source) return { size: await sizeOf(db, source), sources: [source], scans: [] };
  const scan = scanFor(path, test);
  return scan ? { size: 0, sources: [], scans: [scan] } : many;
}

/** Any will do where all must pass: the one that has few without looking, else after looking; else one in its order. */
function best(estimates: readonly Estimate[]): Estimate {
  const rank = ({ size, sources, scans }: Estimate) => {
    if (size <= few) return scans.length === 0 ? size : few + scans.length;
    return sources[0]?.inOrder ? Number.MAX_SAFE_INTEGER : Number.POSITIVE_INFINITY;
  };
  return estimates.reduce((one, other) => (rank(other) < rank(one) ? other : one), many);
}

function together(estimates: readonly Estimate[]): Estimate {
  const size = estimates.reduce((sum, one) => sum + one.size, 0);
  if (size > few) return many;
  return {
    size,
    sources: estimates.flatMap(({ sources }) => sources),
    scans: estimates.flatMap(({ scans }) => scans),
  };
}

/** How many can pass at most, and where they are found. */
async function estimate(db: Queries, condition: Condition): Promise<Estimate> {
  if (condition.type === 'test') return estimateTest(db, condition);
  if (condition.type === 'everything' || condition.type === 'not') return many;
  const estimates: Estimate[] = [];
  for (const one of condition.conditions) estimates.push(await estimate(db, one));
  return condition.type === 'and' ? best(estimates) : together(estimates);
}

async function addFrom(db: Queries, sources: readonly Source[], ids: Set<string>): Promise<void> {
  for (const { from } of sources) {
    const { rows } = await sql<{ user_id: string }>`select user_id ${from}`.execute(db);
    for (const { user_id } of rows) ids.add(user_id);
  }
}

/** Words that are looked through at a time: some milliseconds. */
const stretch = 20_000;

interface Place {
  readonly key: string;
  readonly user_id: string;
}

/** Adds the ids of those whose words have a text in them; stops beyond `few`. */
async function scan(database: Database, { from, key, literal }: Scan, ids: Set<string>): Promise<void> {
  const db = database.queries;
  const position = database.dialect === 'sqlite' ? sql`instr` : sql`strpos`;
  // Of a long value only the beginning stands in the index, so that it may pass is all that can be told.
  const found = sql`(${position}(${key}, ${literal}) > 0 or length(${key}) > ${longestTerm})`;
  const order = sql`order by ${key}, user_id`;
  let after: Place | undefined;
  for (;;) {
    const beyond: RawBuilder<unknown> = after ? sql`and (${key}, user_id) > (${after.key}, ${after.user_id})` : sql``;
    const { rows: ends }: { rows: Place[] } = await sql<Place>`
      select ${key} as key, user_id ${from} ${beyond} ${order} limit 1 offset ${stretch - 1}`.execute(db);
    const end = ends[0];
    const until = end ? sql`and (${key}, user_id) <= (${end.key}, ${end.user_id})` : sql``;
    const { rows } = await sql<{ user_id: string }>`select user_id ${from} ${beyond} ${until} and ${found}`.execute(db);
    for (const { user_id } of rows) ids.add(user_id);
    if (!end || ids.size > few) return;
    after = end;
    await breathe();
  }
}

/** Finds the way. */
export async function planFor(database: Database, condition: Condition): Promise<Plan> {
  const { size, sources, scans } = await estimate(database.queries, condition);
  if (size > few) return { type: 'many', source: sources.find(({ inOrder }) => inOrder) };
  const ids = new Set<string>();
  for (const one of scans) if (ids.size <= few) await scan(database, one, ids);
  if (ids.size > few) return { type: 'many', source: undefined };
  await addFrom(database.queries, sources, ids);
  const exact = condition.type === 'test' && sources.every((source) => source.exact) && scans.length === 0;
  return { type: 'few', ids: [...ids], exact };
}
