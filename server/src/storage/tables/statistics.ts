// Owns the counts of each day, and the day on which each person was last active. A day is the number of days since 1970.
import type { Queries } from '../tables.ts';

export interface DailyStatsRow {
  day: number;
  logins: number;
  signups: number;
  leaked_passwords: number;
  created_at: number;
  updated_at: number;
}

export interface ActiveUserRow {
  user_id: string;
  day: number;
}

/** Adds to the counts of a day. */
export async function addToDay(db: Queries, { day, updated_at, ...added }: DailyStatsRow): Promise<void> {
  const { logins, signups, leaked_passwords } = added;
  await db
    .insertInto('daily_stats')
    .values({ day, updated_at, ...added })
    .onConflict((conflict) =>
      conflict.column('day').doUpdateSet((set) => ({
        logins: set('daily_stats.logins', '+', logins),
        signups: set('daily_stats.signups', '+', signups),
        leaked_passwords: set('daily_stats.leaked_passwords', '+', leaked_passwords),
        updated_at,
      })),
    )
    .execute();
}

/** The days from the first to the last, both included; those on which nothing was counted are missing. */
export async function listDays(db: Queries, first: number, last: number): Promise<DailyStatsRow[]> {
  return db
    .selectFrom('daily_stats')
    .selectAll()
    .where('day', '>=', first)
    .where('day', '<=', last)
    .orderBy('day')
    .execute();
}

/** Remembers that people were active on a day; each is named once. */
export async function markActive(db: Queries, rows: readonly ActiveUserRow[]): Promise<void> {
  await db
    .insertInto('active_users')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet((set) => ({ day: set.ref('excluded.day') }))
        .whereRef('active_users.day', '<', 'excluded.day'),
    )
    .execute();
}

export async function countActiveSince(db: Queries, day: number): Promise<number> {
  const row = await db
    .selectFrom('active_users')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('day', '>=', day)
    .executeTakeFirstOrThrow();
  return row.count;
}

export async function purgeActive(db: Queries, before: number): Promise<number> {
  const result = await db.deleteFrom('active_users').where('day', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}
