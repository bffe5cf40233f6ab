// Owns the pieces that jobs take in and give: stored as gzip, so that those of one file make one gzip file (RFC 1952 §2.2).
import { promisify } from 'node:util';
import { gunzip, gzip, gzipSync } from 'node:zlib';
import * as parts from '#storage/tables/job-parts';
import type { Context } from './context.ts';

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
