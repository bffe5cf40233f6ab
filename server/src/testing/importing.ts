// Owns the import of people for tests: the form that brings a file, and the work that follows.
import { JobRunner } from '#domain/job-runner';
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
