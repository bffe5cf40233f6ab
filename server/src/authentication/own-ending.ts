// Owns the end of the journeys that no authorization request asked for: their answer is a page of ours.
import type { FastifyReply } from 'fastify';
import { JourneyEnded } from '#domain/journey-ended';
import { deniedPath } from '#domain/journey-paths';
import { endTransaction } from '#domain/login-transactions';
import { completeOwn, denyOwn } from '#domain/own-journeys';
import { noStore } from '#http/headers';
import type { OAuthError } from '#protocol/oauth-error';
import { giveBrowserState } from './browser-state.ts';
import type { Ending } from './ending.ts';
import type { Edge } from './route.ts';

function goTo(reply: FastifyReply, address: string, { transaction: { locale } }: Ending): FastifyReply {
  const language = locale === undefined ? '' : `?${new URLSearchParams({ ui_locales: locale })}`;
  return reply.headers(noStore).redirect(`${address}${language}`, 303);
}

/** The person said no, or the rules did; a request that is over stays as it was decided. */
async function refuse({ ctx }: Edge, reply: FastifyReply, ending: Ending, error: OAuthError): Promise<FastifyReply> {
  const { transaction, facts, id, caller } = ending;
  const { approval, person } = facts;
  const event = { client_id: transaction.request.client_id, user_id: person?.user_id, ip: caller.ip };
  if (transaction.denied && approval && person) {
    if (!(await denyOwn(ctx, id, { id: approval.id, user_id: person.user_id }))) throw new JourneyEnded();
    ctx.emit({ type: approval.kind === 'device' ? 'fdecc' : 'ciba_denied', ...event });
    return goTo(reply, deniedPath, ending);
  }
  if (id !== undefined) await endTransaction(ctx.database.queries, id);
  if (transaction.purpose?.kind === 'approve' && !approval) throw new JourneyEnded();
  ctx.emit({ type: 'f', ...event, description: error.description });
  throw error;
}

/** Sends the person to where the journey leads. Throws JourneyEnded when there is nothing left to decide. */
export async function finishOwn(edge: Edge, reply: FastifyReply, ending: Ending): Promise<FastifyReply> {
  const { ctx, cookies } = edge;
  const { step, transaction, facts, id, caller } = ending;
  if (step.kind === 'refuse') return refuse(edge, reply, ending, step.error);
  const completed = await completeOwn(ctx, transaction, id, { completion: step.completion, facts, caller });
  if (!completed) throw new JourneyEnded();
  if (completed.session) {
    const { cookie, expires_at } = completed.session;
    reply.header('set-cookie', cookies.write('session', cookie, (expires_at - ctx.now()) / 1000));
    await giveBrowserState(edge, reply, completed.session);
  }
  if (!completed.done) throw new JourneyEnded();
  return goTo(reply, new URL(transaction.request.redirect_uri).pathname, ending);
}
