// Owns the pieces that jobs take in and give: gzip, so that those of one file make one gzip file (RFC 1952 §2.2); input is sealed.
import { promisify } from 'node:util';
import { gunzip, gzip, gzipSync } from 'node:zlib';
import type { Vault } from '#crypto/vault';
import * as parts from '#storage/tables/job-parts';
import type { Context } from './context.ts';
import { JobFailed } from './job.ts';

const compress = promisify(gzip) as (text: string, options: { level: number }) => Promise<Uint8Array>;
const decompress = promisify(gunzip) as (data: Uint8Array) => Promise<Buffer>;

/** To be done before the transaction that stores it: inside one nothing but queries may be awaited. */
export function packed(text: string): Promise<Uint8Array> {
  return compress(text, { level: 1 });
}

/** Of a text that is made within a transaction and is short: some hundred kilobytes take a few milliseconds. */
export function packedNow(text: string): Uint8Array {
  return gzipSync(text, { level: 1 });
}

export async function unpacked(data: Uint8Array): Promise<string> {
  return (await decompress(data)).toString('utf8');
}

/** A piece that may hold secrets: hashes, keys, seeds. Done before a transaction, too. */
export async function sealed(vault: Vault, text: string): Promise<Uint8Array> {
  const packedText = Buffer.from(await packed(text)).toString('base64');
  return Buffer.from(vault.seal('job-input', packedText), 'base64url');
}

export async function unsealed(vault: Vault, data: Uint8Array): Promise<string> {
  const packedText = vault.unseal('job-input', Buffer.from(data).toString('base64url'));
  if (packedText === undefined) throw new JobFailed('The file was sealed under another master key.');
  return unpacked(Buffer.from(packedText, 'base64'));
}

/** The pieces in their order, one at a time in memory. */
export async function* piecesOf(
  { database }: Pick<Context, 'database'>,
  job_id: string,
  kind: 'output' | 'error',
): AsyncGenerator<Uint8Array> {
  let number = -1;
  for (;;) {
    const part = await parts.findAfter(database.queries, { job_id, kind, number });
    if (!part) return;
    yield part.data;
    number = part.number;
  }
}
