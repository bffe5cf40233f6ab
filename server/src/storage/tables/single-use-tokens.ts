// Owns every secret that works once: codes, tickets, challenges.
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface SingleUseTokenRow {
  /** SHA-256 of the token. */
  digest: string;
  purpose: string;
  client_id: string;
  /** JSON. */
  body: string;
  created_at: number;
  expires_at: number;
  consumed_at: number | null;
}

const insertOne = prepared<SingleUseTokenRow, never>((db, value) =>
  db.insertInto('single_use_tokens').values({
    digest: value('digest'),
    purpose: value('purpose'),
    client_id: value('client_id'),
    body: value('body'),
    created_at: value('created_at'),
    expires_at: value('expires_at'),
    consumed_at: value('consumed_at'),
  }),
);

export async function insert(db: Queries, row: SingleUseTokenRow): Promise<void> {
  await insertOne(db, row);
}

type TokenKey = Pick<SingleUseTokenRow, 'digest' | 'purpose' | 'client_id'>;

const consumeOne = prepared<TokenKey & { now: number }, SingleUseTokenRow>((db, value) =>
  db
    .updateTable('single_use_tokens')
    .set({ consumed_at: value('now') })
    .where('digest', '=', value('digest'))
    .where('purpose', '=', value('purpose'))
    .where('client_id', '=', value('client_id'))
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', value('now'))
    .returningAll(),
);

/**
 * Consumes a token in one statement: of any number of callers exactly one gets the row.
 * It must be live, unconsumed, of this purpose and of this client.
 */
export async function consume(db: Queries, token: TokenKey, now: number): Promise<SingleUseTokenRow | undefined> {
  return (await consumeOne(db, { ...token, now }))[0];
}

export async function find(
  db: Queries,
  token: Pick<SingleUseTokenRow, 'digest' | 'purpose'>,
): Promise<SingleUseTokenRow | undefined> {
  return db
    .selectFrom('single_use_tokens')
    .selectAll()
    .where('digest', '=', token.digest)
    .where('purpose', '=', token.purpose)
    .executeTakeFirst();
}

/** Makes a token unusable, whoever holds it. Of any number of callers exactly one gets true. */
export async function burn(db: Queries, digest: string, now: number): Promise<boolean> {
  const result = await db
    .updateTable('single_use_tokens')
    .set({ consumed_at: now })
    .where('digest', '=', digest)
    .where('consumed_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Deletes tokens that expired before a moment. Consumed ones stay until then, so that a replay is recognised. */
export async function purge(db: Queries, expiredBefore: number): Promise<number> {
  const result = await db.deleteFrom('single_use_tokens').where('expires_at', '<=', expiredBefore).executeTakeFirst();
  return Number(result.numDeletedRows);
}
