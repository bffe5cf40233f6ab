// Owns the handing out of what happened to the streams of those who want to be told.
import { randomHexSince } from '#crypto/random';
import type { Client } from '#protocol/client';
import { type EventName, eventPayload, eventUris, type InitiatingEntity, pushMethod } from '#protocol/security-event';
import * as outbox from '#storage/tables/security-event-outbox';
import * as rows from '#storage/tables/security-events';
import type { Context } from './context.ts';
import type { Document } from './records.ts';
import { findResourceServer } from './resource-servers.ts';
import { permissionsOf } from './roles.ts';
import type { ClaimsChange } from './security-events.ts';
import { eventsDelivered, receiverOf, removeStream, type Stream, streamRecords } from './ssf-streams.ts';
import { isTold } from './ssf-subjects.ts';

type Needed = Pick<Context, 'database' | 'documents' | 'issuer' | 'vault' | 'now'>;
type Details = Readonly<Record<string, unknown>>;

interface Receiving {
  readonly stream: Document<Stream>;
  readonly receiver: Client;
}

/** The streams that tell of anything. One whose application is gone goes too. */
async function receivingStreams(ctx: Needed): Promise<readonly Receiving[]> {
  const found: Receiving[] = [];
  for (const stream of await streamRecords.list(ctx)) {
    const receiver = await receiverOf(ctx, stream.body);
    if (!receiver) await removeStream(ctx, stream.id);
    else if (stream.body.status !== 'disabled') found.push({ stream, receiver });
  }
  return found;
}

/** What somebody's tokens for an API say now of what they may do. */
async function claimsAt(ctx: Needed, userId: string, audience: string): Promise<Details> {
  const api = await findResourceServer(ctx, audience);
  return { claims: { aud: audience, permissions: api ? await permissionsOf(ctx, userId, api) : [] } };
}

/** What an event says, one for each API where it is about several. */
async function detailsOf(ctx: Needed, row: rows.SecurityEventRow): Promise<readonly Details[]> {
  const details = JSON.parse(row.details) as Details;
  if (row.name !== 'token-claims-change') return [details];
  const change = details as ClaimsChange;
  if ('claims' in change) return [change];
  return Promise.all(change.audiences.map((audience) => claimsAt(ctx, row.user_id, audience)));
}

/** What the streams are told of an event. */
async function deliveriesOf(
  ctx: Needed,
  row: rows.SecurityEventRow,
  streams: readonly Receiving[],
): Promise<readonly outbox.SecurityEventDeliveryRow[]> {
  const name = row.name as EventName;
  const uri = eventUris[name];
  const asking = streams.filter(({ stream }) => eventsDelivered(stream.body).includes(uri));
  if (asking.length === 0) return [];
  const initiating_entity = row.initiating_entity as InitiatingEntity;
  const all = await detailsOf(ctx, row);
  const payloads = all.map((details) => eventPayload(name, { at: row.created_at, initiating_entity, details }));
  const { user_id, sid, created_at } = row;
  const told = await Promise.all(
    asking.map(async ({ stream: { id, body }, receiver }) => {
      if (!(await isTold(ctx, id, receiver, user_id))) return [];
      const due = body.method === pushMethod ? ctx.now() : null;
      const delivery = { stream_id: id, event: uri, user_id, sid, attempts: 0, next_attempt_at: due, created_at };
      return payloads.map((payload) => ({
        ...delivery,
        id: randomHexSince(created_at),
        payload: JSON.stringify(payload),
      }));
    }),
  );
  return told.flat();
}

const handful = 100;

/** Hands out all that has happened. Of any number of nodes that do it at once one hands out each event. */
export async function distributeSecurityEvents(ctx: Needed): Promise<void> {
  const happened = await rows.list(ctx.database.queries, handful);
  if (happened.length === 0) return;
  const streams = await receivingStreams(ctx);
  const deliveries = new Map<string, readonly outbox.SecurityEventDeliveryRow[]>();
  for (const row of happened) deliveries.set(row.id, await deliveriesOf(ctx, row, streams));
  await ctx.database.transaction(async (queries) => {
    const taken = await rows.take(queries, [...deliveries.keys()]);
    await outbox.insert(
      queries,
      [...deliveries].flatMap(([id, told]) => (taken.has(id) ? told : [])),
    );
  });
  if (happened.length === handful) await distributeSecurityEvents(ctx);
}
