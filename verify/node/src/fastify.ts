// Owns the adapter for Fastify.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authorize, type Requirements } from './authorize.ts';
import { refusalOf } from './challenge.ts';
import { callOf } from './node-http.ts';
import type { AccessTokenClaims } from './verifier.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the token of a request says that was let through by `authenticated()`. */
    auth?: AccessTokenClaims;
  }
}

/** A hook that lets a request through whose token is accepted: `{ preHandler: authenticated({ verifier }) }`; `request.auth` is what it says. */
export function authenticated(requirements: Requirements) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    try {
      request.auth = await authorize(callOf(request.raw), requirements);
      return undefined;
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      return reply
        .code(refusal.status)
        .headers({ ...refusal.headers })
        .send(refusal.body);
    }
  };
}
