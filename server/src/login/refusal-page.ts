// Owns the pages on which a person is told that something can't go on.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findClient } from '#domain/clients';
import type { Context } from '#domain/context';
import { CookiesMissing, type JourneyEnded } from '#domain/journey-ended';
import { initiateLoginAddress } from '#protocol/initiate-login';
import { type BackTo, renderError, renderExpired } from './error-page.ts';
import { chosenLanguage, pageView, sendPage } from './view.ts';

/** A refusal that can't be sent back to the application, or a fault of ours; its status is the error's. */
export async function sendRefusalPage(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  error: { readonly status: number; readonly code: string; readonly description: string },
): Promise<FastifyReply> {
  const view = await pageView(ctx, request, chosenLanguage(request)?.split(' ') ?? []);
  const kind = error.status === 404 ? 'notFound' : error.status >= 500 ? 'unexpected' : 'request';
  const { code, description } = error;
  const page = renderError({ ...view, kind, code, description, requestId: request.id });
  return sendPage(reply, error.status, page, { nonce: view.nonce });
}

/** Where the person can begin again, if the application said where. */
async function backTo(ctx: Context, { clientId }: JourneyEnded): Promise<BackTo | undefined> {
  const client = clientId === undefined ? undefined : await findClient(ctx, clientId);
  const uri = client && initiateLoginAddress(client, ctx.issuer);
  return client && uri ? { name: client.name, uri } : undefined;
}

/** A journey that is over, or one that the browser shows nothing of. */
export async function sendEndedPage(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  error: JourneyEnded | CookiesMissing,
): Promise<FastifyReply> {
  const view = await pageView(ctx, request, []);
  const refusal = { code: 'cookies_missing', description: 'The request carries no cookie of this server.' };
  const page =
    error instanceof CookiesMissing
      ? renderError({ ...view, kind: 'cookies', ...refusal, requestId: request.id })
      : renderExpired({ ...view, backTo: await backTo(ctx, error) });
  return sendPage(reply, 400, page, { nonce: view.nonce });
}
