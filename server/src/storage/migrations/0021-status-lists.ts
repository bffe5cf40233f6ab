// Owns status lists: which entry stands for which tokens (Token Status List).
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('status_lists')
    .addColumn('list', 'bigint', (c) => c.primaryKey())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('status_entries')
    .addColumn('list', 'bigint', (c) => c.notNull())
    .addColumn('idx', 'integer', (c) => c.notNull())
    // Of the facts that would end the tokens, one after the other.
    .addColumn('fingerprints', 'text', (c) => c.notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('status_entries_pk', ['list', 'idx'])
    .execute();
  await db.schema.createIndex('status_entries_expiry').on('status_entries').column('expires_at').execute();
}
