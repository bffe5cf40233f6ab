// Owns POST /oauth/revoke: an application gives back a token that it no longer needs (RFC 7009).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { revokeAccessToken } from '#domain/access-tokens';
import { revokeRefreshToken } from '#domain/refresh-tokens';
import { parametersOf } from '#http/form';
import { noStore } from '#http/headers';
import { requireParameter } from '#protocol/parameters';
import { authenticateClient } from './client-authentication.ts';
import { corsForClient } from './origins.ts';
import { callerOf, type Edge } from './route.ts';

/**
 * Ends the token. One that is unknown, or another application's, is answered alike and left alone (RFC 7009 §2.2), so
 * the hint about its type is not needed.
 */
export async function revoke(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx } = edge;
  const form = parametersOf(request.body);
  const client = await authenticateClient(edge, request, form);
  reply.headers(corsForClient(client, request.headers.origin));
  const token = requireParameter(form, 'token');
  if ((await revokeRefreshToken(ctx, client, token)) || (await revokeAccessToken(ctx, client, token))) {
    ctx.emit({ type: 'srrt', client_id: client.client_id, ip: callerOf(request).ip });
  }
  return reply.code(200).headers(noStore).send();
}
