// Owns the log as it is read: events in Auth0's shape, found by id, by number, or by what is asked of them.
import { logId, logNumber } from '#protocol/log-id';
import { deviceClass } from '#protocol/user-agent';
import * as found from '#storage/tables/log-search';
import * as rows from '#storage/tables/logs';
import type { Context } from './context.ts';

type Reading = Pick<Context, 'database' | 'log'>;

function parsed(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}

/** Members that Auth0 leaves empty in events of sign-ins where there is nothing, and null in those of operations. */
function emptyOr(text: string | null, { hostname }: rows.LogRow): string | null {
  return text ?? (hostname === null ? null : '');
}

/** An event as callers see it. */
export function shownEvent(row: rows.LogRow) {
  const id = logId(row.date, row.seq);
  return {
    _id: id,
    log_id: id,
    date: new Date(row.date).toISOString(),
    type: row.type,
    description: row.description ?? '',
    connection: row.connection,
    connection_id: emptyOr(row.connection_id, row),
    organization_id: row.organization_id,
    organization_name: null,
    client_id: emptyOr(row.client_id, row),
    client_name: row.client_name ?? '',
    ip: row.ip ?? '',
    hostname: row.hostname,
    details: parsed(row.details),
    user_id: emptyOr(row.user_id, row),
    user_name: emptyOr(row.user_name, row),
    user_agent: row.user_agent ?? '',
    audience: row.audience,
    scope: row.scope,
    strategy: row.strategy,
    strategy_type: row.strategy_type,
    isMobile: ['phone', 'tablet'].includes(deviceClass(row.user_agent ?? undefined)),
    location_info: null,
    ...(row.auth0_client === null ? {} : { auth0_client: parsed(row.auth0_client) }),
  };
}

export type ShownEvent = ReturnType<typeof shownEvent>;

export async function findEvent(ctx: Reading, id: string): Promise<ShownEvent | undefined> {
  const seq = logNumber(id);
  if (seq === undefined) return undefined;
  await ctx.log.flush();
  const row = await rows.find(ctx.database.queries, seq);
  return row && logId(row.date, row.seq) === id ? shownEvent(row) : undefined;
}

/**
 * The events that were written after one, oldest first; from the beginning when there is no such one. Nothing that is
 * written later comes before what was read already.
 */
export async function eventsAfter(ctx: Reading, id: string | undefined, limit: number): Promise<ShownEvent[]> {
  await ctx.log.flush();
  return (await rows.listAfter(ctx.database.queries, logNumber(id ?? '') ?? 0, limit)).map(shownEvent);
}

/** Of a search no more are ever paged through: who wants all of them reads them one checkpoint after the other. */
export const mostFound = 1000;

export interface EventSearch {
  readonly filters: readonly found.LogFilter[];
  readonly order?: found.LogOrder | undefined;
  readonly offset: number;
  readonly limit: number;
  /** Whether to count them. */
  readonly totals: boolean;
}

/** A page of what is asked for, newest first unless ordered otherwise, and how many there are, at most `mostFound`. */
export async function searchEvents(
  ctx: Reading,
  { filters, order = { column: 'date', direction: 'desc' }, offset, limit, totals }: EventSearch,
): Promise<{ readonly events: ShownEvent[]; readonly total: number | undefined }> {
  await ctx.log.flush();
  const { queries } = ctx.database;
  const filter: found.LogFilter = { type: 'and', filters };
  const events = await found.search(queries, { filter, order, offset, limit });
  const total = totals ? await found.count(queries, filter, mostFound) : undefined;
  return { events: events.map(shownEvent), total };
}

export function ofPerson(userId: string): found.LogFilter {
  return { type: 'equals', column: 'user_id', value: userId };
}

/** Deleted at once: a longer statement would keep others waiting. */
const purgedAtOnce = 2000;

/** Deletes what happened longer ago than so many days. Returns how many events. */
export async function clearOldEvents(ctx: Pick<Context, 'database' | 'now'>, days: number): Promise<number> {
  if (!Number.isFinite(days)) return 0;
  const before = ctx.now() - days * 24 * 60 * 60 * 1000;
  let cleared = 0;
  for (let last = purgedAtOnce; last === purgedAtOnce; cleared += last) {
    last = await rows.purge(ctx.database.queries, before, purgedAtOnce);
  }
  return cleared;
}
