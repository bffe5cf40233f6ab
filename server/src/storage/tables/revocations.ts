// Owns the rows of the revocation feed: facts that end tokens, each at its place in the order in which they became known.
import { sql } from 'kysely';
import { prepared, roundedUp } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface RevocationRow {
  fingerprint: string;
  /** What the fingerprint is of, for the curious. */
  kind: string;
  /** 0 until the fact has its place for the first time. */
  position: number;
  /** 1 while the fact waits for its place, or, when it came about again, for a later one. */
  pending: 0 | 1;
  /** Epoch milliseconds: when the last token that this could concern has expired. The fact may be forgotten then. */
  expires_at: number;
}

const counter = 'revocations';

const putOne = prepared<Pick<RevocationRow, 'fingerprint' | 'kind' | 'expires_at'>, never>((db, value) =>
  db
    .insertInto('revocations')
    .values({
      fingerprint: value('fingerprint'),
      kind: value('kind'),
      position: 0,
      pending: 1,
      expires_at: value('expires_at'),
    })
    .onConflict((conflict) =>
      conflict.column('fingerprint').doUpdateSet((update) => ({
        pending: 1,
        expires_at: sql<number>`case when ${update.ref('excluded.expires_at')} > ${update.ref('revocations.expires_at')}
          then ${update.ref('excluded.expires_at')} else ${update.ref('revocations.expires_at')} end`,
      })),
    ),
);

/** Writes a fact, or tells that it came about again. It has its place when `settle` has given it one. */
export async function put(db: Queries, row: Pick<RevocationRow, 'fingerprint' | 'kind' | 'expires_at'>): Promise<void> {
  await putOne(db, row);
}

const findOne = prepared<Pick<RevocationRow, 'pending'>, Pick<RevocationRow, 'pending'>>((db, value) =>
  db.selectFrom('revocations').select('pending').where('pending', '=', value('pending')).limit(1),
);

/** Whether any fact waits for its place. */
export async function hasPending(db: Queries): Promise<boolean> {
  return (await findOne(db, { pending: 1 })).length > 0;
}

/**
 * Takes the next place, after all others and never before the clock, so that places go on growing when a database was
 * restored. Its row stays locked until the commit: facts become visible in the order of their places.
 */
async function takePosition(db: Queries, now: number): Promise<number> {
  const { value } = await db
    .insertInto('counters')
    .values({ name: counter, value: now })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((update) => ({
        value: sql<number>`case when ${update.ref('counters.value')} >= ${now} then ${update.ref('counters.value')} + 1 else ${now} end`,
      })),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  return value;
}

/** More in one go would let others wait. */
const mostAtOnce = 1000;

/**
 * Gives a place to facts that wait for one, inside a transaction; false when there may be more. On PostgreSQL what another
 * transaction is writing at this moment is left to that one's own turn: nobody waits for it.
 */
export async function settle(db: Queries, now: number, isPostgres: boolean): Promise<boolean> {
  const position = await takePosition(db, now);
  const waiting = db.selectFrom('revocations').select('fingerprint').where('pending', '=', 1).limit(mostAtOnce);
  const result = await db
    .updateTable('revocations')
    .set({ position, pending: 0 })
    .where('fingerprint', 'in', isPostgres ? waiting.forUpdate().skipLocked() : waiting)
    .executeTakeFirst();
  return Number(result.numUpdatedRows) < mostAtOnce;
}

/** How far the feed has come. */
export async function currentPosition(db: Queries): Promise<number> {
  const row = await db.selectFrom('counters').select('value').where('name', '=', counter).executeTakeFirst();
  return row?.value ?? 0;
}

export type Fact = Pick<RevocationRow, 'fingerprint' | 'position' | 'expires_at'>;

const findAfter = prepared<{ position: number; now: number; limit: number }, Fact>((db, value) =>
  db
    .selectFrom('revocations')
    .select(['fingerprint', 'position', 'expires_at'])
    .where('position', '>', value('position'))
    .where('expires_at', '>', value('now'))
    .orderBy('position')
    .orderBy('fingerprint')
    .limit(value('limit')),
);

/** The facts after a position that still matter, in the order of their places. */
export async function listAfter(
  db: Queries,
  query: { readonly position: number; readonly now: number; readonly limit: number },
): Promise<readonly Fact[]> {
  return findAfter(db, query);
}

/** Statements for a few numbers of fingerprints: a token has between four and eleven. */
const findAny = new Map(
  [4, 8, 16].map((count) => [
    count,
    prepared<readonly unknown[], Pick<RevocationRow, 'fingerprint'>>((db, value) =>
      db
        .selectFrom('revocations')
        .select('fingerprint')
        .where(
          'fingerprint',
          'in',
          Array.from({ length: count }, (_, index) => value(String(index + 1) as never) as never),
        )
        .where((where) =>
          where.or([where('pending', '=', 1), where('position', '>', value('0' as never) as unknown as number)]),
        )
        .limit(1),
    ),
  ]),
);

/** Whether a fact with one of these fingerprints came about after a position. */
export async function isAnyAfter(
  db: Queries,
  { fingerprints, position }: { readonly fingerprints: readonly string[]; readonly position: number },
): Promise<boolean> {
  const padded = roundedUp([
    ...fingerprints,
    ...Array.from({ length: 4 - fingerprints.length }, () => fingerprints[0]),
  ]);
  const find = findAny.get(padded.length);
  if (!find) throw new RangeError(`${fingerprints.length} fingerprints are more than a token has.`);
  return (await find(db, [position, ...padded])).length > 0;
}

export async function purge(db: Queries, now: number): Promise<number> {
  const result = await db.deleteFrom('revocations').where('expires_at', '<=', now).executeTakeFirst();
  return Number(result.numDeletedRows);
}
