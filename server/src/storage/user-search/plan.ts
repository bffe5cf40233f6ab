// Owns the choice of the way to those whom a condition asks for: through an index if few pass, else past everybody.
import { type RawBuilder, sql } from 'kysely';
import type { Condition } from '#protocol/user-condition';
import type { Database, Queries } from '../database.ts';
import { longestTerm } from '../user-facts.ts';
import { hasTerms, type Source, sourceOf } from './sources.ts';
import { breathe } from './walks.ts';

/** As many people as are looked at one by one without a second thought. */
export const few = 5000;

export type Plan =
  /** The ids of all who may pass. */
  | { readonly type: 'few'; readonly ids: readonly string[] }
  /** Too many: those of a source, or everybody, must be gone through. */
  | { readonly type: 'many'; readonly source: Source | undefined };

interface Estimate {
  /** Up to `few`, or Infinity. */
  readonly size: number;
  readonly sources: readonly Source[];
}

const many: Estimate = { size: Number.POSITIVE_INFINITY, sources: [] };

async function sizeOf(db: Queries, { from }: Source): Promise<number> {
  const { rows } = await sql<{ size: number }>`
    select count(*) as size from (select 1 ${from} limit ${few + 1}) as counted`.execute(db);
  const size = rows[0]?.size ?? 0;
  return size > few ? Number.POSITIVE_INFINITY : size;
}

/** Of several estimates the smallest; of equal ones the one whose ids come in their order. */
function smallest(estimates: readonly Estimate[]): Estimate {
  const isInOrder = ({ sources }: Estimate) => sources.length === 1 && sources[0]?.inOrder === true;
  return estimates.reduce((best, other) => {
    if (other.size !== best.size) return other.size < best.size ? other : best;
    return isInOrder(other) && !isInOrder(best) ? other : best;
  }, many);
}

/** How many can pass at most, and where they are found. */
async function estimate(db: Queries, condition: Condition): Promise<Estimate> {
  switch (condition.type) {
    case 'everything':
    case 'not':
      return many;
    case 'test': {
      const source = sourceOf(condition.path, condition.test);
      return source ? { size: await sizeOf(db, source), sources: [source] } : many;
    }
    case 'and': {
      const estimates: Estimate[] = [];
      for (const one of condition.conditions) estimates.push(await estimate(db, one));
      return smallest(estimates);
    }
    case 'or': {
      const estimates: Estimate[] = [];
      for (const one of condition.conditions) estimates.push(await estimate(db, one));
      const size = estimates.reduce((sum, one) => sum + one.size, 0);
      return size > few ? many : { size, sources: estimates.flatMap(({ sources }) => sources) };
    }
  }
}

async function idsOf(db: Queries, sources: readonly Source[]): Promise<string[]> {
  const ids = new Set<string>();
  for (const { from } of sources) {
    const { rows } = await sql<{ user_id: string }>`select user_id ${from}`.execute(db);
    for (const { user_id } of rows) ids.add(user_id);
  }
  return [...ids];
}

/** A column that is looked through for a text, in parts. */
interface Scan {
  readonly from: RawBuilder<unknown>;
  readonly key: RawBuilder<unknown>;
  readonly literal: string;
}

/** What must be looked through for a condition that only patterns narrow; undefined where that wouldn't do. */
function scansOf(condition: Condition): readonly Scan[] | undefined {
  if (condition.type === 'or') {
    const scans = condition.conditions.map(scansOf);
    return scans.every((one) => one !== undefined) ? scans.flat() : undefined;
  }
  if (condition.type === 'and') {
    return condition.conditions.map(scansOf).find((one) => one !== undefined);
  }
  if (condition.type !== 'test') return undefined;
  const { path, test } = condition;
  const literals = test.type === 'pattern' ? test.pattern.filter((part) => typeof part === 'string') : [];
  const texts = test.type === 'prefix' ? [test.prefix] : literals;
  const literal = texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
  if (literal === '') return undefined;
  if (path === 'user_id') return [{ from: sql`from users where true`, key: sql.ref('user_id'), literal }];
  if (!hasTerms(path)) return undefined;
  return [{ from: sql`from user_terms where path = ${path}`, key: sql.ref('value'), literal }];
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

async function scanned(database: Database, scans: readonly Scan[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for (const one of scans) if (ids.size <= few) await scan(database, one, ids);
  return ids;
}

/** Finds the way. */
export async function planFor(database: Database, condition: Condition): Promise<Plan> {
  const { size, sources } = await estimate(database.queries, condition);
  if (size <= few) return { type: 'few', ids: await idsOf(database.queries, sources) };
  const source = sources.find(({ inOrder }) => inOrder);
  // With an index that leads to some, patterns are told apart on the way.
  const scans = source ? undefined : scansOf(condition);
  if (!scans) return { type: 'many', source };
  const ids = await scanned(database, scans);
  return ids.size <= few ? { type: 'few', ids: [...ids] } : { type: 'many', source };
}
