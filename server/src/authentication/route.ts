// Owns the shape of a route of this surface, and what its handlers are handed.
import type { FastifyContextConfig, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Caller, Context } from '#domain/context';
import type { CookieJar } from '#http/cookies';
import type { MutualTls } from './mutual-tls.ts';
import type { FeedAccess } from './revocation-readers.ts';
import type { Waits } from './waits.ts';

export interface Edge {
  readonly ctx: Context;
  readonly cookies: CookieJar;
  readonly mtls: MutualTls;
  readonly feed: FeedAccess;
  readonly waits: Waits;
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
  const sdk = request.headers['auth0-client'];
  return {
    ip: request.clientAddress,
    userAgent: request.headers['user-agent'],
    sdk: typeof sdk === 'string' ? sdk : undefined,
  };
}

/** Where a path is reached, the issuer's address first. The other, if there is one, is where clients with certificates go. */
export function addressesOf({ ctx, mtls }: Edge, path: string): readonly string[] {
  return [ctx.issuer, mtls.url].flatMap((base) => (base === undefined ? [] : [`${base}${path}`]));
}

/** The addresses of the endpoint that was called: no header of the request changes them. */
export function endpointsOf(edge: Edge, { routeOptions }: FastifyRequest): readonly string[] {
  return addressesOf(edge, routeOptions.url?.slice(1) ?? '');
}
