// Owns what receivers are yet to be told of: written with the act, delivered or fetched afterwards.

import { signJwt } from '#crypto/jwt';
import { randomId } from '#crypto/random';
import {
  pushMethod,
  securityEventClaims,
  securityEventType,
  sessionRevoked,
  verification,
} from '#protocol/security-event';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/security-event-outbox';
import { findClient } from './clients.ts';
import type { Context } from './context.ts';
import type { Document } from './records.ts';
import { eventsDelivered, type Stream, streamRecords } from './ssf-streams.ts';
import { subjectFor } from './subjects.ts';

/** A receiver that was away for longer misses what happened before. */
export const keptEventsMs = 7 * 24 * 60 * 60 * 1000;

/** What acts tell of. */
export interface SecurityEvent {
  readonly type: 'session-revoked';
  readonly user_id: string;
  readonly sid: string;
  readonly initiating_entity: 'admin' | 'user' | 'policy' | 'system';
}

export type Streams = readonly Document<Stream>[];

/** The streams that want to be told that sessions end. Read before a transaction begins. */
export async function sessionStreams(ctx: Pick<Context, 'documents'>): Promise<Streams> {
  const all = await streamRecords.list(ctx);
  return all.filter(({ body }) => body.status !== 'disabled' && eventsDelivered(body).includes(sessionRevoked));
}

const rowFor = ({ id, body }: Document<Stream>, now: number) => ({
  id: randomId(),
  stream_id: id,
  attempts: 0,
  next_attempt_at: body.method === pushMethod ? now : null,
  created_at: now,
});

/** Writes down what happened for every stream that wants it, in the transaction of the act. */
export async function recordSecurityEvents(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  streams: Streams,
  { user_id, sid, initiating_entity }: SecurityEvent,
): Promise<void> {
  const now = ctx.now();
  const payload = JSON.stringify({ initiating_entity, event_timestamp: Math.floor(now / 1000) });
  await rows.insert(
    queries,
    streams.map((stream) => ({ ...rowFor(stream, now), event: sessionRevoked, user_id, sid, payload })),
  );
}

/** Has a stream carry an event about itself (SSF §8.1.4). */
export async function recordVerification(
  ctx: Pick<Context, 'database' | 'now'>,
  stream: Document<Stream>,
  state: string | undefined,
): Promise<void> {
  const payload = JSON.stringify(state === undefined ? {} : { state });
  const row = { ...rowFor(stream, ctx.now()), event: verification, user_id: null, sid: null, payload };
  await rows.insert(ctx.database.queries, [row]);
}

/** The SET of an event for a receiver; undefined when its application is gone. */
export async function securityEventToken(
  ctx: Pick<Context, 'documents' | 'vault' | 'keys' | 'issuer'>,
  { body }: Document<Stream>,
  row: rows.SecurityEventRow,
): Promise<string | undefined> {
  const client = await findClient(ctx, body.client_id);
  if (!client) return undefined;
  const claims = securityEventClaims({
    issuer: ctx.issuer,
    client_id: body.client_id,
    stream_id: row.stream_id,
    jti: row.id,
    event: row.event,
    sub: row.user_id === null ? undefined : subjectFor(ctx, client, row.user_id),
    sid: row.sid ?? undefined,
    payload: JSON.parse(row.payload) as Record<string, unknown>,
    iat: Math.floor(row.created_at / 1000),
  });
  return signJwt(claims, await ctx.keys.signer('RS256'), securityEventType);
}
