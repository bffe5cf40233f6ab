// Owns the rows of the keys that tokens are signed with.
import type { Queries } from '../tables.ts';

export type SigningKeyStatus = 'next' | 'current' | 'previous' | 'revoked';

export interface SigningKeyRow {
  kid: string;
  alg: string;
  status: SigningKeyStatus;
  /** JSON. */
  public_jwk: string;
  /** PKCS #8, sealed under the master key; empty once the key doesn't sign any more. */
  sealed_private_key: string;
  /** PEM. */
  certificate: string;
  created_at: number;
  activated_at: number | null;
  /** When another took its place. */
  retired_at: number | null;
  revoked_at: number | null;
}

export async function list(db: Queries): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('created_at').orderBy('kid').execute();
}

export async function insert(db: Queries, row: SigningKeyRow): Promise<void> {
  await db.insertInto('signing_keys').values(row).execute();
}

/** Lets a key sign from now on. */
export async function activate(db: Queries, kid: string, now: number): Promise<void> {
  await db.updateTable('signing_keys').set({ status: 'current', activated_at: now }).where('kid', '=', kid).execute();
}

/** A key that no longer signs still verifies. Its private half is gone for good. */
export async function retire(db: Queries, kid: string, now: number): Promise<void> {
  const values = { status: 'previous' as const, retired_at: now, sealed_private_key: '' };
  await db.updateTable('signing_keys').set(values).where('kid', '=', kid).execute();
}

export async function revoke(db: Queries, kid: string, now: number): Promise<void> {
  const values = { status: 'revoked' as const, revoked_at: now, sealed_private_key: '' };
  await db.updateTable('signing_keys').set(values).where('kid', '=', kid).execute();
}

/** Forgets the keys that were retired or revoked before a time. Returns how many. */
export async function purge(db: Queries, before: number): Promise<number> {
  const result = await db
    .deleteFrom('signing_keys')
    .where((where) =>
      where.or([
        where.and([where('status', '=', 'previous'), where('retired_at', '<=', before)]),
        where.and([where('status', '=', 'revoked'), where('revoked_at', '<=', before)]),
      ]),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
