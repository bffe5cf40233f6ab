// Owns the refusals of the endpoints that applications call: JSON in the form of RFC 6749 §5.2 and RFC 6750 §3.
import type { FastifyReply } from 'fastify';
import { noStore } from '#http/headers';
import { MissingToken, RefusedToken } from '#protocol/bearer';
import { dpopAlgorithms } from '#protocol/dpop';
import type { OAuthError } from '#protocol/oauth-error';

function challenge(error: OAuthError, scheme: string | undefined): string | undefined {
  if (error instanceof MissingToken) return 'Bearer realm="Users"';
  if (error instanceof RefusedToken && error.scheme === 'DPoP') {
    const algs = dpopAlgorithms.join(' ');
    return `DPoP error="${error.code}", error_description="${error.description}", algs="${algs}"`;
  }
  if (error.code === 'invalid_token' || error.code === 'insufficient_scope' || error instanceof RefusedToken) {
    return `Bearer realm="Users", error="${error.code}", error_description="${error.description}"`;
  }
  // RFC 6749 §5.2: who tried the Authorization header is told the scheme.
  return error.code === 'invalid_client' && scheme !== undefined ? 'Basic realm="OAuth"' : undefined;
}

export function sendOAuthError(reply: FastifyReply, error: OAuthError): FastifyReply {
  const authenticate = challenge(error, reply.request.headers.authorization);
  if (authenticate !== undefined) reply.header('www-authenticate', authenticate);
  return reply.code(error.status).headers(noStore).send({ error: error.code, error_description: error.description });
}
