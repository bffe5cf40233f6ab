// Owns what a server does beside answering requests: it clears away, tends the keys, does jobs, sends events, and tells applications of log-outs.

import { clearGoneConnections } from '#domain/connection-removal';
import type { Context } from '#domain/context';
import { tendEncryptionKeys } from '#domain/encryption-keys';
import { clearOldDeliveries, deliverEvents } from '#domain/event-deliveries';
import { clearExpired } from '#domain/housekeeping';
import { JobRunner } from '#domain/job-runner';
import { tendSigningKeys } from '#domain/key-rotation';
import { LogoutDeliveries } from '#domain/logout-deliveries';
import { clearOldEvents } from '#domain/logs';
import { SecurityEventDeliveries } from '#domain/security-event-deliveries';
import { clearInactive } from '#domain/statistics';

const housekeepingEveryMs = 10 * 60 * 1000;
const eventsEveryMs = 1000;
const dayMs = 24 * 60 * 60 * 1000;

export interface BackgroundWork {
  /** Resolves when what was begun is finished. */
  stop(): Promise<void>;
}

export interface Periods {
  readonly keyRotationDays: number;
  readonly logRetentionDays: number;
}

async function keepHouse(ctx: Context, { keyRotationDays, logRetentionDays }: Periods): Promise<void> {
  await clearExpired(ctx);
  await clearGoneConnections(ctx);
  await clearOldEvents(ctx, logRetentionDays);
  await clearInactive(ctx);
  await clearOldDeliveries(ctx);
  await tendSigningKeys(ctx, keyRotationDays * dayMs);
  await tendEncryptionKeys(ctx, keyRotationDays * dayMs);
}

/** Does something again and again, with a pause between. */
function repeat(work: () => Promise<unknown>, everyMs: number): BackgroundWork {
  let running = Promise.resolve<unknown>(undefined);
  let isIdle = true;
  const turn = () => {
    if (!isIdle) return;
    isIdle = false;
    running = work().finally(() => {
      isIdle = true;
    });
  };
  const timer = setInterval(turn, everyMs).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** Begins the work. What fails is told with the name of the work, and tried again at the next turn. */
export function beginBackgroundWork(
  ctx: Context,
  periods: Periods,
  onFailure: (work: string, error: unknown) => void,
): BackgroundWork {
  const failed = (work: string) => (error: unknown) => onFailure(work, error);
  const sweep = () => keepHouse(ctx, periods).catch(failed('housekeeping'));
  const timer = setInterval(sweep, housekeepingEveryMs).unref();
  const events = repeat(() => deliverEvents(ctx).catch(failed('event streams')), eventsEveryMs);
  const deliveries = new LogoutDeliveries(ctx, failed('back-channel log-out'));
  deliveries.start();
  const signals = new SecurityEventDeliveries(ctx, failed('shared signals'));
  signals.start();
  const jobs = new JobRunner(ctx, failed('jobs'));
  jobs.start();
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all([events.stop(), signals.stop(), deliveries.stop(), jobs.stop()]);
    },
  };
}
