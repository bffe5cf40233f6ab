// Owns what is remembered of what happened: log events, the counts of each day, and who was active when.
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
