// Owns the shape of a route of this surface, and what its handlers are handed.
import type { FastifyContextConfig, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Caller, Context } from '#domain/context';
import type { CookieJar } from '#http/cookies';

export interface Edge {
  readonly ctx: Context;
  readonly cookies: CookieJar;
}

export type Handler = (edge: Edge, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

export interface Route {
  readonly method: HTTPMethods | HTTPMethods[];
  readonly url: string;
  readonly handler: Handler;
  readonly config?: FastifyContextConfig;
}

/** Who is at the other end. */
export function callerOf(request: FastifyRequest): Caller {
  return { ip: request.ip, userAgent: request.headers['user-agent'] };
}

/** The address of the endpoint that was called, as the metadata has it: no header of the request changes it. */
export function endpointOf({ issuer }: Pick<Context, 'issuer'>, { routeOptions }: FastifyRequest): string {
  return `${issuer}${routeOptions.url?.slice(1) ?? ''}`;
}
