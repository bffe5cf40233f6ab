// Owns the telling of receivers: by push (RFC 8935), and what is handed to who polls (RFC 8936).
import { OutboundFailed } from '#protocol/outbound';
import { securityEventType } from '#protocol/security-event';
import * as rows from '#storage/tables/security-event-outbox';
import type { Context } from './context.ts';
import type { Document } from './records.ts';
import { securityEventToken } from './security-events.ts';
import { type Stream, streamRecords } from './ssf-streams.ts';

const second = 1000;
const hour = 3600 * second;
const concurrency = 20;
/** Longer than a request takes at most: then whoever claimed an event has died, and another node may. */
const leaseMs = 30 * second;

/** Ten seconds after the first attempt, then four times as long after each, an hour at most. */
function backOffMs(attempts: number): number {
  return Math.min(10 * second * 4 ** (attempts - 1), hour);
}

/** Whether there is nothing more to do: it was taken, or 400 said that it will never be (RFC 8935 §2.3). */
async function push(ctx: Context, { body }: Document<Stream>, url: string, set: string): Promise<boolean> {
  const sealed = body.authorization_header;
  const authorization = sealed === undefined ? undefined : ctx.vault.unseal('ssf-push', sealed);
  const headers = {
    'content-type': `application/${securityEventType}`,
    accept: 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
  };
  try {
    const { status } = await ctx.outbound({ url, method: 'POST', headers, body: set });
    return status === 202 || status === 200 || status === 204 || status === 400;
  } catch (error) {
    if (error instanceof OutboundFailed) return false;
    throw error;
  }
}

async function attempt(ctx: Context, row: rows.SecurityEventRow): Promise<void> {
  const { queries } = ctx.database;
  const stream = await streamRecords.find(ctx, row.stream_id);
  const url = stream?.body.endpoint_url;
  const set = stream && url !== undefined ? await securityEventToken(ctx, stream, row) : undefined;
  const wanted = stream !== undefined && url !== undefined && set !== undefined && stream.body.status !== 'disabled';
  const done = !wanted || (stream.body.status === 'enabled' && (await push(ctx, stream, url, set)));
  if (done) return rows.remove(queries, row.stream_id, [row.id]);
  await rows.reschedule(queries, row, ctx.now() + backOffMs(row.attempts));
}

/** Pushes everything that is due now. */
export async function deliverSecurityEvents(ctx: Context): Promise<void> {
  const now = ctx.now();
  const due = await rows.claim(ctx.database.queries, { now, until: now + leaseMs, limit: concurrency });
  await Promise.all(due.map((row) => attempt(ctx, row)));
  if (due.length === concurrency) await deliverSecurityEvents(ctx);
}

export interface Poll {
  readonly most: number;
  /** The `jti` of those that the receiver has, or will never take. */
  readonly done: readonly string[];
}

export interface Polled {
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

/** Forgets what was acknowledged and hands out what is left, oldest first: the same again until it is acknowledged. */
export async function pollSecurityEvents(
  ctx: Context,
  stream: Document<Stream>,
  { most, done }: Poll,
): Promise<Polled> {
  const { queries } = ctx.database;
  await rows.remove(queries, stream.id, done);
  const held = stream.body.status === 'enabled' ? await rows.listOfStream(queries, stream.id, most + 1) : [];
  const sets = await Promise.all(
    held.slice(0, most).map(async (row) => [row.id, await securityEventToken(ctx, stream, row)] as const),
  );
  const signed = sets.filter((set): set is readonly [string, string] => set[1] !== undefined);
  return { sets: Object.fromEntries(signed), moreAvailable: held.length > most };
}
