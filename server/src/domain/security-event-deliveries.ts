// Owns the telling of receivers: by push (RFC 8935), and what is handed to who polls (RFC 8936).
import { signJwt } from '#crypto/jwt';
import { randomHexSince } from '#crypto/random';
import { OutboundFailed } from '#protocol/outbound';
import { pushMethod, securityEventClaims, securityEventType, verificationUri } from '#protocol/security-event';
import * as rows from '#storage/tables/security-event-outbox';
import type { Context } from './context.ts';
import { backOffMs, DeliveryRunner, leaseMs } from './delivery-runner.ts';
import type { Document } from './records.ts';
import { distributeSecurityEvents } from './security-event-distribution.ts';
import { receiverOf, type Stream, streamRecords } from './ssf-streams.ts';
import { subjectFor } from './subjects.ts';

/** A receiver that was away for longer misses what happened before. */
export const keptEventsMs = 7 * 24 * 60 * 60 * 1000;

/** How long a receiver is left alone that cannot be reached, so that it doesn't keep the others waiting. */
const restMs = 30 * 1000;

/** The least time between two verifications of a stream. */
export const verificationEveryMs = 10 * 1000;

/** Has a stream carry an event about itself (SSF §8.1.4); false when the last one was a moment ago. */
export async function verifyStream(
  ctx: Context,
  stream: Document<Stream>,
  state: string | undefined,
): Promise<boolean> {
  const now = ctx.now();
  let isTooSoon = false;
  await streamRecords.change(ctx, stream.id, (body) => {
    isTooSoon = now - (body.verified_at ?? 0) < verificationEveryMs;
    return isTooSoon ? body : { ...body, verified_at: now };
  });
  if (isTooSoon) return false;
  const row = {
    id: randomHexSince(now),
    stream_id: stream.id,
    event: verificationUri,
    user_id: null,
    sid: null,
    payload: JSON.stringify(state === undefined ? {} : { state }),
    attempts: 0,
    next_attempt_at: stream.body.method === pushMethod ? now : null,
    created_at: now,
  };
  await rows.insert(ctx.database.queries, [row]);
  return true;
}

/** The security event token for a receiver; undefined when it may not be told any more. */
async function tokenFor(
  ctx: Context,
  stream: Document<Stream>,
  row: rows.SecurityEventDeliveryRow,
): Promise<string | undefined> {
  const receiver = await receiverOf(ctx, stream.body);
  if (!receiver) return undefined;
  const claims = securityEventClaims({
    issuer: ctx.issuer,
    client_id: receiver.client_id,
    stream_id: row.stream_id,
    jti: row.id,
    event: row.event,
    sub: row.user_id === null ? undefined : subjectFor(ctx, receiver, row.user_id),
    sid: row.sid ?? undefined,
    payload: JSON.parse(row.payload) as Record<string, unknown>,
    iat: Math.floor(row.created_at / 1000),
  });
  return signJwt(claims, await ctx.keys.signer('RS256'), securityEventType);
}

/** What came of a push: `refused` is for good (RFC 8935 §2.3). */
type Outcome = 'taken' | 'unwanted' | 'held' | 'refused' | 'failed' | 'unreachable';

function outcomeOf(status: number): Outcome {
  if (status === 200 || status === 202 || status === 204) return 'taken';
  return status === 400 ? 'refused' : 'failed';
}

async function push(ctx: Context, { body }: Document<Stream>, url: string, set: string): Promise<Outcome> {
  const sealed = body.authorization_header;
  const authorization = sealed === undefined ? undefined : ctx.vault.unseal('ssf-push', sealed);
  const headers = {
    'content-type': `application/${securityEventType}`,
    accept: 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
  };
  try {
    return outcomeOf((await ctx.outbound({ url, method: 'POST', headers, body: set })).status);
  } catch (error) {
    if (error instanceof OutboundFailed) return 'unreachable';
    throw error;
  }
}

async function attempt(
  ctx: Context,
  stream: Document<Stream> | undefined,
  row: rows.SecurityEventDeliveryRow,
): Promise<Outcome> {
  const url = stream?.body.endpoint_url;
  if (!stream || url === undefined || stream.body.status === 'disabled') return 'unwanted';
  if (stream.body.status === 'paused') return 'held';
  const set = await tokenFor(ctx, stream, row);
  return set === undefined ? 'unwanted' : push(ctx, stream, url, set);
}

async function deliver(ctx: Context, row: rows.SecurityEventDeliveryRow): Promise<void> {
  const { queries } = ctx.database;
  const stream = await streamRecords.find(ctx, row.stream_id);
  const outcome = await attempt(ctx, stream, row);
  const now = ctx.now();
  // Whoever has the stream go on says when it is due.
  if (outcome === 'held') return rows.reschedule(queries, row, now + keptEventsMs);
  if (outcome === 'failed' || outcome === 'unreachable') {
    await rows.reschedule(queries, row, now + backOffMs(row.attempts));
    if (outcome === 'unreachable') await rows.postpone(queries, row.stream_id, { now, until: now + restMs });
  } else {
    await rows.remove(queries, row.stream_id, [row.id]);
  }
  if (outcome === 'taken' || outcome === 'unwanted') return;
  const client_id = stream?.body.client_id;
  const fate = outcome === 'refused' ? 'which is for good' : 'to be tried again';
  const description = `${stream?.body.endpoint_url}: ${row.event} was ${outcome}, ${fate}`;
  ctx.emit({ type: 'security_event_failed', ...(client_id && { client_id }), description });
}

/** Hands out what happened, and pushes it. */
export class SecurityEventDeliveries extends DeliveryRunner<rows.SecurityEventDeliveryRow> {
  constructor(ctx: Context, onError: (error: unknown) => void) {
    const claim = async (limit: number) => {
      await distributeSecurityEvents(ctx);
      const now = ctx.now();
      return rows.claim(ctx.database.queries, { now, until: now + leaseMs, limit });
    };
    super({ claim, deliver: (row) => deliver(ctx, row) }, onError);
  }
}

export interface Polled {
  /** Security event tokens by their `jti`. */
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

/** Forgets what a receiver has, or will never take. */
export async function acknowledge(ctx: Context, { id }: Document<Stream>, jtis: readonly string[]): Promise<void> {
  await rows.remove(ctx.database.queries, id, jtis);
}

/** What waits for a receiver, oldest first, at most so much: the same again until it is acknowledged. */
export async function waitingEvents(ctx: Context, stream: Document<Stream>, most: number): Promise<Polled> {
  if (stream.body.status !== 'enabled') return { sets: {}, moreAvailable: false };
  await distributeSecurityEvents(ctx);
  const held = await rows.listOfStream(ctx.database.queries, stream.id, most + 1);
  const sets: Record<string, string> = {};
  for (const row of held.slice(0, most)) {
    const set = await tokenFor(ctx, stream, row);
    if (set !== undefined) sets[row.id] = set;
  }
  return { sets, moreAvailable: held.length > most };
}
