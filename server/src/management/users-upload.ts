// Owns the reading of the form that brings a file of people (RFC 7578).

import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { type UsersFile, UsersFileTooLarge } from '#domain/users-file';
import { ApiError, invalidBody } from '#protocol/api-error';
import type { Upload } from './resource.ts';

const limits = { fieldSize: 4096, fields: 20, files: 1, parts: 30, headerPairs: 50 };

export interface UsersUpload {
  readonly file: UsersFile;
  readonly fields: ReadonlyMap<string, string>;
}

function parserFor(headers: IncomingHttpHeaders): BusboyInstance {
  try {
    return new Busboy({ headers: headers as BusboyHeaders, limits });
  } catch {
    throw invalidBody("Payload validation error: 'Invalid multipart payload format'.");
  }
}

/**
 * Feeds the form to its parser. A sender that goes away is a failure; one that sends too much isn't cut off, because then
 * it wouldn't hear why.
 */
function feed(stream: Readable, parser: BusboyInstance, failed: Promise<never>): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    parser.once('finish', resolve);
    parser.once('error', reject);
    stream.once('error', reject);
    // A request also closes once it was read to its end, and its file may be stored still.
    stream.once('close', () => stream.readableEnded || reject(new Error('Unexpected end of multipart data')));
    stream.pipe(parser);
  });
  return Promise.race([done, failed]).finally(() => stream.unpipe(parser));
}

/** Reads the form, handing its file on as it arrives. Throws ApiError. */
export async function readUsersUpload(
  headers: IncomingHttpHeaders,
  { stream, most }: Upload,
  store: (file: AsyncIterable<Uint8Array>, most: number) => Promise<UsersFile>,
): Promise<UsersUpload> {
  const parser = parserFor(headers);
  const fields = new Map<string, string>();
  const failure = Promise.withResolvers<never>();
  let storing: Promise<UsersFile> | undefined;
  let file: Readable | undefined;
  parser.on('field', (name, value) => fields.set(name, value));
  parser.on('file', (name, part: Readable) => {
    if (name !== 'users' || storing) return part.resume();
    file = part;
    storing = store(part, most);
    storing.catch(failure.reject);
    return undefined;
  });
  try {
    await feed(stream, parser, failure.promise);
    if (!storing) throw invalidBody("Must provide 'users' file as multipart part.");
    return { file: await storing, fields };
  } catch (error) {
    // Nobody may go on to store what is about to be dropped.
    file?.destroy();
    await storing?.catch(() => undefined);
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): unknown {
  if (error instanceof UsersFileTooLarge)
    return new ApiError(
      413,
      `Payload content length greater than maximum allowed: ${error.most}.`,
      'payload_too_large',
    );
  if (error instanceof ApiError) return error;
  // Busboy has no errors of its own.
  const isTheirs = error instanceof Error && /multipart|boundary|malformed/i.test(error.message);
  return isTheirs ? invalidBody("Payload validation error: 'Invalid multipart payload format'.") : error;
}
