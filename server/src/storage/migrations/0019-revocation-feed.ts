// Owns the revocation feed: facts under fingerprints, in the order in which they became known.
import { type Kysely, sql } from 'kysely';
import { fingerprint } from '#crypto/fingerprint';

/** What the facts were called before they had fingerprints. */
const textOf: Readonly<Record<string, string>> = { family: 'authorization', session: 'session', token: 'token' };

interface OldRow {
  readonly kind: string;
  readonly id: string;
  readonly expires_at: number;
}

export async function up(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<OldRow>`select kind, id, expires_at from revocations`.execute(db);
  await db.schema.dropTable('revocations').execute();
  await db.schema
    .createTable('revocations')
    .addColumn('fingerprint', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    // 0 until the fact has its place for the first time.
    .addColumn('position', 'bigint', (c) => c.notNull())
    // 1 while it waits for its place, or for a later one.
    .addColumn('pending', 'integer', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('revocations_position').on('revocations').column('position').execute();
  await db.schema
    .createIndex('revocations_pending')
    .on('revocations')
    .column('pending')
    .where(sql.ref('pending'), '=', sql.lit(1))
    .execute();
  await db.schema.createIndex('revocations_expiry').on('revocations').column('expires_at').execute();
  for (const { kind, id, expires_at } of rows) {
    const name = textOf[kind] ?? kind;
    const values = [fingerprint(`${name}:${id}`), name, 0, 1, expires_at];
    await sql`insert into revocations (fingerprint, kind, position, pending, expires_at) values (${sql.join(values)})`.execute(
      db,
    );
  }
}
