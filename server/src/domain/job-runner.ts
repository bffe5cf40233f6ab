// Owns the doing of jobs: one of each lane at a time on each node, begun by whoever is free, gone on with where a dead node
// left off.
import { setImmediate as breathe } from 'node:timers/promises';
import { randomId } from '#crypto/random';
import type { Context } from './context.ts';
import { JobFailed, type Lane, LeaseLost } from './job.ts';
import { type Claim, claimJob, endJob, onNewJob, releaseJob, workOf } from './job-queue.ts';
import { jobTypes } from './jobs.ts';

/** How soon a job is found that another node put into the queue. */
const pollEveryMs = 1000;
/** How often a step is tried that always fails. */
const mostAttempts = 5;
const retryMs = 1000;

const lanes: readonly Lane[] = ['files', 'messages'];
/** What a node doesn't know is left to those that do: while servers are replaced, versions differ. */
const typesOf = (lane: Lane) => jobTypes.filter((type) => type.lane === lane).map(({ type }) => type);

/** Does jobs for as long as it runs. One a process is enough. */
export class JobRunner {
  readonly #ctx: Context;
  readonly #onError: (error: unknown) => void;
  #stopped = false;
  readonly #sleepers = new Set<() => void>();
  #running: Promise<unknown> | undefined;
  #forget: (() => void) | undefined;

  /** `onError` is told of steps that failed; they are tried again. */
  constructor(ctx: Context, onError: (error: unknown) => void) {
    this.#ctx = ctx;
    this.#onError = onError;
  }

  start(): void {
    this.#forget ??= onNewJob(this.#ctx, () => this.#wake());
    this.#running ??= Promise.all(lanes.map((lane) => this.#run(typesOf(lane))));
  }

  async #run(types: readonly string[]): Promise<void> {
    while (!this.#stopped) if (!(await this.#next(types))) await this.#sleep();
  }

  async #sleep(): Promise<void> {
    if (this.#stopped) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, pollEveryMs);
    this.#sleepers.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#sleepers.delete(resolve);
  }

  #wake(): void {
    for (const wake of this.#sleepers) wake();
  }

  /** Does what is due of some types, as far as it gets. Returns whether there was anything. */
  async #next(types: readonly string[]): Promise<boolean> {
    try {
      const claim = await claimJob(this.#ctx, types, randomId());
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
    if (!type) throw new Error(`No type of jobs is called ${claim.job.type}.`);
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
    for (const lane of lanes) while (await this.#next(typesOf(lane)));
  }

  /** Leaves what is under way to others after its current step. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#forget?.();
    this.#wake();
    await this.#running;
  }
}
