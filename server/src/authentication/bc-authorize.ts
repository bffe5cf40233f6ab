// Owns POST /bc-authorize: an application asks for a person's sign-in without their browser (CIBA Core §7).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { beginBackchannelAuthentication } from '#domain/backchannel-authentication';
import { pollIntervalSec } from '#domain/decoupled-requests';
import { cibaParameters } from '#domain/signed-ciba-requests';
import { parametersOf } from '#http/form';
import { noStore } from '#http/headers';
import { parseCibaRequest } from '#protocol/ciba-request';
import { isPublic } from '#protocol/client';
import { invalidClient } from '#protocol/client-auth';
import { OAuthError } from '#protocol/oauth-error';
import { authenticateClient } from './client-authentication.ts';
import { readBody, requireGrant } from './decoupled-request.ts';
import { ciba } from './grants/ciba.ts';
import { callerOf, type Edge } from './route.ts';

export async function bcAuthorize(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx } = edge;
  const form = parametersOf(request.body);
  const client = await authenticateClient(edge, request, form);
  // CIBA Core §7.1: anybody could name a public application, and have people asked in its name.
  if (isPublic(client)) throw invalidClient('a public client');
  const event = { client_id: client.client_id, ip: callerOf(request).ip };
  try {
    requireGrant(client, ciba.name);
    const parameters = await cibaParameters(ctx, client, form);
    const asked = parseCibaRequest(parameters, ctx.issuer);
    const body = await readBody(ctx, request, client, parameters);
    const { secret, user_id } = await beginBackchannelAuthentication(ctx, client, asked, body);
    ctx.emit({ type: 'ciba_start_succeeded', ...event, user_id });
    return reply.headers(noStore).send({
      auth_req_id: secret,
      expires_in: asked.expires_in,
      interval: pollIntervalSec,
    });
  } catch (error) {
    if (error instanceof OAuthError) {
      ctx.emit({ type: 'ciba_start_failed', ...event, description: error.detail ?? error.description });
    }
    throw error;
  }
}
