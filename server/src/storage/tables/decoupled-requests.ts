// Owns the rows of requests that are made in one place and decided in another (RFC 8628, CIBA).
import type { Queries } from '../tables.ts';

export interface DecoupledRequestRow {
  /** Public: it stands in addresses, and is worth nothing without the person's sign-in. */
  id: string;
  kind: 'device' | 'ciba';
  /** SHA-256 of the device_code or auth_req_id that the application polls with. */
  secret_digest: string;
  /** What a person types, in canonical form; null where nothing is typed. */
  user_code: string | null;
  client_id: string;
  /** Who is asked, or who decided; null until a device's code was typed and decided. */
  user_id: string | null;
  /** JSON: what was asked for. */
  body: string;
  status: 'pending' | 'approved' | 'denied' | 'redeemed';
  /** JSON: what was allowed; null until it was. */
  answer: string | null;
  /** How often the right code was typed. */
  openings: number;
  /** Seconds. */
  poll_interval: number;
  last_polled_at: number | null;
  created_at: number;
  expires_at: number;
}

/** Stores a request; false when its user code is in use. */
export async function insert(db: Queries, row: DecoupledRequestRow): Promise<boolean> {
  const result = await db
    .insertInto('decoupled_requests')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) === 1n;
}

export async function findBySecret(
  db: Queries,
  key: Pick<DecoupledRequestRow, 'kind' | 'secret_digest'>,
): Promise<DecoupledRequestRow | undefined> {
  return db
    .selectFrom('decoupled_requests')
    .selectAll()
    .where('secret_digest', '=', key.secret_digest)
    .where('kind', '=', key.kind)
    .executeTakeFirst();
}

export async function findPending(db: Queries, id: string, now: number): Promise<DecoupledRequestRow | undefined> {
  return db
    .selectFrom('decoupled_requests')
    .selectAll()
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** The newest requests that wait for a person, newest first. */
export async function pendingOf(
  db: Queries,
  userId: string,
  { now, limit }: { now: number; limit: number },
): Promise<DecoupledRequestRow[]> {
  return db
    .selectFrom('decoupled_requests')
    .selectAll()
    .where('user_id', '=', userId)
    .where('status', '=', 'pending')
    .where('expires_at', '>', now)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
}

/** The pending request of a code that was typed less often than `most`; counts that it was typed once more. */
export async function open(
  db: Queries,
  userCode: string,
  { now, most }: { now: number; most: number },
): Promise<DecoupledRequestRow | undefined> {
  return db
    .updateTable('decoupled_requests')
    .set((set) => ({ openings: set('openings', '+', 1) }))
    .where('user_code', '=', userCode)
    .where('status', '=', 'pending')
    .where('expires_at', '>', now)
    .where('openings', '<', most)
    .returningAll()
    .executeTakeFirst();
}

/** Of any number of decisions the first stands; false for the others, and for anybody but the person who is asked. */
export async function decide(
  db: Queries,
  decision: Pick<DecoupledRequestRow, 'id' | 'answer'> & { status: 'approved' | 'denied'; user_id: string },
  now: number,
): Promise<boolean> {
  const { id, status, user_id, answer } = decision;
  const result = await db
    .updateTable('decoupled_requests')
    .set({ status, user_id, answer })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('expires_at', '>', now)
    .where((where) => where.or([where('user_id', 'is', null), where('user_id', '=', user_id)]))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Notes a poll; false when it came sooner than the interval allows, which then grows. */
export async function poll(
  db: Queries,
  id: string,
  { now, graceMs, growth }: { now: number; graceMs: number; growth: number },
): Promise<boolean> {
  const noted = await db
    .updateTable('decoupled_requests')
    .set({ last_polled_at: now })
    .where('id', '=', id)
    .where((where) =>
      where.or([
        where('last_polled_at', 'is', null),
        where(where('last_polled_at', '+', where('poll_interval', '*', 1000)), '<=', now + graceMs),
      ]),
    )
    .executeTakeFirst();
  if (noted.numUpdatedRows === 1n) return true;
  await db
    .updateTable('decoupled_requests')
    .set((set) => ({ last_polled_at: now, poll_interval: set('poll_interval', '+', growth) }))
    .where('id', '=', id)
    .execute();
  return false;
}

/** Redeems what was approved: of any number of callers exactly one gets true. */
export async function redeem(db: Queries, id: string, now: number): Promise<boolean> {
  const result = await db
    .updateTable('decoupled_requests')
    .set({ status: 'redeemed' })
    .where('id', '=', id)
    .where('status', '=', 'approved')
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Deletes requests that expired before a moment. Redeemed ones stay until then, so that a replay is recognised. */
export async function purge(db: Queries, expiredBefore: number): Promise<number> {
  const result = await db.deleteFrom('decoupled_requests').where('expires_at', '<=', expiredBefore).executeTakeFirst();
  return Number(result.numDeletedRows);
}
