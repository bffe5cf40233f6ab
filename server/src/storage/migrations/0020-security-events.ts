// Owns what shared signals need: what happened, what each receiver is yet to be told, and whom it isn't told about.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // The session and the person may be gone when it is told, so these refer to neither.
  await db.schema
    .createTable('security_events')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('sid', 'text')
    .addColumn('initiating_entity', 'text', (c) => c.notNull())
    .addColumn('details', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('security_events_made').on('security_events').columns(['created_at', 'id']).execute();

  await db.schema
    .createTable('security_event_outbox')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('stream_id', 'text', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text')
    .addColumn('sid', 'text')
    .addColumn('payload', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    // Null where the receiver fetches it.
    .addColumn('next_attempt_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('security_event_outbox_due')
    .on('security_event_outbox')
    .column('next_attempt_at')
    .execute();
  await db.schema
    .createIndex('security_event_outbox_stream')
    .on('security_event_outbox')
    .columns(['stream_id', 'created_at', 'id'])
    .execute();
  await db.schema.createIndex('security_event_outbox_made').on('security_event_outbox').column('created_at').execute();

  await db.schema
    .createTable('ssf_subjects')
    .addColumn('stream_id', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('ssf_subjects_pkey', ['stream_id', 'subject'])
    .execute();
}
