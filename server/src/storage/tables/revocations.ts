// Owns the facts that end tokens before their time.
import type { Queries } from '../tables.ts';

export type RevocationKind = 'session' | 'family';

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

/** Whether any of these facts stands. */
export async function anyOf(db: Queries, facts: readonly Pick<RevocationRow, 'kind' | 'id'>[]): Promise<boolean> {
  if (facts.length === 0) return false;
  const row = await db
    .selectFrom('revocations')
    .select('id')
    .where((where) =>
      where.or(facts.map((fact) => where.and([where('kind', '=', fact.kind), where('id', '=', fact.id)]))),
    )
    .executeTakeFirst();
  return row !== undefined;
}

export async function purge(db: Queries, now: number): Promise<number> {
  const result = await db.deleteFrom('revocations').where('expires_at', '<=', now).executeTakeFirst();
  return Number(result.numDeletedRows);
}
