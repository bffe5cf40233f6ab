// Owns the rows of signed-in browsers.
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface SessionRow {
  /** The public id, which tokens carry as `sid`. */
  sid: string;
  /** SHA-256 of the cookie's value. */
  secret_digest: string;
  user_id: string;
  /** The name of the connection that the person signed in by. */
  connection: string;
  /** JSON array of RFC 8176 method names. */
  methods: string;
  authenticated_at: number;
  created_at: number;
  interacted_at: number;
  idle_expires_at: number;
  expires_at: number;
  ip: string | null;
  user_agent: string | null;
  /** JSON object that applications keep with it. */
  metadata: string | null;
}

export interface SessionWithUser extends SessionRow {
  email: string | null;
  name: string | null;
  picture: string | null;
  blocked: number;
}

const findByDigest = prepared<{ secret_digest: string; now: number }, SessionWithUser>((db, value) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.user_id', 'sessions.user_id')
    .selectAll('sessions')
    .select(['users.email', 'users.name', 'users.picture', 'users.blocked'])
    .where('sessions.secret_digest', '=', value('secret_digest'))
    .where('sessions.idle_expires_at', '>', value('now'))
    .where('sessions.expires_at', '>', value('now')),
);

/** The live session of a cookie, with what is shown and checked of its person. */
export async function findLive(db: Queries, secretDigest: string, now: number): Promise<SessionWithUser | undefined> {
  return (await findByDigest(db, { secret_digest: secretDigest, now }))[0];
}

export async function insert(db: Queries, row: SessionRow): Promise<void> {
  await db.insertInto('sessions').values(row).execute();
}

export async function update(db: Queries, sid: string, values: Partial<Omit<SessionRow, 'sid'>>): Promise<boolean> {
  const result = await db.updateTable('sessions').set(values).where('sid', '=', sid).executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

// It writes what is there already: the visit counts where the idle limit moves, and nowhere else.
const holdOne = prepared<{ sid: string }, Pick<SessionRow, 'sid'>>((db, value) =>
  db
    .updateTable('sessions')
    .set((row) => ({ interacted_at: row.ref('interacted_at') }))
    .where('sid', '=', value('sid'))
    .returning('sid'),
);

/** Keeps a session from ending until the transaction does; false when it has ended already. */
export async function hold(db: Queries, sid: string): Promise<boolean> {
  return (await holdOne(db, { sid })).length === 1;
}

/** Whether a session has neither ended nor expired. */
export async function isLive(db: Queries, sid: string, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('sessions')
    .select('sid')
    .where('sid', '=', sid)
    .where('expires_at', '>', now)
    .where('idle_expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

/** The sessions of a person. */
export async function listOfUser(db: Queries, userId: string): Promise<string[]> {
  const found = await db.selectFrom('sessions').select('sid').where('user_id', '=', userId).orderBy('sid').execute();
  return found.map(({ sid }) => sid);
}

/** Ends a session. Returns whose it was; undefined when it had ended already. */
export async function remove(db: Queries, sid: string): Promise<string | undefined> {
  const row = await db.deleteFrom('sessions').where('sid', '=', sid).returning('user_id').executeTakeFirst();
  return row?.user_id;
}

/** Deletes sessions that nobody can use any more. Returns how many. */
export async function purge(db: Queries, now: number): Promise<number> {
  const result = await db
    .deleteFrom('sessions')
    .where((where) => where.or([where('idle_expires_at', '<=', now), where('expires_at', '<=', now)]))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** A person's sessions that are not over, the oldest first. */
export async function listLiveOfUser(db: Queries, userId: string, now: number): Promise<SessionRow[]> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where('idle_expires_at', '>', now)
    .where('expires_at', '>', now)
    .orderBy('created_at')
    .orderBy('sid')
    .execute();
}

export async function find(db: Queries, sid: string): Promise<SessionRow | undefined> {
  return db.selectFrom('sessions').selectAll().where('sid', '=', sid).executeTakeFirst();
}
