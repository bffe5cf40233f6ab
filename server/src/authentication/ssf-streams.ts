// Owns /ssf/streams, /ssf/status, /ssf/subjects and /ssf/verify: receivers keep a stream of security events (OpenID
// Shared Signals Framework 1.0 §8).
import { isDeepStrictEqual } from 'node:util';
import type { Document } from '#domain/records';
import { verificationEveryMs, verifyStream } from '#domain/security-event-deliveries';
import {
  changeStatus,
  changeStream,
  createStream,
  eventsDelivered,
  findStream,
  removeStream,
  type Stream,
  type StreamStatus,
  streamStatuses,
} from '#domain/ssf-streams';
import { addSubject, removeSubject } from '#domain/ssf-subjects';
import { queryOf } from '#http/form';
import type { Members } from '#protocol/json-text';
import { invalidRequest, OAuthError } from '#protocol/oauth-error';
import { pollMethod, supportedEvents } from '#protocol/security-event';
import type { Edge } from './route.ts';
import { answered, membersOf, noStream, ownStream } from './ssf-receivers.ts';

const verificationEverySeconds = verificationEveryMs / 1000;

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
    min_verification_interval: verificationEverySeconds,
    ...(description === undefined ? {} : { description }),
  };
}

/** What is ours to say may be said again, and not otherwise (§8.1.1.3). Throws invalid_request. */
function checkOurs(told: Record<string, unknown>, sent: Members): void {
  for (const name of ['iss', 'aud', 'events_supported', 'min_verification_interval']) {
    if (sent[name] === undefined || isDeepStrictEqual(sent[name], told[name])) continue;
    throw invalidRequest(`${name} is ours to say: leave it out, or send it as it is.`);
  }
}

const create = answered('ssf.manage', async ({ edge, request, reply, client_id }) => {
  const created = await createStream(edge.ctx, client_id, membersOf(request));
  if (created === 'taken') {
    const sentence = 'You have a stream already: change it, or delete it first.';
    throw new OAuthError('invalid_request', sentence, undefined, 409);
  }
  reply.code(201);
  return toldStream(edge, created);
});

const read = answered('ssf.read', async (receiver) => {
  const { edge, request, client_id } = receiver;
  const id = queryOf(request.url).get('stream_id');
  if (id !== undefined) return toldStream(edge, await ownStream(receiver, id));
  const stream = await findStream(edge.ctx, client_id);
  return stream ? [toldStream(edge, stream)] : [];
});

/** PATCH keeps what isn't sent; PUT has the default for it. */
const change = (how: { readonly replaces: boolean }) =>
  answered('ssf.manage', async (receiver) => {
    const { edge, request } = receiver;
    const sent = membersOf(request);
    const stream = await ownStream(receiver, sent['stream_id']);
    checkOurs(toldStream(edge, stream), sent);
    const changed = await changeStream(edge.ctx, stream.id, sent, how);
    if (!changed) throw noStream();
    return toldStream(edge, changed);
  });

const remove = answered('ssf.manage', async (receiver) => {
  const { edge, request, reply } = receiver;
  const { id } = await ownStream(receiver, queryOf(request.url).get('stream_id'));
  await removeStream(edge.ctx, id);
  reply.code(204);
});

function toldStatus({ id, body: { status, status_reason: reason } }: Document<Stream>) {
  return { stream_id: id, status, ...(reason === undefined ? {} : { reason }) };
}

const readStatus = answered('ssf.read', async (receiver) =>
  toldStatus(await ownStream(receiver, queryOf(receiver.request.url).get('stream_id'))),
);

const setStatus = answered('ssf.manage', async (receiver) => {
  const { stream_id, status, reason } = membersOf(receiver.request);
  const { id } = await ownStream(receiver, stream_id);
  if (!(streamStatuses as readonly unknown[]).includes(status)) {
    throw invalidRequest(`status is one of ${streamStatuses.join(', ')}.`);
  }
  if (reason !== undefined && (typeof reason !== 'string' || reason.length > 1024)) {
    throw invalidRequest('reason is a text of at most 1024 characters.');
  }
  const changed = await changeStatus(receiver.edge.ctx, id, { status: status as StreamStatus, reason });
  if (!changed) throw noStream();
  return toldStatus(changed);
});

const verify = answered('ssf.manage', async (receiver) => {
  const { edge, request, reply } = receiver;
  const { stream_id, state } = membersOf(request);
  const stream = await ownStream(receiver, stream_id);
  if (state !== undefined && (typeof state !== 'string' || state.length > 1024)) {
    throw invalidRequest('state is a text of at most 1024 characters.');
  }
  if (!(await verifyStream(edge.ctx, stream, state))) {
    reply.header('retry-after', verificationEverySeconds);
    throw new OAuthError('too_many_requests', `A stream is verified once in ${verificationEverySeconds} seconds.`);
  }
  reply.code(204);
});

const addSubjectTo = answered('ssf.manage', async (receiver) => {
  const { stream_id, subject } = membersOf(receiver.request);
  await addSubject(receiver.edge.ctx, (await ownStream(receiver, stream_id)).id, subject);
});

const removeSubjectFrom = answered('ssf.manage', async (receiver) => {
  const { stream_id, subject } = membersOf(receiver.request);
  await removeSubject(receiver.edge.ctx, (await ownStream(receiver, stream_id)).id, subject);
  receiver.reply.code(204);
});

export const ssfStreams = {
  create,
  read,
  update: change({ replaces: false }),
  replace: change({ replaces: true }),
  remove,
  readStatus,
  setStatus,
  verify,
  addSubject: addSubjectTo,
  removeSubject: removeSubjectFrom,
};
