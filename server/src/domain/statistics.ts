// Owns the statistics as they are read: what happened each day, and how many people were active.
import * as statistics from '#storage/tables/statistics';
import type { Context } from './context.ts';
import { dayOf } from './log-writing.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** Active is who signed in within so many days, today included. */
const activeDays = 30;

type Reading = Pick<Context, 'database' | 'log' | 'now'>;

export async function countActiveUsers(ctx: Reading): Promise<number> {
  await ctx.log.flush();
  return statistics.countActiveSince(ctx.database.queries, dayOf(ctx.now()) - activeDays + 1);
}

function shownDay({ day, created_at, updated_at, ...counts }: statistics.DailyStatsRow) {
  return {
    date: new Date(day * dayMs).toISOString(),
    ...counts,
    created_at: new Date(created_at).toISOString(),
    updated_at: new Date(updated_at).toISOString(),
  };
}

/** Every day from the first to the last, both included, in UTC; on one that has no events all counts are zero. */
export async function dailyStatistics(ctx: Reading, first: number, last: number) {
  await ctx.log.flush();
  const known = new Map(
    (await statistics.listDays(ctx.database.queries, dayOf(first), dayOf(last))).map((row) => [row.day, row]),
  );
  const days = Array.from({ length: dayOf(last) - dayOf(first) + 1 }, (_, index) => dayOf(first) + index);
  return days.map((day) => {
    const times = { created_at: day * dayMs, updated_at: day * dayMs };
    return shownDay(known.get(day) ?? { day, logins: 0, signups: 0, leaked_passwords: 0, ...times });
  });
}

/** Forgets when people were active who no longer count. Returns how many. */
export async function clearInactive(ctx: Pick<Context, 'database' | 'now'>): Promise<number> {
  return statistics.purgeActive(ctx.database.queries, dayOf(ctx.now()) - activeDays);
}
