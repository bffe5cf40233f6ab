// Owns what all endpoints for receivers of security events have in common: whose request it is, what it says, its faults.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessTokenRefused } from '#domain/access-tokens';
import type { Document } from '#domain/records';
import { InvalidSetting } from '#domain/refusals';
import { findStream, type Stream, signalsAudience } from '#domain/ssf-streams';
import type { FormBody } from '#http/form';
import { noStore } from '#http/headers';
import { type Members, readObject } from '#protocol/json-text';
import { invalidRequest, OAuthError } from '#protocol/oauth-error';
import { bearerToken } from './bearer.ts';
import type { Edge, Handler } from './route.ts';

type Scope = 'ssf.manage' | 'ssf.read';

/** A receiver and its request. */
export interface Receiver {
  readonly client_id: string;
  readonly edge: Edge;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Who may manage may read as well. Throws invalid_token, insufficient_scope. */
async function clientOf(edge: Edge, request: FastifyRequest, reply: FastifyReply, scope: Scope): Promise<string> {
  const token = await bearerToken(edge, request, reply, signalsAudience(edge.ctx)).catch((error: unknown) => {
    if (!(error instanceof AccessTokenRefused)) throw error;
    throw new OAuthError('invalid_token', 'The access token is not valid here.');
  });
  if (token.scope.includes('ssf.manage') || token.scope.includes(scope)) return token.client_id;
  throw new OAuthError('insufficient_scope', `The access token needs the scope ${scope}.`);
}

/** Answers receivers whose token has a scope; a setting that makes no sense is a fault of the request. */
export const answered =
  (scope: Scope, work: (receiver: Receiver) => Promise<unknown>): Handler =>
  async (edge, request, reply) => {
    const client_id = await clientOf(edge, request, reply.headers(noStore), scope);
    try {
      return reply.send(await work({ client_id, edge, request, reply }));
    } catch (error) {
      throw error instanceof InvalidSetting ? invalidRequest(error.message) : error;
    }
  };

/** The members of a JSON body. Throws invalid_request. */
export function membersOf({ body }: FastifyRequest): Members {
  const { type, text } = (body ?? { type: 'form' }) as FormBody;
  const read = type === 'json' ? readObject(text) : 'notJson';
  if (typeof read !== 'string') return read.members;
  throw invalidRequest('The body must be a JSON object, with the content type application/json.');
}

export function noStream(): OAuthError {
  return new OAuthError('invalid_request', 'You have no such stream.', undefined, 404);
}

/** The receiver's own stream: another's is as if it weren't there. Throws invalid_request. */
export async function ownStream({ edge, client_id }: Receiver, id: unknown): Promise<Document<Stream>> {
  if (typeof id !== 'string' || id === '') throw invalidRequest('stream_id says which stream.');
  const stream = await findStream(edge.ctx, client_id, id);
  if (!stream) throw noStream();
  return stream;
}
