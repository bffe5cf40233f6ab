// Owns the adapter for Fastify.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sessions } from '../session/sessions.ts';
import type { AccessTokenClaims } from '../verifier.ts';
import { authorize, type Requirements } from './authorize.ts';
import { refusalOf } from './challenge.ts';
import { callOf, handleSession } from './node-http.ts';

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

/** A hook that answers the sign-in's own addresses: `app.addHook('onRequest', sessionRoutes(sessions))`; others read `await sessions.read(request)`. */
export function sessionRoutes(sessions: Pick<Sessions, 'handle'>) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
    (await handleSession(request.raw, reply.raw, sessions)) ? reply.hijack() : undefined;
}
