// Owns the rows of the keys that tokens are signed with.
import type { Queries } from '../tables.ts';

export type SigningKeyStatus = 'next' | 'current' | 'previous' | 'revoked';

export interface SigningKeyRow {
  kid: string;
  alg: string;
  status: SigningKeyStatus;
  /** JSON. */
  public_jwk: string;
  /** PKCS #8, sealed under the master key. */
  sealed_private_key: string;
  /** PEM. */
  certificate: string;
  created_at: number;
  activated_at: number | null;
  retired_at: number | null;
}

export async function list(db: Queries): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('created_at').orderBy('kid').execute();
}

export async function insert(db: Queries, row: SigningKeyRow): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute();
}
