// Owns the sending of events to the webhooks of event streams: again and again until they are taken or given up.
import { OutboundFailed } from '#protocol/outbound';
import * as rows from '#storage/tables/event-deliveries';
import type { Context } from './context.ts';
import { type EventStream, eventStreams, type StreamEvent, webhookHeaders } from './event-streams.ts';

const second = 1000;
const day = 24 * 60 * 60 * second;
/** How long after each attempt that failed the next one is made; after the last there is none. */
const pauses = [second, 2 * second, 4 * second];
/** Longer than a request takes at most. */
const leaseMs = 30 * second;
const concurrency = 20;
/** How long what came of an event is kept. */
const keptMs = 14 * day;

export interface DeliveryAttempt {
  readonly status: 'succeeded' | 'failed';
  readonly timestamp: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly error_message?: string;
}

export interface EventDelivery {
  readonly id: string;
  readonly event_stream_id: string;
  readonly event_type: string;
  readonly status: string;
  readonly attempts: readonly DeliveryAttempt[];
  readonly event: StreamEvent;
}

function shownDelivery(row: rows.EventDeliveryRow): EventDelivery {
  const { id, event_stream_id, event_type, status } = row;
  return { id, event_stream_id, event_type, status, attempts: JSON.parse(row.attempts), event: JSON.parse(row.event) };
}

/** Puts an event down to be sent. */
export async function enqueueEvent(ctx: Context, stream: EventStream, event: StreamEvent): Promise<EventDelivery> {
  const now = ctx.now();
  const row: rows.EventDeliveryRow = {
    id: event.id,
    event_stream_id: stream.id,
    event_type: event.type,
    status: 'pending',
    event: JSON.stringify(event),
    attempts: '[]',
    tries: 0,
    created_at: now,
    settled_at: null,
    next_attempt_at: now,
  };
  await rows.insert(ctx.database.queries, row);
  return shownDelivery(row);
}

/** What went wrong, in a few words; undefined when it was taken. */
async function send(ctx: Context, stream: EventStream, event: string): Promise<string | undefined> {
  const { type, configuration } = stream.destination;
  const url = configuration['webhook_endpoint'];
  if (type !== 'webhook' || typeof url !== 'string') return `There is no way to a destination of type ${type} yet.`;
  try {
    const { status } = await ctx.outbound({ url, method: 'POST', headers: webhookHeaders(ctx, stream), body: event });
    return status >= 200 && status < 300 ? undefined : `Post "${url}": status ${status}`;
  } catch (error) {
    if (error instanceof OutboundFailed) return `Post "${url}": ${error.message}`;
    throw error;
  }
}

async function attempt(ctx: Context, row: rows.EventDeliveryRow): Promise<void> {
  const { queries } = ctx.database;
  if (!(await rows.claim(queries, row, ctx.now() + leaseMs))) return;
  const stream = (await eventStreams.find(ctx, row.event_stream_id))?.body;
  if (!stream) return rows.removeOfStream(queries, row.event_stream_id);
  const began = performance.now();
  const timestamp = new Date(ctx.now()).toISOString();
  const fault = stream.status === 'enabled' ? await send(ctx, stream, row.event) : 'The event stream is disabled.';
  const duration = performance.now() - began;
  const made: DeliveryAttempt = {
    status: fault === undefined ? 'succeeded' : 'failed',
    ...(fault === undefined ? {} : { error_message: fault.slice(0, 500) }),
    timestamp,
    duration,
  };
  const pause = fault === undefined ? undefined : pauses[row.tries];
  await rows.update(queries, row.id, {
    status: made.status,
    attempts: JSON.stringify([...(JSON.parse(row.attempts) as unknown[]), made]),
    settled_at: ctx.now(),
    next_attempt_at: pause === undefined ? null : ctx.now() + pause,
  });
}

/** Sends all that is due now. */
export async function deliverEvents(ctx: Context): Promise<void> {
  for (;;) {
    const due = await rows.listDue(ctx.database.queries, ctx.now(), concurrency);
    if (due.length === 0) return;
    await Promise.all(due.map((row) => attempt(ctx, row)));
  }
}

export type Redelivery = Omit<rows.DeliveryFilter, 'statuses'>;

/** Makes events that failed due again. */
export async function redeliver(ctx: Context, filter: Redelivery): Promise<void> {
  await rows.retry(ctx.database.queries, filter, ctx.now());
}

/** Makes one due again: false when it has been taken already. Undefined when there is none. */
export async function redeliverOne(ctx: Context, stream: string, id: string): Promise<boolean | undefined> {
  const { queries } = ctx.database;
  const row = await rows.find(queries, stream, id);
  if (!row) return undefined;
  if (row.status === 'succeeded') return false;
  const { attempts, settled_at } = row;
  await rows.update(queries, id, { status: 'pending', attempts, settled_at, next_attempt_at: ctx.now() });
  return true;
}

export async function findDelivery(ctx: Context, stream: string, id: string): Promise<EventDelivery | undefined> {
  const row = await rows.find(ctx.database.queries, stream, id);
  return row && shownDelivery(row);
}

/** A page of a stream's deliveries, oldest first, after the one of an id. */
export async function listDeliveries(
  ctx: Context,
  filter: rows.DeliveryFilter,
  from: string | undefined,
  limit: number,
): Promise<EventDelivery[]> {
  const { queries } = ctx.database;
  const after = from === undefined ? undefined : await rows.find(queries, filter.stream, from);
  return (await rows.list(queries, filter, after, limit)).map(shownDelivery);
}

const hour = 60 * 60 * second;
const statisticsDays = 14;

/** How many deliveries succeeded and failed on each of the last days, in UTC. */
export async function deliveryStatistics(ctx: Context, { id, name }: EventStream) {
  const now = ctx.now();
  const from = Math.floor(now / hour) * hour - statisticsDays * day;
  const first = Math.floor(from / day);
  const days = Array.from({ length: Math.floor(now / day) - first + 1 }, (_, index) => first + index);
  const settled = await rows.listSettled(ctx.database.queries, id, from);
  const metric = (metricName: string, status: string) => {
    const ends = settled.flatMap((row) => (row.status === status ? [Math.floor((row.settled_at ?? 0) / day)] : []));
    const data = days.map((of) => ends.filter((end) => end === of).length);
    return { name: `auth0.event_streams.${metricName}`, window_total: ends.length, type: 'sum', data };
  };
  return {
    id,
    ...(name === undefined ? {} : { name }),
    window: {
      date_from: new Date(from).toISOString(),
      date_to: new Date(Math.ceil(now / hour) * hour).toISOString(),
      bucket_interval: { scale_factor: day / second },
    },
    buckets: days.map((of) => new Date(of * day).toISOString()),
    metrics: [metric('successful_deliveries', 'succeeded'), metric('failed_deliveries', 'failed')],
  };
}

/** Forgets what came of a stream's events, when the stream goes. */
export async function forgetStream(ctx: Pick<Context, 'database'>, stream: string): Promise<void> {
  await rows.removeOfStream(ctx.database.queries, stream);
}

export async function clearOldDeliveries(ctx: Pick<Context, 'database' | 'now'>): Promise<number> {
  return rows.purge(ctx.database.queries, ctx.now() - keptMs);
}
