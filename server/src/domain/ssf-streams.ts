// Owns the streams by which receivers are told of security events (OpenID Shared Signals Framework 1.0 §8.1).
import { randomId } from '#crypto/random';
import { pollMethod, pushMethod, supportedEvents } from '#protocol/security-event';
import * as outbox from '#storage/tables/security-event-outbox';
import type { Context } from './context.ts';
import { type Document, records } from './records.ts';
import { InvalidSetting } from './refusals.ts';

export type StreamStatus = 'enabled' | 'paused' | 'disabled';

export interface Stream {
  readonly client_id: string;
  readonly method: typeof pushMethod | typeof pollMethod;
  /** Where events are pushed to. */
  readonly endpoint_url?: string;
  /** The Authorization header of pushes, sealed. */
  readonly authorization_header?: string;
  readonly events_requested: readonly string[];
  readonly description?: string;
  readonly status: StreamStatus;
  readonly status_reason?: string;
}

/** A receiver has one stream: its client_id is the natural key. */
export const streamRecords = records<Stream>('ssf-streams', (stream) => stream.client_id);

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most;
}

type Delivery = Pick<Stream, 'method' | 'endpoint_url' | 'authorization_header'>;

function deliveryFrom(ctx: Pick<Context, 'vault'>, sent: unknown): Delivery {
  if (typeof sent !== 'object' || sent === null) throw new InvalidSetting('delivery is an object with a method.');
  const { method, endpoint_url, authorization_header: header } = sent as Record<string, unknown>;
  if (method === pollMethod) return { method };
  if (method !== pushMethod) throw new InvalidSetting(`delivery.method is ${pushMethod} or ${pollMethod}.`);
  if (!isText(endpoint_url, 2048) || !URL.canParse(endpoint_url) || new URL(endpoint_url).protocol !== 'https:') {
    throw new InvalidSetting('delivery.endpoint_url is an https address.');
  }
  if (header === undefined) return { method, endpoint_url };
  if (!isText(header, 4096) || !/^[\x20-\x7e]+$/.test(header)) {
    throw new InvalidSetting('delivery.authorization_header is a header value of printable ASCII characters.');
  }
  return { method, endpoint_url, authorization_header: ctx.vault.seal('ssf-push', header) };
}

type Sent = Readonly<Record<string, unknown>>;

/** The settings of a stream from what its receiver sent; what it left out is a default. Throws InvalidSetting. */
export function streamSettings(ctx: Pick<Context, 'vault'>, sent: Sent): Omit<Stream, 'client_id' | 'status'> {
  const { delivery = { method: pollMethod }, events_requested = [], description } = sent;
  if (!Array.isArray(events_requested) || events_requested.length > 100) {
    throw new InvalidSetting('events_requested is a list of at most 100 URIs.');
  }
  if (!events_requested.every((uri) => isText(uri, 2048))) throw new InvalidSetting('events_requested holds URIs.');
  if (description !== undefined && !isText(description, 1024)) {
    throw new InvalidSetting('description is a text of at most 1024 characters.');
  }
  const asked = { events_requested: events_requested as string[], ...deliveryFrom(ctx, delivery) };
  return description === undefined ? asked : { ...asked, description };
}

/** 'taken' when the receiver has one already. Throws InvalidSetting. */
export async function createStream(
  ctx: Pick<Context, 'documents' | 'vault'>,
  client_id: string,
  sent: Sent,
): Promise<Document<Stream> | 'taken'> {
  return streamRecords.create(ctx, randomId(), { ...streamSettings(ctx, sent), client_id, status: 'enabled' });
}

/** The receiver's own stream; undefined when there is none, or the id is another's. */
export async function findStream(
  ctx: Pick<Context, 'documents'>,
  client_id: string,
  id?: string,
): Promise<Document<Stream> | undefined> {
  const stream = await streamRecords.findByName(ctx, client_id);
  return id === undefined || stream?.id === id ? stream : undefined;
}

/** Deletes a stream with what it holds. */
export async function removeStream(ctx: Pick<Context, 'documents' | 'database'>, id: string): Promise<void> {
  await streamRecords.remove(ctx, id);
  await outbox.removeStream(ctx.database.queries, id);
}

/** What is asked for and can be told. */
export function eventsDelivered({ events_requested }: Stream): readonly string[] {
  return supportedEvents.filter((uri) => events_requested.includes(uri));
}
