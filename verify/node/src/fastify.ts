// Owns the adapter for Fastify.
import type { IncomingMessage } from 'node:http';
import { authorize, type Requirements } from './authorize.ts';
import { refusalOf } from './challenge.ts';
import { callOf } from './node-http.ts';
import type { AccessTokenClaims } from './verifier.ts';

interface FastifyRequest {
  readonly raw: IncomingMessage;
  auth?: AccessTokenClaims;
}

interface FastifyReply {
  code(status: number): FastifyReply;
  headers(headers: Record<string, string>): FastifyReply;
  send(body: unknown): unknown;
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
