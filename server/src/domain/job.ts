// Owns the shape of a job: work that outlives the request that asked for it, done step by step by one node at a time.
import type { Queries } from '#storage/database';
import type { Context } from './context.ts';

export type JobStatus = 'pending' | 'processing' | 'completed' | 'failed';

/** A job as it is known outside: `B` is what was asked for, `S` how far it got. */
export interface Job<B = unknown, S = unknown> {
  readonly id: string;
  readonly type: string;
  readonly status: JobStatus;
  readonly body: B;
  readonly state: S;
  /** Of `total`, in the type's own units. */
  readonly done: number;
  readonly total: number;
  /** Why it failed. */
  readonly status_details: string | undefined;
  readonly created_at: number;
  readonly started_at: number | undefined;
}

export interface Progress<S> {
  readonly state: S;
  readonly done: number;
  readonly total?: number;
}

/** A job in the hands of the node that has claimed it. */
export interface Work<B, S> {
  readonly job: Job<B, S>;
  /** How often this step was begun, by whichever node: 1 unless it failed before. */
  readonly attempt: number;
  /**
   * Says how far the job got, in the transaction that got it there: so a step happens once, whatever dies meanwhile.
   * Throws LeaseLost, which undoes the step, when another node has the job by now.
   */
  advance(queries: Queries, progress: Progress<S>): Promise<void>;
}

export type Lane = 'files' | 'messages';

/** One type of jobs. */
export interface JobType<B, S> {
  readonly type: string;
  /** Jobs of one lane wait for each other; whom one person waits for, no file of a million holds up. */
  readonly lane: Lane;
  /** How many there may be that haven't ended; undefined: any number. */
  readonly mostActive?: number;
  /** How far a job got that has just been made. */
  readonly fresh: S;
  /** Does the next piece, some tens of milliseconds of it at most. Returns whether that was the last one. */
  step(ctx: Context, work: Work<B, S>): Promise<boolean>;
  /** Once it has ended, well or badly. */
  ended?(ctx: Context, job: Job<B, S>): Promise<void>;
}

/** The job was claimed by another node, which took this one for dead. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** There are as many jobs of the type as there may be. */
export class QueueFull extends Error {
  override name = 'QueueFull';
  readonly most: number;
  constructor(most: number) {
    super(`There are ${most} jobs of the type already.`);
    this.most = most;
  }
}

/** The job can't be done, now or later; the sentence is told to whoever asked for it. */
export class JobFailed extends Error {
  override name = 'JobFailed';
}
