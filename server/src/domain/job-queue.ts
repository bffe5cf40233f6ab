// Owns the queue of jobs: how one is put there, looked at, and got further with.
import { randomAlphanumeric } from '#crypto/random';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/jobs';
import type { Context } from './context.ts';
import { type Job, type JobStatus, type JobType, LeaseLost, type Progress, QueueFull, type Work } from './job.ts';

export function newJobId(): string {
  return `job_${randomAlphanumeric(16)}`;
}

function toJob<B, S>(row: rows.JobRow): Job<B, S> {
  const { id, type, status, done, total, created_at } = row;
  return {
    id,
    type,
    status: status as JobStatus,
    body: JSON.parse(row.body) as B,
    state: JSON.parse(row.state) as S,
    done,
    total,
    status_details: row.status_details ?? undefined,
    created_at,
    started_at: row.started_at ?? undefined,
  };
}

/** A job that began or is about to; undefined for one whose input hasn't arrived yet, too. */
export async function findJob(ctx: Pick<Context, 'database'>, id: string): Promise<Job | undefined> {
  const row = await rows.find(ctx.database.queries, id);
  return row && row.status !== 'receiving' ? toJob(row) : undefined;
}

/** Who waits for jobs, by database: so a job begins at once on the node where it was asked for. */
const sleepers = new WeakMap<object, Set<() => void>>();

/** Calls back whenever a job was put into the queue by this process. Returns what ends that. */
export function onNewJob({ database }: Pick<Context, 'database'>, wake: () => void): () => void {
  const waiting = sleepers.get(database) ?? new Set();
  sleepers.set(database, waiting.add(wake));
  return () => waiting.delete(wake);
}

function announce({ database }: Pick<Context, 'database'>): void {
  for (const wake of sleepers.get(database) ?? []) wake();
}

interface NewJob<B, S> {
  readonly id?: string;
  readonly type: Pick<JobType<B, S>, 'type' | 'fresh' | 'mostActive'>;
  readonly body: B;
  readonly total: number;
}

function freshRow<B, S>(ctx: Pick<Context, 'now'>, { id = newJobId(), type, body, total }: NewJob<B, S>): rows.JobRow {
  return {
    id,
    type: type.type,
    status: 'pending',
    body: JSON.stringify(body),
    state: JSON.stringify(type.fresh),
    done: 0,
    total,
    status_details: null,
    lease: null,
    lease_until: 0,
    attempts: 0,
    created_at: ctx.now(),
    started_at: null,
    ended_at: null,
  };
}

/** Throws QueueFull. Of several who ask at once, all may pass: it keeps a queue short, it guards nothing. */
export async function checkQueue(
  { database }: Pick<Context, 'database'>,
  { type, mostActive }: Pick<JobType<unknown, unknown>, 'type' | 'mostActive'>,
): Promise<void> {
  if (mostActive === undefined || (await rows.countActive(database.queries, type)) < mostActive) return;
  throw new QueueFull(mostActive);
}

/** Puts a job into the queue. Throws QueueFull. */
export async function createJob<B, S>(ctx: Pick<Context, 'database' | 'now'>, fresh: NewJob<B, S>): Promise<Job<B, S>> {
  await checkQueue(ctx, fresh.type);
  const row = freshRow(ctx, fresh);
  await rows.insert(ctx.database.queries, row);
  announce(ctx);
  return toJob(row);
}

/** Makes a job whose input is about to be stored; nobody sees it, and it begins with `beginJob`. */
export async function receiveJob<B, S>(
  ctx: Pick<Context, 'database' | 'now'>,
  fresh: NewJob<B, S> & { readonly id: string },
): Promise<void> {
  await rows.insert(ctx.database.queries, { ...freshRow(ctx, fresh), status: 'receiving' });
}

/** Lets a job begin whose input is complete; with `fault` it has failed already. */
export async function beginJob<B, S>(
  ctx: Pick<Context, 'database' | 'now'>,
  id: string,
  { body, total, fault }: { readonly body: B; readonly total: number; readonly fault?: string | undefined },
): Promise<Job<B, S>> {
  const ended = fault === undefined ? undefined : ctx.now();
  await rows.receive(ctx.database.queries, id, {
    status: fault === undefined ? 'pending' : 'failed',
    body: JSON.stringify(body),
    total,
    status_details: fault ?? null,
    ended_at: ended ?? null,
  });
  announce(ctx);
  return toJob((await rows.find(ctx.database.queries, id)) as rows.JobRow);
}

export async function dropJob(ctx: Pick<Context, 'database'>, id: string): Promise<void> {
  await rows.remove(ctx.database.queries, id);
}

/** How long a node has a job without getting any further before another one may take it. */
const leaseMs = 10_000;

export interface Claim {
  readonly job: Job;
  readonly lease: string;
  readonly attempts: number;
}

/** Takes the job of some types that waits longest; of any number of nodes one gets it. */
export async function claimJob(
  ctx: Pick<Context, 'database' | 'now'>,
  types: readonly string[],
  lease: string,
): Promise<Claim | undefined> {
  const now = ctx.now();
  const row = await rows.claim(ctx.database.queries, types, { now, lease, until: now + leaseMs });
  return row && { job: toJob(row), lease, attempts: row.attempts };
}

/** The work of a claim, from where the job is now. */
export function workOf(ctx: Pick<Context, 'now'>, { job, lease, attempts }: Claim): Work<unknown, unknown> {
  let current = job;
  let attempt = attempts;
  return {
    get attempt() {
      return attempt;
    },
    get job() {
      return current;
    },
    async advance(queries: Queries, { state, done, total = current.total }: Progress<unknown>) {
      const lease_until = ctx.now() + leaseMs;
      const values = { state: JSON.stringify(state), done, total, lease_until, attempts: 0 };
      if (!(await rows.update(queries, { id: job.id, lease }, values)))
        throw new LeaseLost('Another node has the job.');
      current = { ...current, state, done, total };
      attempt = 1;
    },
  };
}

/** Ends a job that is the claim's own still. Returns whether it was. */
export async function endJob(
  ctx: Pick<Context, 'database' | 'now'>,
  { job, lease }: Pick<Claim, 'job' | 'lease'>,
  fault?: string,
): Promise<boolean> {
  const status = fault === undefined ? 'completed' : 'failed';
  const values = { status, status_details: fault ?? null, ended_at: ctx.now(), lease: null } as const;
  return rows.update(ctx.database.queries, { id: job.id, lease }, values);
}

/** Lets another claim have the job, not before so many milliseconds. */
export async function releaseJob(
  ctx: Pick<Context, 'database' | 'now'>,
  { job, lease }: Claim,
  afterMs = 0,
): Promise<void> {
  await rows.update(ctx.database.queries, { id: job.id, lease }, { lease_until: ctx.now() + afterMs });
}
