// Owns what finds people among many: the words that they are searched by, and the orders in which they are listed.
import { type Kysely, SqliteAdapter, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  // A prefix is a range only where texts are in the order of their bytes: SQLite's are, PostgreSQL's if told so.
  const inByteOrder = isSqlite ? sql`text` : sql`text collate "C"`;
  if (!isSqlite) await sql`alter table users alter column user_id type text collate "C"`.execute(db);
  await terms(db, inByteOrder, isSqlite);
  await columns(db, isSqlite);
  for (const column of ['created_at', 'updated_at', 'last_login_at', 'logins_count']) {
    await db.schema.createIndex(`users_${column}`).on('users').columns([column, 'user_id']).execute();
  }
  for (const column of ['connection', 'provider', 'id_at_provider']) {
    await db.schema.createIndex(`identities_${column}`).on('identities').columns([column, 'user_id']).execute();
  }
  await db.schema.createIndex('user_roles_role').on('user_roles').columns(['role_id', 'user_id']).execute();
}

async function terms(db: Kysely<unknown>, text: ReturnType<typeof sql>, isSqlite: boolean): Promise<void> {
  const table = db.schema
    .createTable('user_terms')
    .addColumn('path', text, (c) => c.notNull())
    .addColumn('value', text, (c) => c.notNull())
    .addColumn('user_id', text, (c) => c.notNull())
    .addColumn('number', 'double precision')
    .addPrimaryKeyConstraint('user_terms_pk', ['path', 'value', 'user_id']);
  // There it's the index alone, without a second copy of everything beside it.
  await (isSqlite ? table.modifyEnd(sql`without rowid`) : table).execute();
  await db.schema
    .createIndex('user_terms_number')
    .on('user_terms')
    .columns(['path', 'number', 'user_id'])
    .where(sql.ref('number'), 'is not', null)
    .execute();
}

async function columns(db: Kysely<unknown>, isSqlite: boolean): Promise<void> {
  const integer = 'integer';
  await db.schema
    .alterTable('users')
    .addColumn('blocked_told', integer, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('users').addColumn('last_password_reset_at', 'bigint').execute();
  await db.schema
    .alterTable('identities')
    .addColumn('id_at_provider', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  const bar = isSqlite ? sql`instr(identity_id, '|')` : sql`strpos(identity_id, '|')`;
  await sql`update identities set id_at_provider = substr(identity_id, ${bar} + 1)`.execute(db);
}
