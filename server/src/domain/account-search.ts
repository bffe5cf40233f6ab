// Owns how administrators find people: by id, by address, by a query in Lucene's language.

import { parseLucene } from '#protocol/lucene';
import { LuceneSyntaxError } from '#protocol/lucene-tokens';
import { userCondition, userSort } from '#protocol/user-search';
import * as users from '#storage/tables/users';
import { SearchTooBroad, searchUsers } from '#storage/user-search';
import { accountViews } from './account-view.ts';
import type { Context } from './context.ts';
import { InvalidSetting } from './refusals.ts';

export type AccountWindow =
  | { readonly start: number; readonly limit: number }
  | { readonly after: string; readonly limit: number };

export interface AccountSearch {
  readonly q: string | undefined;
  /** `field:1` or `field:-1`. */
  readonly sort: string | undefined;
  readonly window: AccountWindow;
  readonly totals: boolean;
}

export interface FoundAccounts {
  readonly items: readonly Record<string, unknown>[];
  readonly total: number | undefined;
  /** Where the next page begins, if others follow. */
  readonly next: string | undefined;
}

type Needed = Pick<Context, 'database'>;

/** The account of an id. */
export async function findAccount(ctx: Needed, userId: string): Promise<Record<string, unknown> | undefined> {
  const row = await users.find(ctx.database.queries, userId);
  return row && (await accountViews(ctx, [row]))[0];
}

export async function findAccountsByEmail(ctx: Needed, email: string): Promise<readonly Record<string, unknown>[]> {
  return accountViews(ctx, await users.listByEmail(ctx.database.queries, email.toLowerCase()));
}

/** Finds people. Throws InvalidSetting for a query or an order that makes no sense. */
export async function searchAccounts(ctx: Needed, { q, sort, window, totals }: AccountSearch): Promise<FoundAccounts> {
  try {
    const condition = q === undefined ? ({ type: 'everything' } as const) : userCondition(parseLucene(q));
    const order = sort === undefined ? undefined : userSort(sort);
    if (sort !== undefined && !order)
      throw new InvalidSetting(`The users cannot be sorted by ${sort}. Send a field, a colon, and 1 or -1.`);
    const { rows, more, total } = await searchUsers(ctx.database, { condition, order, window, countAll: totals });
    return { items: await accountViews(ctx, rows), total, next: more ? rows.at(-1)?.user_id : undefined };
  } catch (error) {
    if (error instanceof LuceneSyntaxError) throw new InvalidSetting(`Query validation error: ${error.message}`);
    if (error instanceof SearchTooBroad)
      throw new InvalidSetting('The query finds too little among too many. Ask for something that is indexed as well.');
    throw error;
  }
}
