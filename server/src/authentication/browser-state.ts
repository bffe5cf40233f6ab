// Owns the cookie that a page of an application compares its session_state with (OpenID Connect Session Management §3.2).
import type { FastifyReply } from 'fastify';
import { browserStateOf, managesSessions } from '#domain/session-state';
import type { Session, StartedSession } from '#domain/sessions';
import type { Edge } from './route.ts';

/** Gives the browser the state of its session, where the tenant offers that, and returns it. */
export async function giveBrowserState(
  { ctx, cookies }: Edge,
  reply: FastifyReply,
  session: StartedSession | Session,
): Promise<string | undefined> {
  if (!(await managesSessions(ctx))) return undefined;
  const browserState = 'cookie' in session ? browserStateOf(session.cookie) : session.browser_state;
  const lifetimeSec = (session.expires_at - ctx.now()) / 1000;
  reply.header('set-cookie', cookies.write('session_state', browserState, lifetimeSec));
  return browserState;
}
