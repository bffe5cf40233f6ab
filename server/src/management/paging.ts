// Owns pages: how one is asked for, cut, and put in Auth0's envelope.

import type { Mark, RowWindow } from '#domain/window';
import { invalidQuery } from '#protocol/api-error';
import { flag, integer, optional, text } from './schema.ts';

/** What part of a list is asked for. */
export type Window =
  | { readonly by: 'offset'; readonly start: number; readonly limit: number; readonly totals: boolean }
  | { readonly by: 'checkpoint'; readonly from: string | undefined; readonly limit: number };

export interface Page {
  readonly items: readonly unknown[];
  /** Of everything that was asked for; by offset only, and only needed when totals are told. */
  readonly total?: number | undefined;
  /** Where the next page begins; by checkpoint only, absent from the last. */
  readonly next?: string | undefined;
  /** What else to tell. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface PagingRules {
  /** The name of the list in an envelope. */
  readonly key: string;
  /** Undefined: both. 'none': always everything. */
  readonly ways?: 'offset' | 'checkpoint' | 'none' | undefined;
  /** Undefined: 50. */
  readonly perPage?: number | undefined;
  /** The largest page. Undefined: 100. */
  readonly most?: number | undefined;
  /** When there is an envelope around a page by offset. Undefined: when it is asked for. */
  readonly totals?: 'asked' | 'always' | 'never' | undefined;
  /** Whether a page by checkpoint has no envelope, because a header tells where the next one begins. */
  readonly bareCheckpoint?: boolean | undefined;
  /** Whether the envelope tells how long the page is. */
  readonly withLength?: boolean | undefined;
  /** Another envelope than Auth0's usual one, for pages by offset. */
  readonly envelope?: ((page: Page, window: Window & { by: 'offset' }) => unknown) | undefined;
}

/** So that where it begins is a number that databases know. */
const lastPage = 1_000_000_000;

/** What the query of a list may say, whether or not the list heeds it: the SDKs send them everywhere. */
export const pagingQuery = {
  page: optional(
    integer({ minimum: 0, maximum: lastPage, description: 'Page index of the results to return. First page is 0' }),
  ),
  per_page: optional(integer({ minimum: 0, description: 'Number of results per page' })),
  include_totals: optional(flag({ description: 'Whether the results come in an object with totals' })),
  from: optional(text({ maxLength: 2000, description: 'Where to begin: the next of the page before' })),
  take: optional(integer({ minimum: 1, description: 'Number of results per page, by checkpoint' })),
};

interface PagingQuery {
  readonly page?: number;
  readonly per_page?: number;
  readonly include_totals?: boolean;
  readonly from?: string;
  readonly take?: number;
}

/** `take` wins over `per_page`, which the SDKs send along. Throws invalid_query_string for a page that is too large. */
export function windowOf(query: PagingQuery, { ways, perPage = 50, most = 100 }: PagingRules): Window {
  const { page = 0, per_page, include_totals = false, from, take } = query;
  if (ways === 'none') return { by: 'offset', start: 0, limit: Number.MAX_SAFE_INTEGER, totals: include_totals };
  const wantsCheckpoint = ways === 'checkpoint' || (ways === undefined && (take !== undefined || from !== undefined));
  const asked = wantsCheckpoint ? take : per_page;
  if (asked !== undefined && asked > most) {
    const name = wantsCheckpoint ? 'take' : 'per_page';
    throw invalidQuery(
      `Query validation error: 'Value ${asked} is greater than maximum ${most}' on property ${name} (Number of results per page).`,
    );
  }
  if (wantsCheckpoint) return { by: 'checkpoint', from, limit: asked ?? perPage };
  const limit = asked ?? perPage;
  return { by: 'offset', start: page * limit, limit, totals: include_totals };
}

function encodeMark(index: number, id: string): string {
  return Buffer.from(JSON.stringify([index, id])).toString('base64url');
}

function decodeMark(mark: string): { index: number; id: string } {
  try {
    const [index, id] = JSON.parse(Buffer.from(mark, 'base64url').toString()) as unknown[];
    if (Number.isSafeInteger(index) && typeof id === 'string' && !id.includes('\0'))
      return { index: index as number, id };
  } catch {
    // Refused below.
  }
  throw invalidQuery('The checkpoint in "from" is none of ours. Send the "next" of the page before.');
}

/** The part of a list in memory. `idOf` tells the items apart, so that a checkpoint stays where it was when others go. */
export function pageOf<T>(all: readonly T[], window: Window, idOf: (item: T) => string): Page {
  if (window.by === 'offset') {
    return { items: all.slice(window.start, window.start + window.limit), total: all.length };
  }
  let start = 0;
  if (window.from !== undefined) {
    const { index, id } = decodeMark(window.from);
    const at = all.findIndex((item) => idOf(item) === id);
    start = at === -1 ? index : at + 1;
  }
  const items = all.slice(start, start + window.limit);
  const end = start + items.length;
  const last = items.at(-1);
  return { items, next: last !== undefined && end < all.length ? encodeMark(end, idOf(last)) : undefined };
}

/** A list that is kept in a table, ordered by time. */
export interface StoredList<T> {
  /** Each at its place in the list, which a later page may begin after. */
  readonly rows: (window: RowWindow) => Promise<readonly T[]>;
  readonly markOf: (row: T) => Mark;
  /** Of a list that may be asked for with totals. */
  readonly count?: () => Promise<number>;
}

/** A page whose items are rows still. */
export interface PageOf<T> extends Page {
  readonly items: readonly T[];
}

/** The part of a list in a table. */
export async function storedPage<T>(list: StoredList<T>, window: Window): Promise<PageOf<T>> {
  if (window.by === 'offset') {
    const { start, limit, totals } = window;
    const items = await list.rows({ start, limit });
    return { items, total: totals ? await list.count?.() : undefined };
  }
  const { from, limit } = window;
  const rows = await list.rows({ after: from === undefined ? undefined : readPlace(from), limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last !== undefined && rows.length > limit ? placeOf(list.markOf(last)) : undefined };
}

/** What a page by checkpoint ends with, for the page after it. */
export function placeOf({ at, id }: Mark): string {
  return encodeMark(at, id);
}

function readPlace(from: string): Mark {
  const { index, id } = decodeMark(from);
  return { at: index, id };
}

/** A page as it is answered. */
export function enveloped(page: Page, window: Window, rules: PagingRules): unknown {
  const { key, totals = 'asked', envelope, withLength, bareCheckpoint } = rules;
  const { items, total, next } = page;
  if (window.by === 'checkpoint' && bareCheckpoint) return items;
  if (window.by === 'checkpoint') return { [key]: items, ...(next === undefined ? {} : { next }) };
  if (envelope) return envelope(page, window);
  if (totals === 'never' || (totals === 'asked' && !window.totals)) return items;
  const { start } = window;
  const limit = rules.ways === 'none' ? (rules.perPage ?? 50) : window.limit;
  return { [key]: items, start, limit, ...(withLength ? { length: items.length } : {}), total: total ?? items.length };
}
