// Owns the hashes of passwords, one an identity.
import type { Queries } from '../tables.ts';

export interface PasswordRow {
  identity_id: string;
  /** A PHC string, for example `$argon2id$v=19$m=19456,t=2,p=1$…`. */
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
