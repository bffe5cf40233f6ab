// Owns what a server does beside answering requests: it clears away, tends the keys, does jobs, and tells applications of log-outs.
import type { Context } from '#domain/context';
import { tendEncryptionKeys } from '#domain/encryption-keys';
import { clearExpired } from '#domain/housekeeping';
import { JobRunner } from '#domain/job-runner';
import { tendSigningKeys } from '#domain/key-rotation';
import { LogoutDeliveries } from '#domain/logout-deliveries';
import { clearOldEvents } from '#domain/logs';
import { clearInactive } from '#domain/statistics';

const housekeepingEveryMs = 10 * 60 * 1000;
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
  await clearOldEvents(ctx, logRetentionDays);
  await clearInactive(ctx);
  await tendSigningKeys(ctx, keyRotationDays * dayMs);
  await tendEncryptionKeys(ctx, keyRotationDays * dayMs);
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
  const deliveries = new LogoutDeliveries(ctx, failed('back-channel log-out'));
  deliveries.start();
  const jobs = new JobRunner(ctx, failed('jobs'));
  jobs.start();
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all([deliveries.stop(), jobs.stop()]);
    },
  };
}
