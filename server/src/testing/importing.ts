// Owns the import of people for tests: the form that brings a file, and the work that follows.
import { Readable } from 'node:stream';
import { findConnection } from '#domain/connections';
import type { Job } from '#domain/job';
import { findJob } from '#domain/job-queue';
import { JobRunner } from '#domain/job-runner';
import type { FailedRow, ImportAsked, ImportState } from '#domain/jobs/users-import';
import { importReport, receiveImport } from '#domain/user-imports';
import type { ManagementAnswer, TestManagement } from './management.ts';
import type { TestTenant } from './tenant.ts';

/** Sends a form; a file is a text. Undefined members are left out. */
export async function sendUsersForm(
  management: TestManagement,
  { users, ...fields }: Readonly<Record<string, string | undefined>>,
): Promise<ManagementAnswer> {
  const form = new FormData();
  // As Auth0's SDK for Node sends it: the file first.
  if (users !== undefined) form.append('users', new Blob([users], { type: 'application/json' }), 'users.json');
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
  const request = new Response(form);
  const type = request.headers.get('content-type') ?? '';
  return management.send('POST', '/jobs/users-imports', await request.text(), { 'content-type': type });
}

/** Does all jobs that are due. Throws what a step throws. */
export async function doJobs({ ctx }: TestTenant): Promise<void> {
  const errors: unknown[] = [];
  await new JobRunner(ctx, (error) => errors.push(error)).run();
  if (errors.length > 0) throw new AggregateError(errors, 'A job failed.');
}

/** Imports a file into the usual database. Returns the job once it has ended. */
export async function importedFrom(
  tenant: TestTenant,
  text: string,
  asked: Partial<ImportAsked> = {},
): Promise<Job<ImportAsked, ImportState>> {
  const job = await beginImport(tenant, text, asked);
  await doJobs(tenant);
  return (await findJob(tenant.ctx, job.id)) as Job<ImportAsked, ImportState>;
}

/** Leaves the import to whoever does it. */
export async function beginImport(
  { ctx }: Pick<TestTenant, 'ctx'>,
  text: string,
  asked: Partial<ImportAsked> = {},
): Promise<Job<ImportAsked, ImportState>> {
  const connection = 'Username-Password-Authentication';
  const connection_id = (await findConnection(ctx, connection))?.id ?? '';
  const received = receiveImport(ctx);
  await received.store(Readable.from([Buffer.from(text)]), Number.POSITIVE_INFINITY);
  return received.begin({ connection_id, connection, upsert: false, send_completion_email: false, ...asked });
}

/** The rows that failed. */
export async function importReportOf({ ctx }: TestTenant, id: string): Promise<readonly FailedRow[]> {
  const report = await importReport(ctx, id);
  return report ? JSON.parse((await Array.fromAsync(report)).join('')) : [];
}
