// Owns what organizations need: members, their roles, invitations, groups, and since when people have their roles.
import type { Kysely } from 'kysely';

/** Organizations are configuration, so that a row names one without a foreign key: whoever deletes it clears its rows away. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await members(db);
  await invitations(db);
  await groups(db);
  await db.schema
    .alterTable('user_roles')
    .addColumn('created_at', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex('user_roles_holders')
    .on('user_roles')
    .columns(['role_id', 'created_at', 'user_id'])
    .execute();
}

async function members(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('organization_members')
    .addColumn('organization_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.user_id').onDelete('cascade'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('organization_members_pk', ['organization_id', 'user_id'])
    .execute();
  await db.schema
    .createIndex('organization_members_joined')
    .on('organization_members')
    .columns(['organization_id', 'created_at', 'user_id'])
    .execute();
  await db.schema.createIndex('organization_members_user').on('organization_members').column('user_id').execute();
  await db.schema
    .createTable('organization_member_roles')
    .addColumn('organization_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.user_id').onDelete('cascade'))
    .addColumn('role_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('organization_member_roles_pk', ['organization_id', 'user_id', 'role_id'])
    .execute();
  await db.schema
    .createIndex('organization_member_roles_holders')
    .on('organization_member_roles')
    .columns(['role_id', 'organization_id', 'created_at', 'user_id'])
    .execute();
  await db.schema
    .createIndex('organization_member_roles_user')
    .on('organization_member_roles')
    .column('user_id')
    .execute();
}

async function invitations(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('organization_invitations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organization_id', 'text', (c) => c.notNull())
    .addColumn('client_id', 'text', (c) => c.notNull())
    .addColumn('ticket_digest', 'text', (c) => c.notNull().unique())
    .addColumn('sealed_ticket', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('organization_invitations_newest')
    .on('organization_invitations')
    .columns(['organization_id', 'created_at'])
    .execute();
  await db.schema
    .createIndex('organization_invitations_expiry')
    .on('organization_invitations')
    .column('expires_at')
    .execute();
}

async function groups(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('groups')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('connection_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('external_id', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('groups_name', ['connection_id', 'name'])
    .execute();
  await db.schema.createIndex('groups_made').on('groups').columns(['created_at', 'id']).execute();
  const group = (table: string) =>
    db.schema
      .createTable(table)
      .addColumn('group_id', 'text', (c) => c.notNull().references('groups.id').onDelete('cascade'));
  await group('group_members')
    .addColumn('user_id', 'text', (c) => c.notNull().references('users.user_id').onDelete('cascade'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('group_members_pk', ['group_id', 'user_id'])
    .execute();
  await db.schema
    .createIndex('group_members_joined')
    .on('group_members')
    .columns(['group_id', 'created_at', 'user_id'])
    .execute();
  await db.schema.createIndex('group_members_user').on('group_members').column('user_id').execute();
  await group('group_roles')
    .addColumn('organization_id', 'text', (c) => c.notNull())
    .addColumn('role_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('group_roles_pk', ['group_id', 'organization_id', 'role_id'])
    .execute();
  await db.schema.createIndex('group_roles_role').on('group_roles').columns(['role_id', 'organization_id']).execute();
  await db.schema.createIndex('group_roles_organization').on('group_roles').column('organization_id').execute();
}
