// Owns sessions: a browser that is signed in, to every application at once.
import { sha256 } from '#crypto/digest';
import { randomId, randomSecret } from '#crypto/random';
import type { Queries } from '#storage/database';
import * as sessionClients from '#storage/tables/session-clients';
import * as rows from '#storage/tables/sessions';
import type { Caller, Context } from './context.ts';
import { type Ending, enqueueLogouts, type LogoutListeners, logoutListeners } from './logout-outbox.ts';
import { revokeSessionTokens } from './revocations.ts';
import { initiatingEntity, recordSecurityEvents } from './security-events.ts';
import { browserStateOf } from './session-state.ts';
import { tenantSettings } from './tenant-settings.ts';

/** How a person proved who they are (RFC 8176). */
export type AuthenticationMethod = 'pwd';

export interface Session {
  readonly sid: string;
  readonly user_id: string;
  readonly connection: string;
  readonly methods: readonly AuthenticationMethod[];
  readonly authenticated_at: number;
  readonly expires_at: number;
  readonly interacted_at: number;
  /** What a script of ours may know of it. */
  readonly browser_state: string;
  readonly user: {
    readonly email: string | null;
    readonly name: string | null;
    readonly picture: string | null;
    readonly blocked: boolean;
  };
}

/** The live session that a cookie's value stands for. */
export async function findSession(
  ctx: Pick<Context, 'database' | 'now'>,
  cookie: string | undefined,
): Promise<Session | undefined> {
  if (cookie === undefined) return undefined;
  const row = await rows.findLive(ctx.database.queries, sha256(cookie), ctx.now());
  if (!row) return undefined;
  const { sid, user_id, connection, authenticated_at, expires_at, interacted_at, email, name, picture } = row;
  return {
    sid,
    user_id,
    connection,
    methods: JSON.parse(row.methods) as AuthenticationMethod[],
    authenticated_at,
    expires_at,
    interacted_at,
    browser_state: browserStateOf(cookie),
    user: { email, name, picture, blocked: row.blocked === 1 },
  };
}

export interface Proof {
  readonly user_id: string;
  /** The name of the connection. */
  readonly connection: string;
  readonly methods: readonly AuthenticationMethod[];
  readonly authenticated_at: number;
}

export interface StartedSession {
  readonly sid: string;
  /** The cookie's value: new at every sign-in, so that a planted one is worth nothing. */
  readonly cookie: string;
  readonly expires_at: number;
}

/** In milliseconds. */
export interface SessionLifetimes {
  readonly idleMs: number;
  readonly absoluteMs: number;
}

const hour = 60 * 60 * 1000;

/** Read before a transaction begins: inside one nothing else may be read. */
export async function sessionLifetimes(ctx: Pick<Context, 'documents'>): Promise<SessionLifetimes> {
  const settings = await tenantSettings(ctx);
  return { idleMs: settings.idle_session_lifetime * hour, absoluteMs: settings.session_lifetime * hour };
}

interface SignIn {
  readonly proof: Proof;
  /** The session that the browser came with. */
  readonly previous: Session | undefined;
  readonly caller: Caller;
  readonly lifetimes: SessionLifetimes;
  readonly listeners: LogoutListeners;
}

/**
 * Starts a session for a person who proved who they are. When the same person signs in again in the same browser the
 * session goes on, with a new cookie; another person's session ends first, with its tokens.
 */
export async function startSession(
  ctx: Pick<Context, 'revocations' | 'now'>,
  queries: Queries,
  { proof, previous, caller, lifetimes, listeners }: SignIn,
): Promise<StartedSession> {
  const now = ctx.now();
  const cookie = randomSecret();
  const values = {
    secret_digest: sha256(cookie),
    connection: proof.connection,
    methods: JSON.stringify(proof.methods),
    authenticated_at: proof.authenticated_at,
    interacted_at: now,
    idle_expires_at: now + lifetimes.idleMs,
    expires_at: now + lifetimes.absoluteMs,
    ip: caller.ip,
    user_agent: caller.userAgent?.slice(0, 512) ?? null,
  };
  if (previous && previous.user_id === proof.user_id && (await rows.update(queries, previous.sid, values))) {
    return { sid: previous.sid, cookie, expires_at: values.expires_at };
  }
  if (previous) await endSession(ctx, queries, previous.sid, { initiator: 'idp-logout', listeners });
  const sid = randomId();
  await rows.insert(queries, { sid, user_id: proof.user_id, created_at: now, metadata: null, ...values });
  return { sid, cookie, expires_at: values.expires_at };
}

/** A visit within this time doesn't move the idle limit, so most silent sign-ins write nothing for it. */
const touchEveryMs = 60_000;

/** Moves a session's idle limit, at most once a minute. */
export async function touchSession(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  session: Session,
  lifetimes: SessionLifetimes,
): Promise<void> {
  const now = ctx.now();
  if (now - session.interacted_at < touchEveryMs) return;
  await rows.update(queries, session.sid, { interacted_at: now, idle_expires_at: now + lifetimes.idleMs });
}

/** Holds a session for the rest of the transaction, for what does not become a part of it; false when it has ended. */
export async function holdSession(queries: Queries, sid: string): Promise<boolean> {
  return rows.hold(queries, sid);
}

/**
 * Notes that an application takes part in a session, and holds the session for the rest of the transaction: false when
 * it has ended. A log-out at the same instant comes before, and nothing is issued, or after, and ends what was issued.
 */
export async function joinSession(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  member: { readonly sid: string; readonly client_id: string },
): Promise<boolean> {
  if (!(await holdSession(queries, member.sid))) return false;
  await sessionClients.insert(queries, { ...member, joined_at: ctx.now() });
  return true;
}

/** A session that is over. */
export interface EndedSession {
  readonly sid: string;
  /** The client_id of every application that took part in it. */
  readonly clients: readonly string[];
}

async function recordSessionRevoked(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  session: { readonly sid: string; readonly user_id: string | undefined },
  { initiator }: Ending,
): Promise<void> {
  const { sid, user_id } = session;
  if (user_id === undefined) return;
  const event = { name: 'session-revoked', user_id, sid, initiating_entity: initiatingEntity(initiator) } as const;
  await recordSecurityEvents(ctx, queries, [event]);
}

/** Ends a session and every token that was issued in it, and sees to it that its applications are told. */
export async function endSession(
  ctx: Pick<Context, 'revocations' | 'now'>,
  queries: Queries,
  sid: string,
  ending: Ending,
): Promise<EndedSession> {
  // Who joins at the same instant comes before, and is told, or after, and is refused.
  const took = (await rows.hold(queries, sid)) ? await sessionClients.list(queries, sid) : [];
  await enqueueLogouts(ctx, queries, took, ending);
  await recordSessionRevoked(ctx, queries, { sid, user_id: await rows.remove(queries, sid) }, ending);
  await revokeSessionTokens(ctx, queries, sid);
  return { sid, clients: took.map(({ client_id }) => client_id) };
}

/** Ends every session of a person, such as one who is blocked or deleted, whose password was changed. Returns how many. */
export async function endUserSessions(
  ctx: Pick<Context, 'database' | 'documents' | 'revocations' | 'now'>,
  userId: string,
  initiator: Ending['initiator'],
): Promise<number> {
  const ending = { initiator, listeners: await logoutListeners(ctx) };
  return ctx.database.transaction(async (queries) => {
    const sids = await rows.listOfUser(queries, userId);
    for (const sid of sids) await endSession(ctx, queries, sid, ending);
    return sids.length;
  });
}

/**
 * Deletes sessions that nobody can use any more. They ended by themselves, which is no log-out: their tokens go on, and
 * only applications that asked for it are told. Returns how many.
 */
export async function clearExpiredSessions(ctx: Pick<Context, 'database' | 'documents' | 'now'>): Promise<number> {
  const now = ctx.now();
  const ending = { initiator: 'session-expired', listeners: await logoutListeners(ctx) } as const;
  return ctx.database.transaction(async (queries) => {
    const took = ending.listeners.size === 0 ? [] : await sessionClients.listExpired(queries, now);
    await enqueueLogouts(ctx, queries, took, ending);
    return rows.purge(queries, now);
  });
}
