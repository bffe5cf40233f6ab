// Owns the rows that say which applications took part in a session.
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface SessionClientRow {
  sid: string;
  client_id: string;
  joined_at: number;
}

const insertOne = prepared<SessionClientRow, never>((db, value) =>
  db
    .insertInto('session_clients')
    .values({ sid: value('sid'), client_id: value('client_id'), joined_at: value('joined_at') })
    .onConflict((conflict) => conflict.doNothing()),
);

/** Notes that an application takes part in a live session; it does so once. */
export async function insert(db: Queries, row: SessionClientRow): Promise<void> {
  await insertOne(db, row);
}

/** An application of a session, and whose session it is. */
export type SessionClient = Pick<SessionClientRow, 'sid' | 'client_id'> & { user_id: string };

/** The applications of a live session, those that joined first before the others. */
export async function list(db: Queries, sid: string): Promise<SessionClient[]> {
  return db
    .selectFrom('session_clients')
    .innerJoin('sessions', 'sessions.sid', 'session_clients.sid')
    .select(['session_clients.sid', 'session_clients.client_id', 'sessions.user_id'])
    .where('session_clients.sid', '=', sid)
    .orderBy('session_clients.joined_at')
    .orderBy('session_clients.client_id')
    .execute();
}

/** The applications of sessions that nobody can use any more: what will be deleted with them. */
export async function listExpired(db: Queries, now: number): Promise<SessionClient[]> {
  return db
    .selectFrom('session_clients')
    .innerJoin('sessions', 'sessions.sid', 'session_clients.sid')
    .select(['session_clients.sid', 'session_clients.client_id', 'sessions.user_id'])
    .where((where) => where.or([where('sessions.idle_expires_at', '<=', now), where('sessions.expires_at', '<=', now)]))
    .execute();
}
