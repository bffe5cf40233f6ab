// Owns how every endpoint is answered: token, scope, path, query, body, the endpoint's own work, JSON.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PresentedToken } from '#domain/access-tokens';
import type { Context } from '#domain/context';
import { checkPerson, checkScopes, refusalOf } from './access.ts';
import { chooserOf } from './fields.ts';
import { enveloped, type Page, windowOf } from './paging.ts';
import { readBody, readParams, readQuery } from './request.ts';
import { Answer, type Call, type Endpoint } from './resource.ts';

/** What the surface is handed: the tenant, and how a token for an audience is proved (RFC 6750, RFC 9449, RFC 8705). */
export interface Surface {
  readonly ctx: Context;
  readonly audience: string;
  readonly bearer: (request: FastifyRequest, reply: FastifyReply) => Promise<PresentedToken>;
}

const usualStatus = { GET: 200, POST: 201, PUT: 200, PATCH: 200, DELETE: 204 } as const;

async function proveCaller(
  { ctx, bearer }: Surface,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<PresentedToken> {
  try {
    const token = await bearer(request, reply);
    await checkPerson(ctx, token);
    return token;
  } catch (error) {
    throw refusalOf(error);
  }
}

async function callOf(
  surface: Surface,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Call> {
  const token = await proveCaller(surface, request, reply);
  checkScopes(endpoint, token, request.params as Record<string, string>);
  const params = readParams(endpoint, request.params);
  const query = readQuery(endpoint, request.url);
  const body = readBody(endpoint, request);
  return {
    ctx: surface.ctx,
    caller: {
      token,
      ip: request.ip,
      userAgent: request.headers['user-agent'],
      may: (scope) => token.scope.includes(scope),
    },
    params,
    query,
    body,
    method: endpoint.method,
    headers: request.headers,
    url: request.url,
    stream: endpoint.body === 'stream' ? (request.body as Call['stream']) : undefined,
    change: {},
  };
}

async function outcomeOf(endpoint: Endpoint, call: Call): Promise<unknown> {
  const choose = endpoint.fields ? chooserOf(call.query, endpoint.alwaysShown ?? []) : undefined;
  if (!endpoint.paging) {
    const value = await endpoint.run(call);
    return choose && !(value instanceof Answer) ? choose(value) : value;
  }
  const window = windowOf(call.query, endpoint.paging);
  const page = (await (endpoint.run as (call: Call, window: unknown) => Promise<Page | Answer>)(call, window)) as
    | Page
    | Answer;
  if (page instanceof Answer) return page;
  return enveloped(choose ? { ...page, items: page.items.map(choose) } : page, window, endpoint.paging);
}

function send(reply: FastifyReply, { method, status }: Endpoint, value: unknown): FastifyReply {
  if (value instanceof Answer) return sendBody(reply.headers(value.headers), value.status, value.body);
  return sendBody(reply, value === undefined ? 204 : (status ?? usualStatus[method]), value);
}

/** A bare text or number is JSON here as well. */
function sendBody(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  reply.code(status);
  if (body === undefined || status === 204) return reply.send();
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** Answers a request to an endpoint. Throws ApiError. */
export async function respond(
  surface: Surface,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const call = await callOf(surface, endpoint, request, reply);
  return send(reply, endpoint, await outcomeOf(endpoint, call));
}
