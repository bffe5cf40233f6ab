// Owns what is remembered of what happened: log events, the counts of each day, who was active when, and what is told of it.
import type { Kysely } from 'kysely';

const searchable = [
  'description',
  'connection',
  'connection_id',
  'organization_id',
  'client_name',
  'user_name',
  'user_agent',
  'hostname',
  'audience',
  'scope',
  'strategy',
  'strategy_type',
] as const;

/** What most searches name; an event that lacks it costs its index nothing. */
const indexed = ['client_id', 'user_id', 'ip'] as const;

export async function up(db: Kysely<unknown>): Promise<void> {
  let table = db.schema
    .createTable('logs')
    .addColumn('seq', 'bigint', (c) => c.primaryKey())
    .addColumn('date', 'bigint', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull());
  for (const name of [...indexed, ...searchable]) table = table.addColumn(name, 'text');
  await table.addColumn('details', 'text').addColumn('auth0_client', 'text').execute();
  await db.schema.createIndex('logs_date').on('logs').columns(['date', 'seq']).execute();
  await db.schema.createIndex('logs_type').on('logs').columns(['type', 'date', 'seq']).execute();
  for (const name of indexed) {
    await db.schema
      .createIndex(`logs_${name}`)
      .on('logs')
      .columns([name, 'date', 'seq'])
      .where(name, 'is not', null)
      .execute();
  }
  await statistics(db);
  await eventDeliveries(db);
}

async function statistics(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('daily_stats')
    .addColumn('day', 'integer', (c) => c.primaryKey())
    .addColumn('logins', 'integer', (c) => c.notNull())
    .addColumn('signups', 'integer', (c) => c.notNull())
    .addColumn('leaked_passwords', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('active_users')
    .addColumn('user_id', 'text', (c) => c.primaryKey())
    .addColumn('day', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('active_users_day').on('active_users').column('day').execute();
}

async function eventDeliveries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('event_deliveries')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('event_stream_id', 'text', (c) => c.notNull())
    .addColumn('event_type', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('attempts', 'text', (c) => c.notNull())
    .addColumn('tries', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('settled_at', 'bigint')
    .addColumn('next_attempt_at', 'bigint')
    .execute();
  await db.schema
    .createIndex('event_deliveries_stream')
    .on('event_deliveries')
    .columns(['event_stream_id', 'created_at', 'id'])
    .execute();
  await db.schema
    .createIndex('event_deliveries_due')
    .on('event_deliveries')
    .column('next_attempt_at')
    .where('next_attempt_at', 'is not', null)
    .execute();
}
