// Owns the id of a browser: what binds a journey to where it began.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomSecret } from '#crypto/random';
import type { Edge } from './route.ts';

/** The id of this browser, which is given one when it has none. Lives until the browser closes. */
export function browserOf({ cookies }: Edge, request: FastifyRequest, reply: FastifyReply): string {
  const known = cookies.read(request.headers.cookie, 'browser');
  if (known !== undefined) return known;
  const fresh = randomSecret();
  reply.header('set-cookie', cookies.write('browser', fresh));
  return fresh;
}
