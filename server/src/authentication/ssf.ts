// Owns /.well-known/ssf-configuration and /ssf/*: receivers keep a stream of security events, and poll it
// (OpenID Shared Signals Framework 1.0 §7 and §8, RFC 8936).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessTokenRefused } from '#domain/access-tokens';
import type { Document } from '#domain/records';
import { InvalidSetting } from '#domain/refusals';
import { pollSecurityEvents } from '#domain/security-event-deliveries';
import { recordVerification } from '#domain/security-events';
import {
  createStream,
  eventsDelivered,
  findStream,
  removeStream,
  type Stream,
  type StreamStatus,
  streamRecords,
  streamSettings,
} from '#domain/ssf-streams';
import { type FormBody, queryOf } from '#http/form';
import { noStore } from '#http/headers';
import { type Members, readObject } from '#protocol/json-text';
import { invalidRequest, OAuthError } from '#protocol/oauth-error';
import { pollMethod, pushMethod, supportedEvents } from '#protocol/security-event';
import { bearerToken } from './bearer.ts';
import type { Edge, Handler } from './route.ts';

type Scope = 'ssf.manage' | 'ssf.read';

/** The application whose token this is. Throws invalid_token, access_denied. */
async function receiverOf(edge: Edge, request: FastifyRequest, reply: FastifyReply, scope: Scope): Promise<string> {
  const token = await bearerToken(edge, request, reply, `${edge.ctx.issuer}ssf/`).catch((error: unknown) => {
    if (error instanceof AccessTokenRefused)
      throw new OAuthError('invalid_token', 'The access token is not valid here.');
    throw error;
  });
  if (token.scope.includes('ssf.manage') || token.scope.includes(scope)) return token.client_id;
  throw new OAuthError('access_denied', `The access token needs the scope ${scope}.`);
}

function membersOf({ body }: FastifyRequest): Members {
  const { type, text } = (body ?? { type: 'form' }) as FormBody;
  const read = type === 'json' ? readObject(text) : 'notJson';
  if (typeof read === 'string')
    throw invalidRequest('The body must be a JSON object, with the content type application/json.');
  return read.members;
}

const noStream = () => new OAuthError('invalid_request', 'You have no such stream.', undefined, 404);

/** The receiver's own stream: another's is as if it weren't there. */
async function ownStream({ ctx }: Edge, clientId: string, id: unknown): Promise<Document<Stream>> {
  if (typeof id !== 'string' || id === '') throw invalidRequest('stream_id says which stream.');
  const stream = await findStream(ctx, clientId, id);
  if (!stream) throw noStream();
  return stream;
}

function toldStream({ ctx }: Edge, { id, body }: Document<Stream>): Record<string, unknown> {
  const { client_id, method, events_requested, description } = body;
  return {
    stream_id: id,
    iss: ctx.issuer,
    aud: client_id,
    delivery: { method, endpoint_url: method === pollMethod ? `${ctx.issuer}ssf/poll` : body.endpoint_url },
    events_supported: supportedEvents,
    events_requested,
    events_delivered: eventsDelivered(body),
    ...(description === undefined ? {} : { description }),
  };
}

/** What a setting makes no sense for is a fault of the request. */
const answered =
  (
    scope: Scope,
    work: (edge: Edge, request: FastifyRequest, reply: FastifyReply, clientId: string) => Promise<unknown>,
  ): Handler =>
  async (edge, request, reply) => {
    const clientId = await receiverOf(edge, request, reply.headers(noStore), scope);
    try {
      return reply.send(await work(edge, request, reply, clientId));
    } catch (error) {
      throw error instanceof InvalidSetting ? invalidRequest(error.message) : error;
    }
  };

const create = answered('ssf.manage', async (edge, request, reply, clientId) => {
  const created = await createStream(edge.ctx, clientId, membersOf(request));
  if (created === 'taken') throw new OAuthError('invalid_request', 'You have a stream already.', undefined, 409);
  reply.code(201);
  return toldStream(edge, created);
});

const read = answered('ssf.read', async (edge, request, _reply, clientId) => {
  const id = queryOf(request.url).get('stream_id');
  if (id !== undefined) return toldStream(edge, await ownStream(edge, clientId, id));
  const stream = await findStream(edge.ctx, clientId);
  return stream ? [toldStream(edge, stream)] : [];
});

/** PATCH keeps what isn't sent; PUT has the default for it. */
const rewrite = (keeps: boolean) =>
  answered('ssf.manage', async (edge, request, _reply, clientId) => {
    const sent = membersOf(request);
    const { id, body } = await ownStream(edge, clientId, sent['stream_id']);
    const { authorization_header: sealed, endpoint_url, method, ...kept } = body;
    const fresh = streamSettings(edge.ctx, keeps ? { ...kept, delivery: { method, endpoint_url }, ...sent } : sent);
    if (fresh.method !== method) throw invalidRequest('The delivery method stays: delete the stream and make another.');
    const header =
      keeps && sent['delivery'] === undefined && sealed !== undefined ? { authorization_header: sealed } : {};
    const changed = await streamRecords.change(edge.ctx, id, ({ client_id, status }) => ({
      ...fresh,
      ...header,
      client_id,
      status,
    }));
    if (changed === undefined || changed === 'taken') throw noStream();
    return toldStream(edge, changed);
  });

const remove = answered('ssf.manage', async (edge, request, reply, clientId) => {
  const { id } = await ownStream(edge, clientId, queryOf(request.url).get('stream_id'));
  await removeStream(edge.ctx, id);
  reply.code(204);
});

const statuses: readonly unknown[] = ['enabled', 'paused', 'disabled'] satisfies StreamStatus[];

const readStatus = answered('ssf.read', async (edge, request, _reply, clientId) => {
  const { id, body } = await ownStream(edge, clientId, queryOf(request.url).get('stream_id'));
  return { stream_id: id, status: body.status };
});

const changeStatus = answered('ssf.manage', async (edge, request, _reply, clientId) => {
  const { stream_id, status } = membersOf(request);
  const { id } = await ownStream(edge, clientId, stream_id);
  if (!statuses.includes(status)) throw invalidRequest('status is enabled, paused or disabled.');
  await streamRecords.change(edge.ctx, id, (body) => ({ ...body, status: status as StreamStatus }));
  return { stream_id: id, status };
});

const verify = answered('ssf.manage', async (edge, request, reply, clientId) => {
  const { stream_id, state } = membersOf(request);
  const stream = await ownStream(edge, clientId, stream_id);
  if (state !== undefined && (typeof state !== 'string' || state.length > 1024)) {
    throw invalidRequest('state is a text of at most 1024 characters.');
  }
  await recordVerification(edge.ctx, stream, state);
  reply.code(204);
});

const mostSets = 100;

const poll = answered('ssf.read', async (edge, request, _reply, clientId) => {
  const { maxEvents = mostSets, ack = [], setErrs = {} } = membersOf(request);
  if (!Number.isSafeInteger(maxEvents) || (maxEvents as number) < 0)
    throw invalidRequest('maxEvents is a whole number.');
  if (!Array.isArray(ack) || ack.length > 1000) throw invalidRequest('ack is a list of at most 1000 jti.');
  if (typeof setErrs !== 'object' || setErrs === null) throw invalidRequest('setErrs is an object by jti.');
  const done = [...ack, ...Object.keys(setErrs)].filter((jti): jti is string => typeof jti === 'string').slice(0, 1000);
  const stream = await findStream(edge.ctx, clientId);
  if (stream?.body.method !== pollMethod) throw noStream();
  return pollSecurityEvents(edge.ctx, stream, { most: Math.min(maxEvents as number, mostSets), done });
});

const configuration: Handler = async ({ ctx: { issuer } }, _request, reply) =>
  reply.send({
    spec_version: '1_0',
    issuer,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    delivery_methods_supported: [pushMethod, pollMethod],
    configuration_endpoint: `${issuer}ssf/streams`,
    status_endpoint: `${issuer}ssf/status`,
    verification_endpoint: `${issuer}ssf/verify`,
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  });

export const ssf = {
  configuration,
  create,
  read,
  update: rewrite(true),
  replace: rewrite(false),
  remove,
  readStatus,
  changeStatus,
  verify,
  poll,
};
