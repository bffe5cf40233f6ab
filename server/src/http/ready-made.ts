// Owns answers that are made once and sent many times.
import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface ReadyMade {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
}

export function readyMade(body: string | Buffer, headers: Readonly<Record<string, string>>): ReadyMade {
  const bytes = Buffer.from(body);
  const etag = `"${hash('sha256', bytes, 'base64url').slice(0, 22)}"`;
  return { body: bytes, headers: { ...headers, etag }, etag };
}

/** Sends it, or 304 to who has it already (RFC 9110 §13.1.2). */
export function sendReadyMade(request: FastifyRequest, reply: FastifyReply, answer: ReadyMade): FastifyReply {
  reply.headers(answer.headers);
  if (request.headers['if-none-match'] === answer.etag) return reply.code(304).send();
  return reply.send(answer.body);
}
