// Owns the limits of how often something may be tried. Counted in the database: every node counts as one.
import { sha256 } from '#crypto/digest';
import * as rows from '#storage/tables/attempts';
import type { Context } from './context.ts';

/** Each limit counts by itself, within windows of its length. */
export interface AttemptLimit {
  readonly name: string;
  readonly most: number;
  readonly windowMs: number;
}

function counted({ name, windowMs }: AttemptLimit, subject: string, now: number): rows.AttemptRow {
  const window = Math.floor(now / windowMs);
  // Addresses and people are not kept in a form that can be read.
  return { digest: sha256(JSON.stringify([name, window, subject])), count: 1, expires_at: (window + 1) * windowMs };
}

/** Counts an attempt before it is made; false when it is one too many. Callers at the same instant are all counted. */
export async function takeAttempt(
  ctx: Pick<Context, 'database' | 'now'>,
  limit: AttemptLimit,
  subject: string,
): Promise<boolean> {
  const { digest, expires_at } = counted(limit, subject, ctx.now());
  return (await rows.increment(ctx.database.queries, { digest, expires_at })) <= limit.most;
}

/** Takes an attempt back that turned out to be none: where only failures count. */
export async function forgiveAttempt(
  ctx: Pick<Context, 'database' | 'now'>,
  limit: AttemptLimit,
  subject: string,
): Promise<void> {
  await rows.decrement(ctx.database.queries, counted(limit, subject, ctx.now()).digest);
}

/**
 * Whose attempts count together: an IPv4 address, or the /64 of an IPv6 address, because whoever has one of its
 * addresses has them all.
 */
export function addressBlock(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!ip.includes(':')) return ip;
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => '0');
  const network = [...groups, ...zeros, ...rest].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
