// Owns the streams by which receivers are told of security events (OpenID Shared Signals Framework 1.0 §7).
import { randomId } from '#crypto/random';
import type { Client } from '#protocol/client';
import { pollMethod, pushMethod, supportedEvents } from '#protocol/security-event';
import * as outbox from '#storage/tables/security-event-outbox';
import * as subjects from '#storage/tables/ssf-subjects';
import { findClientGrant } from './client-grants.ts';
import { findClient } from './clients.ts';
import type { Context } from './context.ts';
import { type Document, records } from './records.ts';
import { InvalidSetting } from './refusals.ts';

export const streamStatuses = ['enabled', 'paused', 'disabled'] as const;
export type StreamStatus = (typeof streamStatuses)[number];

export interface Stream {
  readonly client_id: string;
  readonly method: typeof pushMethod | typeof pollMethod;
  /** Where events are pushed. */
  readonly endpoint_url?: string;
  /** The Authorization header of pushes, sealed. */
  readonly authorization_header?: string;
  readonly events_requested: readonly string[];
  readonly description?: string;
  readonly status: StreamStatus;
  readonly status_reason?: string;
  /** When a verification was last asked for, in epoch milliseconds. */
  readonly verified_at?: number;
}

/** A receiver has one stream: its client_id is the natural key. */
export const streamRecords = records<Stream>('ssf-streams', (stream) => stream.client_id);

/** The API that receivers are granted: to keep a stream, or to read it and be told. */
export function signalsAudience({ issuer }: Pick<Context, 'issuer'>): string {
  return `${issuer}ssf/`;
}

/** The application behind a stream; undefined when it is gone, or may not be told any more. */
export async function receiverOf(
  ctx: Pick<Context, 'documents' | 'issuer'>,
  { client_id }: Pick<Stream, 'client_id'>,
): Promise<Client | undefined> {
  const grant = await findClientGrant(ctx, client_id, signalsAudience(ctx));
  return grant && findClient(ctx, client_id);
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most;
}

type Sent = Readonly<Record<string, unknown>>;
type Delivery = Pick<Stream, 'method' | 'endpoint_url' | 'authorization_header'>;

function deliveryFrom(ctx: Pick<Context, 'vault'>, sent: unknown): Delivery {
  if (typeof sent !== 'object' || sent === null) throw new InvalidSetting('delivery is an object with a method.');
  const { method, endpoint_url, authorization_header: header } = sent as Sent;
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

function eventsFrom(sent: unknown): readonly string[] {
  if (!Array.isArray(sent) || sent.length > 100 || !sent.every((uri) => isText(uri, 2048))) {
    throw new InvalidSetting('events_requested is a list of at most 100 URIs.');
  }
  return sent as string[];
}

function descriptionFrom(sent: unknown): string {
  if (!isText(sent, 1024)) throw new InvalidSetting('description is a text of at most 1024 characters.');
  return sent;
}

type Settings = Omit<Stream, 'client_id' | 'status' | 'status_reason' | 'verified_at'>;

/** What a receiver sent, of what is its to say. */
function settingsFrom(
  ctx: Pick<Context, 'vault'>,
  { delivery, events_requested, description }: Sent,
): Partial<Settings> {
  return {
    ...(delivery === undefined ? {} : deliveryFrom(ctx, delivery)),
    ...(events_requested === undefined ? {} : { events_requested: eventsFrom(events_requested) }),
    ...(description === undefined ? {} : { description: descriptionFrom(description) }),
  };
}

/** What holds where nothing was sent (§8.1.1.1). */
const defaults = { method: pollMethod, events_requested: [] } as const;

type Needed = Pick<Context, 'documents' | 'database' | 'vault' | 'now'>;

/** 'taken' when the receiver has one already. Throws InvalidSetting. */
export async function createStream(ctx: Needed, client_id: string, sent: Sent): Promise<Document<Stream> | 'taken'> {
  const settings = { ...defaults, ...settingsFrom(ctx, sent) };
  return streamRecords.create(ctx, randomId(), { ...settings, client_id, status: 'enabled' });
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

type Changed = Promise<Document<Stream> | undefined>;

async function changed(ctx: Needed, id: string, change: (stream: Stream) => Stream): Changed {
  const stream = await streamRecords.change(ctx, id, change);
  return stream === 'taken' ? undefined : stream;
}

/** When what a stream holds is due. */
const dueAt = (ctx: Needed, { method }: Stream) => (method === pushMethod ? ctx.now() : null);

/** Changes a stream: what isn't sent stays, or is the default when it is replaced. Throws InvalidSetting. */
export async function changeStream(ctx: Needed, id: string, sent: Sent, { replaces }: { replaces: boolean }): Changed {
  const stream = await changed(ctx, id, (before) => {
    const { client_id, status, status_reason, verified_at } = before;
    const { endpoint_url, authorization_header, ...kept } = before;
    const own = { client_id, status, ...(status_reason && { status_reason }), ...(verified_at && { verified_at }) };
    const settings = settingsFrom(ctx, sent);
    if (replaces) return { ...own, ...defaults, ...settings };
    // A delivery is changed as a whole: an address never gets the header of another.
    return settings.method === undefined ? { ...before, ...settings } : { ...kept, ...settings };
  });
  if (stream) await outbox.reroute(ctx.database.queries, id, dueAt(ctx, stream.body));
  return stream;
}

/** Pauses a stream, which holds what happens; disables it, which forgets it; or has it go on (§8.1.2). */
export async function changeStatus(
  ctx: Needed,
  id: string,
  { status, reason }: { readonly status: StreamStatus; readonly reason: string | undefined },
): Changed {
  const stream = await changed(ctx, id, ({ status_reason: _, ...body }) => ({
    ...body,
    status,
    ...(reason === undefined ? {} : { status_reason: reason }),
  }));
  if (stream && status === 'enabled') await outbox.reroute(ctx.database.queries, id, dueAt(ctx, stream.body));
  if (stream && status === 'disabled') await outbox.removeStream(ctx.database.queries, id);
  return stream;
}

/** Deletes a stream with what it holds. */
export async function removeStream(ctx: Pick<Context, 'documents' | 'database'>, id: string): Promise<void> {
  await streamRecords.remove(ctx, id);
  await outbox.removeStream(ctx.database.queries, id);
  await subjects.removeStream(ctx.database.queries, id);
}

/** What is asked for and can be told. */
export function eventsDelivered({ events_requested }: Stream): readonly string[] {
  return supportedEvents.filter((uri) => events_requested.includes(uri));
}
