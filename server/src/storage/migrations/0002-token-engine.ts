// Owns what the token engine remembers beside codes and families: what a family is bound to, and ids seen once.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // JSON: what an authorization was bound to and asked for beyond scope and audience; null for most.
  await db.schema.alterTable('refresh_tokens').addColumn('details', 'text').execute();
  await db.schema
    .createTable('replays')
    .addColumn('digest', 'text', (c) => c.primaryKey())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('replays_expiry').on('replays').column('expires_at').execute();
}
