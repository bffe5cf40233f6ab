// Owns what administrators see and end of people's access: notes on sessions and tokens, devices' keys, tokens on the blacklist.
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // JSON objects that applications keep with a session or a token.
  await db.schema.alterTable('sessions').addColumn('metadata', 'text').execute();
  await db.schema.alterTable('refresh_tokens').addColumn('metadata', 'text').execute();
  await db.schema
    .createTable('device_credentials')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('client_id', 'text', (c) => c.notNull())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('device_name', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('device_credentials_device', ['user_id', 'client_id', 'device_id'])
    .execute();
  await db.schema
    .createIndex('device_credentials_made')
    .on('device_credentials')
    .columns(['created_at', 'id'])
    .execute();
  await db.schema
    .createTable('blacklisted_tokens')
    .addColumn('aud', 'text', (c) => c.notNull())
    .addColumn('jti', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('blacklisted_tokens_pk', ['aud', 'jti'])
    .execute();
  await db.schema.createIndex('grants_made').on('grants').columns(['created_at', 'id']).execute();
}
