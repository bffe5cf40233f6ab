// Owns what a browser shows of itself: the id that binds a journey to where it began, and forms that come without it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomSecret } from '#crypto/random';
import type { Parameters } from '#protocol/parameters';
import type { Edge } from './route.ts';

/** The id of this browser, which is given one when it has none. Lives until the browser closes. */
export function browserOf({ cookies }: Edge, request: FastifyRequest, reply: FastifyReply): string {
  const known = cookies.read(request.headers.cookie, 'browser');
  if (known !== undefined) return known;
  const fresh = randomSecret();
  reply.header('set-cookie', cookies.write('browser', fresh));
  return fresh;
}

/** Longer addresses meet limits on the way. */
const longestAddress = 8000;

/**
 * Where a form goes on that was posted from another site: it comes without our SameSite cookies, and as a GET the same
 * request has them. Undefined when there are cookies, or when the request is too long for an address.
 */
export function addressWithCookies(
  { cookies }: Edge,
  request: FastifyRequest,
  path: string,
  parameters: Parameters,
): string | undefined {
  if (request.method !== 'POST') return undefined;
  const { cookie } = request.headers;
  if (cookies.read(cookie, 'session') !== undefined || cookies.read(cookie, 'browser') !== undefined) return undefined;
  const address = `${path}?${new URLSearchParams([...parameters])}`;
  return address.length <= longestAddress ? address : undefined;
}
