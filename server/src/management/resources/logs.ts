// Owns /api/v2/logs: what happened, searched, read page by page or checkpoint by checkpoint, and of one person alone.
import { columnOf, LogSearchRefused, queryFilter, searchFilter } from '#domain/log-search';
import { type EventSearch, eventsAfter, findEvent, mostFound, ofPerson, searchEvents } from '#domain/logs';
import { ApiError, invalidQuery } from '#protocol/api-error';
import { logNumber } from '#protocol/log-id';
import { LuceneSyntaxError } from '#protocol/lucene-tokens';
import type { Page, Window } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { optional, text } from '../schema.ts';

const scopes = ['read:logs', 'read:logs_users'];
const list = { key: 'logs', withLength: true, fields: true, scopes };

const sortQuery = {
  sort: optional(
    text({ pattern: '^[a-zA-Z_]+:(?:1|-1)$', description: 'Member to sort by, with :1 upwards or :-1 downwards' }),
  ),
};

const searchQuery = {
  ...sortQuery,
  q: optional(text({ maxLength: 4096, description: "Search in Lucene's query language" })),
  search: optional(
    text({ maxLength: 4096, description: 'The older search: how application, connection or user begin' }),
  ),
};

function orderOf(sort: string | undefined): EventSearch['order'] {
  if (sort === undefined) return undefined;
  const [name = '', direction] = sort.split(':');
  const column = columnOf(name === 'log_id' || name === '_id' ? 'date' : name);
  if (!column) throw invalidQuery(`Query validation error: 'Cannot sort by ${name}' on property sort.`);
  return { column, direction: direction === '1' ? 'asc' : 'desc' };
}

/** What a query asks for, or its refusal. */
function filtersOf({ q, search }: { readonly q?: string; readonly search?: string }): EventSearch['filters'] {
  try {
    return [...(q === undefined ? [] : [queryFilter(q)]), ...(search === undefined ? [] : [searchFilter(search)])];
  } catch (error) {
    if (error instanceof LuceneSyntaxError || error instanceof LogSearchRefused) throw invalidQuery(error.message);
    throw error;
  }
}

async function pageByOffset(
  { ctx }: Call,
  { start, limit, totals }: Window & { by: 'offset' },
  asked: Pick<EventSearch, 'filters' | 'order'>,
): Promise<Page> {
  if (start + limit > mostFound) {
    throw invalidQuery(`You can only page through the first ${mostFound} records. Use from and take to read them all.`);
  }
  const { events, total } = await searchEvents(ctx, { ...asked, offset: start, limit, totals });
  return { items: events, total };
}

/** The address of the next page is in a header; where nothing came it is this page's own (RFC 8288). */
async function pageByCheckpoint(call: Call, { from, limit }: Window & { by: 'checkpoint' }): Promise<Page> {
  if (from !== undefined && logNumber(from) === undefined) {
    throw invalidQuery(`Query validation error: 'Not the id of a log event' on property from.`);
  }
  const items = await eventsAfter(call.ctx, from, limit);
  const last = items.at(-1)?.log_id ?? from;
  if (last === undefined) return { items };
  const next = `${call.ctx.issuer}api/v2/logs?from=${last}&take=${limit}`;
  return { items, headers: { link: `<${next}>; rel="next"` } };
}

const endpoints: readonly Endpoint[] = [
  listing({
    ...list,
    path: '/logs',
    summary: 'Search log events',
    bareCheckpoint: true,
    query: searchQuery,
    page: (call, window) =>
      window.by === 'checkpoint'
        ? pageByCheckpoint(call, window)
        : pageByOffset(call, window, { filters: filtersOf(call.query), order: orderOf(call.query.sort) }),
  }),
  endpoint({
    method: 'GET',
    path: '/logs/{id}',
    summary: 'Read a log event',
    scopes,
    fields: true,
    run: async ({ ctx, params }) => {
      const event = await findEvent(ctx, params.id);
      if (!event) throw new ApiError(404, 'Log not found.');
      return event;
    },
  }),
];

/** The events of one person. */
const userLogs: readonly Endpoint[] = [
  listing({
    ...list,
    path: '/users/{id}/logs',
    summary: "List a user's log events",
    ways: 'offset',
    query: sortQuery,
    page: (call, window) =>
      pageByOffset(call, window as Window & { by: 'offset' }, {
        filters: [ofPerson(call.params.id)],
        order: orderOf(call.query.sort),
      }),
  }),
];

export const logs: Resource = { name: 'logs', endpoints: [...endpoints, ...userLogs] };
