// Owns GET /authorize/resume: where a journey comes back to, and where it ends.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JourneyEnded } from '#domain/journey-ended';
import { stepAddress } from '#domain/journey-paths';
import { complete } from '#domain/login-completion';
import { gatherFacts, nextStep } from '#domain/login-flow';
import { endTransaction, type LoginTransaction, resumeTransaction } from '#domain/login-transactions';
import { journeyClient } from '#domain/own-journeys';
import { spendPushedRequest } from '#domain/pushed-requests';
import { sessionState } from '#domain/session-state';
import { findSession, type Session, type StartedSession } from '#domain/sessions';
import { queryOf } from '#http/form';
import { noStore } from '#http/headers';
import { sendRefusal, sendResponse } from './authorize-response.ts';
import { giveBrowserState } from './browser-state.ts';
import type { Ending } from './ending.ts';
import { finishOwn } from './own-ending.ts';
import { callerOf, type Edge } from './route.ts';

/** Sends the code or the refusal back to the application. Throws JourneyEnded when another request was quicker. */
export async function finish(edge: Edge, reply: FastifyReply, ending: Ending): Promise<FastifyReply> {
  const { ctx, cookies } = edge;
  const { step, transaction, facts, id, caller } = ending;
  if (transaction.purpose) return finishOwn(edge, reply, ending);
  const { request } = transaction;
  const silent = request.prompt.includes('none');
  const event = {
    client_id: request.client_id,
    user_id: facts.person?.user_id,
    ip: caller.ip,
    user_agent: caller.userAgent,
    auth0_client: caller.sdk,
    scope: request.scope.join(' '),
  };
  if (step.kind === 'refuse') {
    if (id !== undefined) await endTransaction(ctx.database.queries, id);
    const { pushed } = transaction;
    if (pushed !== undefined && !(await spendPushedRequest(ctx, ctx.database.queries, pushed)))
      throw new JourneyEnded();
    ctx.emit({ type: silent ? 'fsa' : 'f', ...event, description: step.error.description });
    return sendRefusal(edge, reply, facts.client, request, step.error);
  }
  const completed = await complete(ctx, transaction, id, { completion: step.completion, facts, caller });
  if (!completed) throw new JourneyEnded();
  if (completed.session) {
    const { cookie, expires_at } = completed.session;
    reply.header('set-cookie', cookies.write('session', cookie, (expires_at - ctx.now()) / 1000));
  } else if (silent) {
    ctx.emit({ type: 'ssa', ...event });
  }
  const session_state = await tellSessionState(edge, reply, request, completed.session ?? facts.session);
  return sendResponse(edge, reply, facts.client, request, { ...completed.response, session_state });
}

/** The response's session_state, where the tenant offers it; the browser gets the cookie that it is compared with. */
async function tellSessionState(
  edge: Edge,
  reply: FastifyReply,
  request: LoginTransaction['request'],
  session: StartedSession | Session | undefined,
): Promise<string | undefined> {
  const browserState = session && (await giveBrowserState(edge, reply, session));
  return browserState === undefined ? undefined : sessionState(request, browserState);
}

export async function authorizeResume(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx, cookies } = edge;
  const { cookie } = request.headers;
  const stored = await resumeTransaction(
    ctx,
    'login',
    queryOf(request.url).get('state'),
    cookies.read(cookie, 'browser'),
  );
  const { id, transaction } = stored;
  const client = await journeyClient(ctx, transaction);
  if (!client) throw new JourneyEnded();
  const session = await findSession(ctx, cookies.read(cookie, 'session'));
  const facts = await gatherFacts(ctx, client, transaction, session);
  const step = nextStep(transaction, facts);
  if (step.kind === 'complete' || step.kind === 'refuse') {
    return finish(edge, reply, { step, transaction, facts, id, caller: callerOf(request) });
  }
  return reply.headers(noStore).redirect(stepAddress(step, transaction, id), 303);
}
