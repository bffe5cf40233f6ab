// Owns how a request is proved to come from the holder of an access token for one of our own APIs.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type PresentedToken, verifyAccessToken } from '#domain/access-tokens';
import { presentedAccessToken } from '#protocol/bearer';
import { verifyPossession } from './proof-of-possession.ts';
import type { Edge } from './route.ts';

/**
 * The access token in a request's Authorization header, verified for the audience and, where it is bound to a key, with the
 * key proved (RFC 6750 §2.1, RFC 9449 §7.1, RFC 8705 §3). Throws MissingToken, OAuthError, AccessTokenRefused, RefusedToken.
 */
export async function bearerToken(
  edge: Edge,
  request: FastifyRequest,
  reply: FastifyReply,
  audience: string,
): Promise<PresentedToken> {
  const presented = presentedAccessToken(request.headers.authorization, new Map());
  const token = await verifyAccessToken(edge.ctx, presented.token, audience);
  await verifyPossession(edge, request, reply, presented, token);
  return token;
}
