// Owns what people have consented to: an application, an API and the scopes allowed.
import type { Queries } from '../tables.ts';

export interface GrantRow {
  id: string;
  user_id: string;
  client_id: string;
  /** The API's identifier; empty for the person's own profile. */
  audience: string;
  /** Space-separated. */
  scope: string;
  created_at: number;
  updated_at: number;
}

type GrantKey = Pick<GrantRow, 'user_id' | 'client_id' | 'audience'>;

export async function find(db: Queries, key: GrantKey): Promise<GrantRow | undefined> {
  return db
    .selectFrom('grants')
    .selectAll()
    .where('user_id', '=', key.user_id)
    .where('client_id', '=', key.client_id)
    .where('audience', '=', key.audience)
    .executeTakeFirst();
}

/** Records a consent, in the place of an earlier one for the same API. */
export async function put(db: Queries, row: GrantRow): Promise<void> {
  await db
    .insertInto('grants')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'client_id', 'audience'])
        .doUpdateSet({ scope: row.scope, updated_at: row.updated_at }),
    )
    .execute();
}

/** Forgets what people have consented to at an application. */
export async function removeOfClient(db: Queries, clientId: string): Promise<void> {
  await db.deleteFrom('grants').where('client_id', '=', clientId).execute();
}
