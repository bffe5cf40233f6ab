// Owns how every endpoint is answered: token, scope, path, query, body, the endpoint's own work, JSON.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PresentedToken } from '#domain/access-tokens';
import type { Context } from '#domain/context';
import { ApiError } from '#protocol/api-error';
import { checkPerson, checkScopes, refusalOf } from './access.ts';
import { recordAnswer } from './audit.ts';
import { toApiError } from './error-response.ts';
import { chooserOf } from './fields.ts';
import { enveloped, type Page, windowOf } from './paging.ts';
import { readBody, readParams, readQuery } from './request.ts';
import { Answer, type ApiCaller, type Call, type Endpoint, type Upload } from './resource.ts';

/** What the surface is handed: the tenant, and how a token for an audience is proved (RFC 6750, RFC 9449, RFC 8705). */
export interface Surface {
  readonly ctx: Context;
  readonly audience: string;
  readonly bearer: (request: FastifyRequest, reply: FastifyReply) => Promise<PresentedToken>;
  /** Bytes of an uploaded file. */
  readonly mostUploadBytes: number;
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

function callerOf(token: PresentedToken, request: FastifyRequest): ApiCaller {
  return {
    token,
    ip: request.clientAddress,
    userAgent: request.headers['user-agent'],
    may: (scope) => token.scope.includes(scope),
  };
}

function uploadOf({ mostUploadBytes }: Surface, { body }: Endpoint, request: FastifyRequest): Upload | undefined {
  if (body !== 'stream') return undefined;
  if (!(request.body instanceof Readable)) throw new ApiError(415, 'Send the body as multipart/form-data.');
  return { stream: request.body, most: mostUploadBytes };
}

function callOf(surface: Surface, endpoint: Endpoint, caller: ApiCaller, request: FastifyRequest): Call {
  checkScopes(endpoint, caller.token, request.params as Record<string, string>);
  const params = readParams(endpoint, request.params);
  const query = readQuery(endpoint, request.url);
  const body = readBody(endpoint, request);
  return {
    ctx: surface.ctx,
    caller,
    params,
    query,
    body,
    method: endpoint.method,
    headers: request.headers,
    url: request.url,
    upload: uploadOf(surface, endpoint, request),
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
  const body = enveloped(choose ? { ...page, items: page.items.map(choose) } : page, window, endpoint.paging);
  return page.headers ? new Answer(200, body, page.headers) : body;
}

function answerOf({ method, status }: Endpoint, value: unknown): Answer {
  if (value instanceof Answer) return value;
  return new Answer(value === undefined ? 204 : (status ?? usualStatus[method]), value);
}

/** A bare text or number is JSON here as well. */
function send(reply: FastifyReply, { status, body, headers }: Answer): FastifyReply {
  reply.headers(headers).code(status);
  if (body === undefined || status === 204) return reply.send();
  if (body instanceof Readable) return reply.type('application/json; charset=utf-8').send(body);
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** The answer, and the call that it answers unless it was refused before there was one. */
async function answer(
  surface: Surface,
  endpoint: Endpoint,
  caller: ApiCaller,
  request: FastifyRequest,
): Promise<{ readonly answer: Answer; readonly call?: Call; readonly error?: unknown }> {
  let call: Call | undefined;
  try {
    call = callOf(surface, endpoint, caller, request);
    return { call, answer: answerOf(endpoint, await outcomeOf(endpoint, call)) };
  } catch (error) {
    const refusal = toApiError(error, request.id);
    return { ...(call ? { call } : {}), error, answer: new Answer(refusal.status, refusal.toBody()) };
  }
}

/**
 * Answers a request to an endpoint. What it did, or tried to do, is on record before the answer leaves. Throws ApiError.
 */
export async function respond(
  surface: Surface,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const caller = callerOf(await proveCaller(surface, request, reply), request);
  const outcome = await answer(surface, endpoint, caller, request);
  await recordAnswer(surface.ctx, endpoint, { caller, request, ...outcome });
  if ('error' in outcome) throw outcome.error;
  return send(reply, outcome.answer);
}
