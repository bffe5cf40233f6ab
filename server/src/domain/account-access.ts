// Owns what a person is signed in by, as administrators see and end it: sessions and refresh tokens.
import * as refreshTokens from '#storage/tables/refresh-tokens';
import * as sessionClients from '#storage/tables/session-clients';
import * as sessions from '#storage/tables/sessions';
import type { Context } from './context.ts';
import { logoutListeners } from './logout-outbox.ts';
import { revokeFamily } from './revocations.ts';
import { endSession } from './sessions.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'now'>;

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

async function sessionView(ctx: Needed, row: sessions.SessionRow): Promise<object> {
  const clients = await sessionClients.list(ctx.database.queries, row.sid);
  const device = {
    initial_ip: row.ip,
    initial_user_agent: row.user_agent,
    last_ip: row.ip,
    last_user_agent: row.user_agent,
  };
  return {
    id: row.sid,
    user_id: row.user_id,
    created_at: iso(row.created_at),
    updated_at: iso(row.interacted_at),
    authenticated_at: iso(row.authenticated_at),
    last_interacted_at: iso(row.interacted_at),
    idle_expires_at: iso(row.idle_expires_at),
    expires_at: iso(row.expires_at),
    clients: clients.map(({ client_id }) => ({ client_id })),
    authentication: {
      methods: (JSON.parse(row.methods) as string[]).map((name) => ({ name, timestamp: iso(row.authenticated_at) })),
    },
    device,
  };
}

export async function listSessions(ctx: Needed, userId: string): Promise<readonly object[]> {
  const rows = await sessions.listLiveOfUser(ctx.database.queries, userId, ctx.now());
  return Promise.all(rows.map((row) => sessionView(ctx, row)));
}

export async function findSessionById(ctx: Needed, sid: string): Promise<object | undefined> {
  const row = await sessions.find(ctx.database.queries, sid);
  return row && row.expires_at > ctx.now() && row.idle_expires_at > ctx.now() ? sessionView(ctx, row) : undefined;
}

/** Ends a session with its tokens, and tells its applications; nothing happens when it is over. */
export async function endSessionById(ctx: Needed, sid: string): Promise<void> {
  const ending = { initiator: 'session-revoked', listeners: await logoutListeners(ctx) } as const;
  await ctx.database.transaction(async (queries) => {
    if (await sessions.find(queries, sid)) await endSession(ctx, queries, sid, ending);
  });
}

function tokenView(row: refreshTokens.RefreshTokenRow): object {
  return {
    id: row.family_id,
    user_id: row.user_id,
    created_at: iso(row.created_at),
    idle_expires_at: iso(row.idle_expires_at),
    expires_at: iso(row.expires_at),
    last_exchanged_at: row.rotated_at === row.created_at ? null : iso(row.rotated_at),
    client_id: row.client_id,
    session_id: row.sid,
    rotating: row.generation > 0,
    resource_servers: [{ audience: row.audience, scopes: row.scope }],
  };
}

export async function listRefreshTokens(ctx: Needed, userId: string): Promise<readonly object[]> {
  return (await refreshTokens.listLiveOfUser(ctx.database.queries, userId, ctx.now())).map(tokenView);
}

export async function findRefreshTokenById(ctx: Needed, id: string): Promise<object | undefined> {
  const row = await refreshTokens.find(ctx.database.queries, id);
  return row && row.revoked_at === null ? tokenView(row) : undefined;
}

/** Ends a refresh token and the access tokens that came of it. */
export async function endRefreshToken(ctx: Needed, id: string): Promise<void> {
  await ctx.database.transaction(async (queries) => {
    if (await refreshTokens.find(queries, id)) await revokeFamily(ctx, queries, id);
  });
}
