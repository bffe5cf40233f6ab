// Owns /api/v2/stats: how many people are active, and what happened each day.
import { countActiveUsers, dailyStatistics } from '#domain/statistics';
import { invalidQuery } from '#protocol/api-error';
import { endpoint, type Resource } from '../resource.ts';
import { optional, text } from '../schema.ts';

const scopes = ['read:stats'];
const dayMs = 24 * 60 * 60 * 1000;
/** As many as are told when nobody says which. */
const usualDays = 30;
const mostDays = 1000;

const day = (description: string) =>
  optional(text({ pattern: '^2\\d{3}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])$', description }));

/** The beginning of a day written as YYYYMMDD, in UTC. */
function timeOf(digits: string): number {
  return Date.parse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-01T00:00:00Z`) + (Number(digits.slice(6)) - 1) * dayMs;
}

function rangeOf(
  query: { readonly from?: string; readonly to?: string },
  now: number,
): { first: number; last: number } {
  const last = query.to === undefined ? Math.max(now, timeOf(query.from ?? '20000101')) : timeOf(query.to);
  const first = query.from === undefined ? last - (usualDays - 1) * dayMs : timeOf(query.from);
  if (first > last) throw invalidQuery("'from' date cannot be greater than 'to' date.");
  if (last - first > mostDays * dayMs) throw invalidQuery(`At most ${mostDays} days are told at once.`);
  return { first, last };
}

export const stats: Resource = {
  name: 'stats',
  endpoints: [
    endpoint({
      method: 'GET',
      path: '/stats/active-users',
      summary: 'Count the users who were active in the last 30 days',
      scopes,
      run: ({ ctx }) => countActiveUsers(ctx),
    }),
    endpoint({
      method: 'GET',
      path: '/stats/daily',
      summary: 'Count the logins and sign-ups of each day',
      scopes,
      query: {
        from: day('First day, YYYYMMDD, in UTC'),
        to: day('Last day, YYYYMMDD, in UTC'),
      },
      run: ({ ctx, query }) => {
        const { first, last } = rangeOf(query, ctx.now());
        return dailyStatistics(ctx, first, last);
      },
    }),
  ],
};
