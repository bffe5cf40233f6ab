// Owns /api/v2/jobs: what takes longer than a request: the import and export of people, and mails to be sent.
import { Readable } from 'node:stream';
import { findConnectionById } from '#domain/connections';
import type { Context } from '#domain/context';
import { type Job, QueueFull } from '#domain/job';
import { createJob, findJob } from '#domain/job-queue';
import { type ExportAsked, usersExport } from '#domain/jobs/users-export';
import type { ImportAsked, ImportState } from '#domain/jobs/users-import';
import { verificationEmail } from '#domain/jobs/verification-email';
import { importRefusal, importReport, receiveImport } from '#domain/user-imports';
import { ApiError, invalidBody } from '#protocol/api-error';
import { downloadAddress } from '../downloads.ts';
import { idText, prefixed } from '../ids.ts';
import { Answer, type Call, endpoint, type Resource } from '../resource.ts';
import { integer, list, object, oneOf, optional, type TypeOf, text } from '../schema.ts';
import { readUsersUpload } from '../users-upload.ts';
import {
  checkAudience,
  clientId,
  connectionId,
  identity,
  meantIdentity,
  organizationId,
  userId,
} from './ticket-people.ts';

const id = prefixed('job-id', 'job_', 16);
const params = { id: idText(id, 'ID of the job') };
const scopes = ['create:users', 'read:users'];

/** How far a job is that is under way: by the time that it took so far. */
function progressOf(ctx: Pick<Context, 'now'>, { status, done, total, started_at }: Job): object {
  if (status !== 'processing' || total === 0 || started_at === undefined) return {};
  const left = done === 0 ? undefined : Math.ceil(((ctx.now() - started_at) * (total - done)) / done / 1000);
  return {
    percentage_done: Math.floor((done * 100) / total),
    ...(left === undefined ? {} : { time_left_seconds: left }),
  };
}

function summaryOf({ type, status, state, total }: Job): object {
  if (type !== 'users_import' || status !== 'completed') return {};
  const { failed, updated, inserted } = state as ImportState;
  return { summary: { failed, updated, inserted, total } };
}

/** What was asked for, as far as it is told. */
function askedOf({ body }: Job): object {
  const { connection_id, connection, format, limit, fields, external_id } = body as Partial<ExportAsked & ImportAsked>;
  return { connection_id, connection, format, limit, fields, external_id };
}

function shown(ctx: Context, job: Job): object {
  const { type, status, status_details, created_at } = job;
  const isFile = type === usersExport.type && status === 'completed';
  return {
    type,
    status,
    ...askedOf(job),
    ...summaryOf(job),
    ...progressOf(ctx, job),
    location: isFile ? downloadAddress(ctx, job.id) : undefined,
    status_details,
    created_at: new Date(created_at).toISOString(),
    id: job.id,
  };
}

async function jobOf({ ctx, params: { id: jobId } }: Call<{ readonly id: string }>): Promise<Job> {
  const job = await findJob(ctx, jobId);
  if (!job) throw new ApiError(404, 'The job does not exist', 'inexistent_job');
  return job;
}

async function errorsOf(call: Call<{ readonly id: string }>): Promise<Answer> {
  const job = await jobOf(call);
  if (job.status === 'failed') return new Answer(200, shown(call.ctx, job));
  const report = await importReport(call.ctx, job.id);
  return report ? new Answer(200, Readable.from(report)) : new Answer(204);
}

function flagOf(name: string, value: string | undefined, otherwise: boolean): boolean {
  if (value === undefined || value === '') return otherwise;
  if (value === 'true' || value === 'false') return value === 'true';
  throw invalidBody(`Payload validation error: 'Expected type boolean but found type string' on property ${name}.`);
}

/** What the form says beside the file. Throws ApiError. */
async function importAsked(ctx: Context, fields: ReadonlyMap<string, string>): Promise<ImportAsked> {
  const connection_id = fields.get('connection_id');
  if (!connection_id) throw invalidBody("Must provide 'connection_id' as multipart part.");
  const { pattern } = connectionId as { readonly pattern: string };
  if (!new RegExp(pattern).test(connection_id))
    throw invalidBody(
      `Payload validation error: 'String does not match pattern ${pattern}' on property connection_id.`,
    );
  const upsert = flagOf('upsert', fields.get('upsert'), false);
  const send_completion_email = flagOf('send_completion_email', fields.get('send_completion_email'), true);
  const external_id = fields.get('external_id') || undefined;
  const refusal = await importRefusal(ctx, connection_id);
  if (refusal !== undefined) throw invalidBody(refusal);
  const connection = (await findConnectionById(ctx, connection_id))?.name ?? '';
  return { connection_id, connection, upsert, external_id, send_completion_email };
}

/** Auth0's refusal of more than a few jobs at a time. */
function refusalOf(error: unknown, type: string): unknown {
  if (!(error instanceof QueueFull)) return error;
  const sentence = `There are ${error.most} active ${type} jobs, please wait until some of them are finished and try again`;
  return new ApiError(429, sentence, 'too_many_requests');
}

async function importUsers({ ctx, headers, upload }: Call): Promise<object> {
  if (!upload) throw invalidBody("Payload validation error: 'Invalid multipart payload format'.");
  const received = receiveImport(ctx);
  try {
    const { file, fields } = await readUsersUpload(headers, upload, received.store);
    if (file.bytes === 0) throw invalidBody('Users file must not be empty.');
    const job = await received.begin(await importAsked(ctx, fields));
    return shown(ctx, { ...job, status: 'pending', status_details: undefined });
  } catch (error) {
    await received.drop();
    throw refusalOf(error, 'import users');
  }
}

const exportBody = object({
  connection_id: optional(connectionId),
  format: optional(oneOf(['json', 'csv'], { description: 'Format of the file' })),
  limit: optional(integer({ minimum: 1, description: 'Limit the number of records' })),
  fields: optional(
    list(
      object({
        name: text({ minLength: 1, maxLength: 100, description: 'Name of the field in the profile' }),
        export_as: optional(text({ minLength: 1, maxLength: 100, description: 'Title of the column in the file' })),
      }),
      { maxItems: 100 },
    ),
  ),
});

async function exportUsers({ ctx, body }: Call<unknown, unknown, TypeOf<typeof exportBody>>): Promise<object> {
  const { connection_id, format = 'json', limit, fields } = body;
  const connection = connection_id === undefined ? undefined : await findConnectionById(ctx, connection_id);
  if (connection_id !== undefined && !connection) throw invalidBody('The connection does not exist.');
  const asked: ExportAsked = { connection_id, connection: connection?.name, format, limit, fields };
  const job = await createJob(ctx, { type: usersExport, body: asked, total: 0 }).catch((error: unknown) => {
    throw refusalOf(error, 'export users');
  });
  return shown(ctx, job);
}

const verificationBody = object({
  user_id: userId,
  client_id: optional(clientId),
  identity: optional(identity),
  organization_id: optional(organizationId),
});

async function sendVerification({
  ctx,
  body,
}: Call<unknown, unknown, TypeOf<typeof verificationBody>>): Promise<object> {
  const { user_id, client_id, organization_id } = body;
  const { provider, email } = await meantIdentity(ctx, user_id, body.identity);
  if (provider !== 'auth0') throw new ApiError(400, 'Connection must be a database connection.');
  if (email === null) throw new ApiError(400, 'User does not have an email address.');
  await checkAudience(ctx, user_id, body);
  const asked = { user_id, email, client_id, organization_id };
  return shown(ctx, await createJob(ctx, { type: verificationEmail, body: asked, total: 1 }));
}

export const jobs: Resource = {
  name: 'jobs',
  endpoints: [
    endpoint({
      method: 'POST',
      path: '/jobs/users-imports',
      summary: 'Import people from a file',
      scopes: ['create:users'],
      body: 'stream',
      status: 202,
      run: importUsers,
    }),
    endpoint({
      method: 'POST',
      path: '/jobs/users-exports',
      summary: 'Export people to a file',
      scopes: ['read:users'],
      body: exportBody,
      status: 200,
      run: exportUsers,
    }),
    endpoint({
      method: 'POST',
      path: '/jobs/verification-email',
      summary: 'Ask a person to verify their e-mail address',
      scopes: ['update:users'],
      body: verificationBody,
      run: sendVerification,
    }),
    endpoint({
      method: 'GET',
      path: '/jobs/{id}',
      summary: 'Get a job, and how far it is',
      scopes,
      params,
      run: async (call) => shown(call.ctx, await jobOf(call)),
    }),
    endpoint({
      method: 'GET',
      path: '/jobs/{id}/errors',
      summary: 'List what of an import failed, and why',
      scopes,
      params,
      run: errorsOf,
    }),
  ],
};
