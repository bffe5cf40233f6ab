// Owns the orders in which people are gone through, some at a time, so that nobody else waits for a long way.
import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import type { Queries } from '../tables.ts';
import { orderedColumns } from './sources.ts';

/** Ids at a time: few at first, for those whose page is full soon. */
const firstStep = 64;
const longestStep = 512;

/** Lets others have their turn: SQLite answers without ever letting go by itself. */
export const breathe = (): Promise<void> => setImmediate();

export const everybody = sql`from users where true`;

export interface Order {
  readonly path: string;
  readonly descending: boolean;
}

/** Those of a source, by their ids. */
export async function* byId(db: Queries, from: RawBuilder<unknown>, after = ''): AsyncGenerator<readonly string[]> {
  let last = after;
  for (let step = firstStep; ; step = Math.min(step * 2, longestStep)) {
    const { rows } = await sql<{ user_id: string }>`
      select distinct user_id ${from} and user_id > ${last} order by user_id limit ${step}`.execute(db);
    if (rows.length > 0) yield rows.map(({ user_id }) => user_id);
    if (rows.length < step) return;
    last = rows.at(-1)?.user_id as string;
    await breathe();
  }
}

interface Keyed {
  readonly user_id: string;
  readonly key: string | number;
}

async function* byKey(
  db: Queries,
  { from, key, descending }: { from: RawBuilder<unknown>; key: RawBuilder<unknown>; descending: boolean },
): AsyncGenerator<readonly string[]> {
  const [compare, direction] = descending ? [sql`<`, sql`desc`] : [sql`>`, sql`asc`];
  let last: Keyed | undefined;
  for (let step = firstStep; ; step = Math.min(step * 2, longestStep)) {
    const rest: RawBuilder<unknown> = last
      ? sql`and (${key}, user_id) ${compare} (${last.key}, ${last.user_id})`
      : sql``;
    const { rows }: { rows: Keyed[] } = await sql<Keyed>`
      select user_id, ${key} as key ${from} ${rest}
      order by ${key} ${direction}, user_id ${direction} limit ${step}`.execute(db);
    if (rows.length > 0) yield rows.map(({ user_id }) => user_id);
    if (rows.length < step) return;
    last = rows.at(-1);
    await breathe();
  }
}

/** Where it is told of a row of `users` that it lacks what it would be ordered by. */
const lacking: Readonly<Record<string, RawBuilder<unknown>>> = {
  email: sql`email is null`,
  'email.domain': sql`email is null`,
  email_verified: sql`email is null`,
  username: sql`username is null`,
  phone_number: sql`phone_number is null`,
  phone_verified: sql`phone_verified is null`,
  name: sql`name is null`,
  given_name: sql`given_name is null`,
  family_name: sql`family_name is null`,
  nickname: sql`nickname is null`,
  blocked: sql`blocked_told = 0`,
};

/** By their ids those of all people who lack something. No index tells them apart, so everybody is looked at. */
async function* whoLack(db: Queries, lack: RawBuilder<unknown>): AsyncGenerator<readonly string[]> {
  for await (const ids of byId(db, everybody)) {
    const among = sql`user_id >= ${ids[0]} and user_id <= ${ids.at(-1)}`;
    const { rows } = await sql<{ user_id: string }>`
      select user_id from users where ${among} and ${lack} order by user_id`.execute(db);
    yield rows.map(({ user_id }) => user_id);
  }
}

/**
 * Everybody in an order: first those who have what is ordered by, then the others by their ids. With bounds, which are a
 * part of the index of what is ordered by, those within them alone.
 */
export async function* inOrder(
  db: Queries,
  { path, descending }: Order,
  bounds?: RawBuilder<unknown>,
): AsyncGenerator<readonly string[]> {
  const ordered = orderedColumns[path];
  const lack = lacking[path];
  if (ordered) {
    const from = bounds ?? sql`from users where ${ordered.had}`;
    yield* byKey(db, { from, key: sql.ref(ordered.column), descending });
    if (!bounds) yield* byId(db, sql`from users where ${ordered.lacked}`);
  } else if (lack) {
    const from = bounds ?? sql`from user_terms where path = ${path}`;
    yield* byKey(db, { from, key: sql.ref('value'), descending });
    if (!bounds) yield* whoLack(db, lack);
  } else {
    yield* byKey(db, { from: everybody, key: sql.ref('user_id'), descending });
  }
}
