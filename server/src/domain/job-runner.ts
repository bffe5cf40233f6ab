// Owns the doing of jobs: one at a time on each node, begun by whoever is free, gone on with where a dead node left off.
import { setImmediate as breathe } from 'node:timers/promises';
import { randomId } from '#crypto/random';
import type { Context } from './context.ts';
import { JobFailed, LeaseLost } from './job.ts';
import { type Claim, claimJob, endJob, onNewJob, releaseJob, workOf } from './job-queue.ts';
import { jobTypes } from './jobs.ts';

/** How soon a job is found that another node put into the queue. */
const pollEveryMs = 1000;
/** How often a step is tried that always fails. */
const mostAttempts = 5;
const retryMs = 1000;

/** Does jobs for as long as it runs. One a process is enough. */
export class JobRunner {
  readonly #ctx: Context;
  readonly #onError: (error: unknown) => void;
  #stopped = false;
  #wake: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #forget: (() => void) | undefined;

  /** `onError` is told of steps that failed; they are tried again. */
  constructor(ctx: Context, onError: (error: unknown) => void) {
    this.#ctx = ctx;
    this.#onError = onError;
  }

  start(): void {
    this.#forget ??= onNewJob(this.#ctx, () => this.#wake());
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) if (!(await this.#next())) await this.#sleep();
  }

  #sleep(): Promise<void> {
    return new Promise<void>((resolve) => {
      if (this.#stopped) return resolve();
      this.#wake = resolve;
      this.#timer = setTimeout(resolve, pollEveryMs);
    }).finally(() => clearTimeout(this.#timer));
  }

  /** Does what is due, as far as it gets. Returns whether there was anything. */
  async #next(): Promise<boolean> {
    try {
      const claim = await claimJob(this.#ctx, randomId());
      if (!claim) return false;
      await this.#perform(claim);
      return true;
    } catch (error) {
      // The database, most likely; the job is due again when its lease is over.
      this.#onError(error);
      return false;
    }
  }

  async #perform(claim: Claim): Promise<void> {
    const ctx = this.#ctx;
    const type = jobTypes.find((known) => known.type === claim.job.type);
    if (!type) return this.#end(claim, 'No node knows this type of jobs any more.');
    if (claim.attempts > mostAttempts) return this.#end(claim, 'A step of the job failed again and again.');
    const work = workOf(ctx, claim);
    try {
      let last = false;
      while (!last) {
        if (this.#stopped) return await releaseJob(ctx, claim);
        last = await type.step(ctx, work);
        // SQLite answers without ever letting go by itself.
        await breathe();
      }
      await this.#end({ ...claim, job: work.job });
    } catch (error) {
      if (error instanceof LeaseLost) return;
      if (error instanceof JobFailed) return this.#end({ ...claim, job: work.job }, error.message);
      this.#onError(error);
      await releaseJob(ctx, claim, retryMs);
    }
  }

  async #end(claim: Claim, fault?: string): Promise<void> {
    if (!(await endJob(this.#ctx, claim, fault))) return;
    const type = jobTypes.find((known) => known.type === claim.job.type);
    const status = fault === undefined ? 'completed' : 'failed';
    await type?.ended?.(this.#ctx, { ...claim.job, status, status_details: fault });
  }

  /** Does everything that is due now, and resolves when that is done. */
  async run(): Promise<void> {
    while (await this.#next());
  }

  /** Leaves what is under way to others after its current step. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#forget?.();
    this.#wake();
    await this.#running;
  }
}
