// Owns the hashes of passwords, one an identity.
import type { Queries } from '../tables.ts';

export interface PasswordRow {
  identity_id: string;
  /** A PHC string, for example `$argon2id$v=19$m=19456,t=2,p=1$…`, or what `crypto/foreign-hashes.ts` keeps. */
  hash: string;
  changed_at: number;
}

export async function put(db: Queries, row: PasswordRow): Promise<void> {
  const { identity_id, ...values } = row;
  await db
    .insertInto('passwords')
    .values(row)
    .onConflict((conflict) => conflict.column('identity_id').doUpdateSet(values))
    .execute();
}

/** Stores the first passwords of identities that have none. */
export async function insertMany(db: Queries, rows: readonly PasswordRow[]): Promise<void> {
  if (rows.length > 0) await db.insertInto('passwords').values(rows).execute();
}

/** Replaces a hash by another one of the same password; does nothing when the password is another one by now. */
export async function replace(
  db: Queries,
  kept: Pick<PasswordRow, 'identity_id' | 'hash'>,
  hash: string,
): Promise<void> {
  await db
    .updateTable('passwords')
    .set({ hash })
    .where('identity_id', '=', kept.identity_id)
    .where('hash', '=', kept.hash)
    .execute();
}
