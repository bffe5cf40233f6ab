// Owns the rows that tie a person to the connections they may sign in by.
import type { Queries } from '../tables.ts';

export interface IdentityRow {
  /** `<provider>|<id within the provider>`; a person's first identity gives them their user_id. */
  identity_id: string;
  user_id: string;
  connection: string;
  provider: string;
  is_social: number;
  /** JSON object as the provider sent it, or null. */
  profile_data: string | null;
  created_at: number;
}

export async function insert(db: Queries, row: IdentityRow): Promise<void> {
  await db.insertInto('identities').values(row).execute();
}

export async function listForUser(db: Queries, userId: string): Promise<IdentityRow[]> {
  return db
    .selectFrom('identities')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('created_at')
    .orderBy('identity_id')
    .execute();
}

/** The identity of an id, if it is of this connection. */
export async function findInConnection(
  db: Queries,
  { connection, identity_id }: Pick<IdentityRow, 'connection' | 'identity_id'>,
): Promise<IdentityRow | undefined> {
  return db
    .selectFrom('identities')
    .selectAll()
    .where('identity_id', '=', identity_id)
    .where('connection', '=', connection)
    .executeTakeFirst();
}
