// Owns answers that are made once and sent many times.
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface ReadyMade {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
}

/** The version is what changes whenever the body does: a digest of it. */
export function readyMade(body: string, version: string, headers: Readonly<Record<string, string>>): ReadyMade {
  const etag = `"${version}"`;
  return { body: Buffer.from(body), headers: { ...headers, etag }, etag };
}

/** Sends it, or 304 to who has it already (RFC 9110 §13.1.2). */
export function sendReadyMade(request: FastifyRequest, reply: FastifyReply, answer: ReadyMade): FastifyReply {
  reply.headers(answer.headers);
  if (request.headers['if-none-match'] === answer.etag) return reply.code(304).send();
  return reply.send(answer.body);
}
