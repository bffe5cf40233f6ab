// Owns POST /ssf/poll: receivers fetch security events and acknowledge them (RFC 8936).
import { setTimeout } from 'node:timers/promises';
import { acknowledge, type Polled, waitingEvents } from '#domain/security-event-deliveries';
import { findStream } from '#domain/ssf-streams';
import type { Members } from '#protocol/json-text';
import { invalidRequest } from '#protocol/oauth-error';
import { pollMethod } from '#protocol/security-event';
import { answered, membersOf, noStream, type Receiver } from './ssf-receivers.ts';

const mostSets = 100;
const mostAcknowledged = 1000;

interface PollRequest {
  readonly most: number;
  /** The `jti` of those that the receiver has, or will never take. */
  readonly done: readonly string[];
  readonly isPatient: boolean;
}

/** RFC 8936 §2.2. Throws invalid_request. */
function pollRequest({
  maxEvents = mostSets,
  ack = [],
  setErrs = {},
  returnImmediately = false,
}: Members): PollRequest {
  if (!Number.isSafeInteger(maxEvents) || (maxEvents as number) < 0) {
    throw invalidRequest('maxEvents is a whole number, 0 or more.');
  }
  if (!Array.isArray(ack) || !ack.every((jti) => typeof jti === 'string'))
    throw invalidRequest('ack is a list of jti.');
  if (typeof setErrs !== 'object' || setErrs === null || Array.isArray(setErrs)) {
    throw invalidRequest('setErrs is an object of errors by jti.');
  }
  if (typeof returnImmediately !== 'boolean') throw invalidRequest('returnImmediately is true or false.');
  const done = [...(ack as string[]), ...Object.keys(setErrs)];
  if (done.length > mostAcknowledged) {
    throw invalidRequest(`At most ${mostAcknowledged} events are acknowledged at once.`);
  }
  return { most: Math.min(maxEvents as number, mostSets), done, isPatient: !returnImmediately };
}

const longestWaitMs = 20_000;
const lookEveryMs = 500;

/** Asks again and again until there is something, the receiver has gone, or it has been long enough. */
async function patiently({ edge, reply }: Receiver, look: () => Promise<Polled>): Promise<Polled> {
  const until = performance.now() + longestWaitMs;
  const { signal } = edge.waits;
  for (;;) {
    const found = await look();
    const isOver = signal.aborted || reply.raw.destroyed || performance.now() >= until;
    if (isOver || Object.keys(found.sets).length > 0) return found;
    await setTimeout(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

export const ssfPoll = answered('ssf.read', async (receiver) => {
  const { edge, request, client_id } = receiver;
  const { most, done, isPatient } = pollRequest(membersOf(request));
  const stream = await findStream(edge.ctx, client_id);
  if (stream?.body.method !== pollMethod) throw noStream();
  await acknowledge(edge.ctx, stream, done);
  const look = () => waitingEvents(edge.ctx, stream, most);
  // Who wants nothing, or waits already, is answered at once.
  if (!isPatient || most === 0 || !edge.waits.enter(stream.id)) return look();
  try {
    return await patiently(receiver, look);
  } finally {
    edge.waits.leave(stream.id);
  }
});
