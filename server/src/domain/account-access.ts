// Owns what a person is signed in by, as administrators see and end it: sessions and refresh tokens.
import { setImmediate } from 'node:timers/promises';
import * as refreshTokens from '#storage/tables/refresh-tokens';
import * as sessionClients from '#storage/tables/session-clients';
import * as sessions from '#storage/tables/sessions';
import { endAccessIn, endingBy } from './account-endings.ts';
import { findClient } from './clients.ts';
import type { Context } from './context.ts';
import { logoutListeners } from './logout-outbox.ts';
import { revokeFamily } from './revocations.ts';
import { endSession } from './sessions.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'issuer' | 'revocations' | 'vault' | 'now'>;

/** What applications keep with a session or a refresh token. */
export type AccessMetadata = Readonly<Record<string, unknown>> | null;

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

const parsed = (json: string | null): AccessMetadata => (json === null ? null : (JSON.parse(json) as AccessMetadata));
const jsonOf = (metadata: AccessMetadata) => (metadata === null ? null : JSON.stringify(metadata));

async function sessionView(ctx: Needed, row: sessions.SessionRow) {
  const clients = await sessionClients.list(ctx.database.queries, row.sid);
  const { ip, user_agent } = row;
  const metadata = parsed(row.metadata);
  return {
    id: row.sid,
    user_id: row.user_id,
    created_at: iso(row.created_at),
    updated_at: iso(row.interacted_at),
    authenticated_at: iso(row.authenticated_at),
    last_interacted_at: iso(row.interacted_at),
    idle_expires_at: iso(row.idle_expires_at),
    expires_at: iso(row.expires_at),
    device: { initial_ip: ip, initial_user_agent: user_agent, last_ip: ip, last_user_agent: user_agent },
    clients: clients.map(({ client_id }) => ({ client_id })),
    authentication: {
      methods: (JSON.parse(row.methods) as string[]).map((name) => ({ name, timestamp: iso(row.authenticated_at) })),
    },
    ...(metadata === null ? {} : { session_metadata: metadata }),
  };
}

export type SessionView = Awaited<ReturnType<typeof sessionView>>;

export async function listSessions(ctx: Needed, userId: string): Promise<readonly SessionView[]> {
  const rows = await sessions.listLiveOfUser(ctx.database.queries, userId, ctx.now());
  return Promise.all(rows.map((row) => sessionView(ctx, row)));
}

async function liveSession(ctx: Needed, sid: string): Promise<sessions.SessionRow | undefined> {
  const row = await sessions.find(ctx.database.queries, sid);
  return row && row.expires_at > ctx.now() && row.idle_expires_at > ctx.now() ? row : undefined;
}

export async function findSessionById(ctx: Needed, sid: string): Promise<SessionView | undefined> {
  const row = await liveSession(ctx, sid);
  return row && sessionView(ctx, row);
}

/** Keeps metadata with a session, in the place of what was there; undefined when there is no such session. */
export async function keepSessionMetadata(
  ctx: Needed,
  sid: string,
  metadata: AccessMetadata,
): Promise<SessionView | undefined> {
  if (!(await liveSession(ctx, sid))) return undefined;
  await sessions.update(ctx.database.queries, sid, { metadata: jsonOf(metadata) });
  return findSessionById(ctx, sid);
}

/** Ends a session with its tokens, and tells its applications; nothing happens when it is over, or another person's. */
export async function endSessionById(ctx: Needed, sid: string, userId?: string): Promise<void> {
  const ending = { initiator: 'session-revoked', listeners: await logoutListeners(ctx) } as const;
  await ctx.database.transaction(async (queries) => {
    const row = await sessions.find(queries, sid);
    if (row && (userId ?? row.user_id) === row.user_id) await endSession(ctx, queries, sid, ending);
  });
}

async function tokenView(ctx: Needed, row: refreshTokens.RefreshTokenRow) {
  const client = await findClient(ctx, row.client_id);
  const metadata = parsed(row.metadata);
  return {
    id: row.family_id,
    user_id: row.user_id,
    created_at: iso(row.created_at),
    idle_expires_at: iso(row.idle_expires_at),
    expires_at: iso(row.expires_at),
    last_exchanged_at: row.rotated_at === row.created_at ? null : iso(row.rotated_at),
    client_id: row.client_id,
    session_id: row.sid,
    rotating: client?.refresh_token.rotation_type === 'rotating',
    resource_servers: [{ audience: row.audience ?? `${ctx.issuer}userinfo`, scopes: row.scope }],
    ...(metadata === null ? {} : { refresh_token_metadata: metadata }),
  };
}

export type RefreshTokenView = Awaited<ReturnType<typeof tokenView>>;

export async function listRefreshTokens(ctx: Needed, userId: string): Promise<readonly RefreshTokenView[]> {
  const rows = await refreshTokens.listLiveOfUser(ctx.database.queries, userId, ctx.now());
  return Promise.all(rows.map((row) => tokenView(ctx, row)));
}

export async function findRefreshTokenById(ctx: Needed, id: string): Promise<RefreshTokenView | undefined> {
  const row = await refreshTokens.find(ctx.database.queries, id);
  if (!row || row.revoked_at !== null) return undefined;
  const ends = Math.min(row.expires_at ?? Number.POSITIVE_INFINITY, row.idle_expires_at ?? Number.POSITIVE_INFINITY);
  return ends > ctx.now() ? tokenView(ctx, row) : undefined;
}

/** Keeps metadata with a refresh token, in the place of what was there; undefined when there is no such token. */
export async function keepRefreshTokenMetadata(
  ctx: Needed,
  id: string,
  metadata: AccessMetadata,
): Promise<RefreshTokenView | undefined> {
  const kept = await refreshTokens.keepMetadata(ctx.database.queries, id, jsonOf(metadata));
  return kept ? findRefreshTokenById(ctx, id) : undefined;
}

/** Ends refresh tokens, and the access tokens that came of them. */
export async function endRefreshTokens(ctx: Needed, ids: readonly string[]): Promise<void> {
  await ctx.database.transaction(async (queries) => {
    for (const id of ids) if (await refreshTokens.find(queries, id)) await revokeFamily(ctx, queries, id);
  });
}

/** Families that are looked at in one go. */
const handful = 500;

/** Ends every refresh token of an application, a few at a time: there may be many, and others want to write as well. */
export async function endRefreshTokensOfClient(ctx: Needed, clientId: string): Promise<void> {
  let last = '';
  for (;;) {
    const families = await refreshTokens.listAfter(ctx.database.queries, last, handful);
    const own = families.filter(({ client_id, revoked_at }) => client_id === clientId && revoked_at === null);
    await endRefreshTokens(
      ctx,
      own.map(({ family_id }) => family_id),
    );
    if (families.length < handful) return;
    last = families.at(-1)?.family_id as string;
    await setImmediate();
  }
}

/** Ends what a person's access comes of, or one session of theirs; their other refresh tokens stay if that is asked for. */
export async function revokeAccess(
  ctx: Needed,
  userId: string,
  { session_id, preserve_refresh_tokens = false }: { session_id?: string; preserve_refresh_tokens?: boolean },
): Promise<void> {
  if (session_id === undefined && !preserve_refresh_tokens) {
    const ending = await endingBy(ctx, 'session-revoked');
    await ctx.database.transaction((queries) => endAccessIn(ctx, queries, userId, ending));
    return;
  }
  const sids = session_id === undefined ? await sessions.listOfUser(ctx.database.queries, userId) : [session_id];
  for (const sid of sids) await endSessionById(ctx, sid, userId);
}
