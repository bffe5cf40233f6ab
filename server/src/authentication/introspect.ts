// Owns POST /oauth/introspect: what a token is worth, as JSON (RFC 7662) or as a signed answer (RFC 9701).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { protectAnswer, registeredEncryption } from '#domain/answers';
import { type Introspection, introspectToken } from '#domain/introspection';
import { parametersOf } from '#http/form';
import { noStore } from '#http/headers';
import { type Client, isPublic } from '#protocol/client';
import { OAuthError } from '#protocol/oauth-error';
import { requireParameter } from '#protocol/parameters';
import { authenticateClient } from './client-authentication.ts';
import type { Edge } from './route.ts';

const typ = 'token-introspection+jwt';

/** Whether the asker accepts the answer as a JWT (RFC 9701 §4); who accepts anything gets JSON. */
function wantsJwt(accept: string | undefined): boolean {
  const ranges = (accept ?? '').toLowerCase().split(',');
  return ranges.some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    return type === `application/${typ}` && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** RFC 9701 §5: for this asker alone, signed and encrypted as it registered. */
async function answerJwt({ ctx }: Edge, client: Client, token_introspection: Introspection): Promise<string> {
  const { introspection_encrypted_response_alg: alg, introspection_encrypted_response_enc: enc } = client;
  const claims = { iss: ctx.issuer, aud: client.client_id, iat: Math.floor(ctx.now() / 1000), token_introspection };
  return protectAnswer(ctx, client, claims, {
    alg: client.introspection_signed_response_alg ?? 'RS256',
    typ,
    encryption: registeredEncryption(alg, enc),
  });
}

/**
 * Who asks must prove who it is (RFC 7662 §2.1); an application that keeps no secret cannot. The hint about the token's
 * type is not needed.
 */
export async function introspect(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx } = edge;
  const form = parametersOf(request.body);
  const client = await authenticateClient(edge, request, form);
  if (isPublic(client)) {
    throw new OAuthError('invalid_client', 'Only an application that proves who it is may ask about tokens.');
  }
  const answer = await introspectToken(ctx, client, requireParameter(form, 'token'));
  reply.headers(noStore);
  if (!wantsJwt(request.headers.accept)) return reply.send(answer);
  return reply.type(`application/${typ}`).send(await answerJwt(edge, client, answer));
}
