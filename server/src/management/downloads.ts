// Owns the addresses by which files are downloaded: sealed, for a minute, and good for one file without an access token.
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '#domain/context';
import { piecesOf } from '#domain/job-files';
import { findJob } from '#domain/job-queue';
import { ApiError } from '#protocol/api-error';

/** As Auth0's; whoever comes later asks for the job again, which gives another address. */
const lifetimeMs = 60 * 1000;

interface Download {
  readonly job_id: string;
  /** Epoch milliseconds. */
  readonly expires_at: number;
}

/** Where a job's file is downloaded. */
export function downloadAddress(
  { issuer, vault, now }: Pick<Context, 'issuer' | 'vault' | 'now'>,
  job_id: string,
): string {
  const download: Download = { job_id, expires_at: now() + lifetimeMs };
  return `${issuer}api/v2/downloads/${vault.seal('download', JSON.stringify(download))}`;
}

/** Answers with the file. Throws ApiError for an address that isn't one of ours, or any more. */
export async function sendDownload(ctx: Context, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { token } = request.params as { readonly token: string };
  const unsealed = ctx.vault.unseal('download', token);
  const download = unsealed === undefined ? undefined : (JSON.parse(unsealed) as Download);
  const isLive = download !== undefined && download.expires_at > ctx.now();
  const job = isLive ? await findJob(ctx, download.job_id) : undefined;
  if (job?.status !== 'completed')
    throw new ApiError(404, 'The address of the file has expired. Ask for the job again.');
  const { format } = job.body as { readonly format: string };
  return reply
    .headers({
      'content-type': 'application/gzip',
      'content-disposition': `attachment; filename="${job.id}.${format}.gz"`,
    })
    .send(Readable.from(piecesOf(ctx, job.id, 'output'), { objectMode: false }));
}
