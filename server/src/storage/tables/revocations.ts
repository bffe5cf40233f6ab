// Owns the facts that end tokens before their time.
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export type RevocationKind = 'session' | 'family' | 'token';

export interface RevocationRow {
  kind: RevocationKind;
  id: string;
  revoked_at: number;
  /** When the last token that this could concern has expired: the fact may be forgotten then. */
  expires_at: number;
}

export async function put(db: Queries, row: RevocationRow): Promise<void> {
  await db
    .insertInto('revocations')
    .values(row)
    .onConflict((conflict) => conflict.columns(['kind', 'id']).doUpdateSet({ expires_at: row.expires_at }))
    .execute();
}

interface TokenIdentity {
  token: string;
  family: string;
  /** Empty when the token was issued in no session. */
  session: string;
}

const findAny = prepared<TokenIdentity, Pick<RevocationRow, 'id'>>((db, value) =>
  db
    .selectFrom('revocations')
    .select('id')
    .where((where) =>
      where.or([
        where.and([where('kind', '=', 'family'), where('id', '=', value('family'))]),
        where.and([where('kind', '=', 'token'), where('id', '=', value('token'))]),
        where.and([where('kind', '=', 'session'), where('id', '=', value('session'))]),
      ]),
    ),
);

/** Whether a token was ended: by itself, with its family, or with its session. */
export async function isEnded(db: Queries, identity: TokenIdentity): Promise<boolean> {
  return (await findAny(db, identity)).length > 0;
}

export async function purge(db: Queries, now: number): Promise<number> {
  const result = await db.deleteFrom('revocations').where('expires_at', '<=', now).executeTakeFirst();
  return Number(result.numDeletedRows);
}
