// Owns what registration needs: what people allowed an application is found when it goes.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('grants_client').on('grants').column('client_id').execute();
}
