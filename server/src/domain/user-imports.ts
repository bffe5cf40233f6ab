// Owns the beginning of an import of people, and its report.
import { findConnectionById } from './connections.ts';
import type { Context } from './context.ts';
import type { Job } from './job.ts';
import { piecesOf, unpacked } from './job-files.ts';
import { beginJob, checkQueue, dropJob, newJobId, receiveJob } from './job-queue.ts';
import { type ImportAsked, type ImportState, usersImport } from './jobs/users-import.ts';
import { storeUsersFile, type UsersFile } from './users-file.ts';

type Needed = Pick<Context, 'database' | 'now' | 'vault'>;

/** An import whose file is there; nobody knows of it until it is begun or dropped. */
export interface ReceivedImport {
  begin(asked: ImportAsked): Promise<Job<ImportAsked, ImportState>>;
  drop(): Promise<void>;
}

/** Takes a file in as it arrives; what came of it is left to be begun or dropped. Both throw QueueFull. */
export function receiveImport(ctx: Needed): {
  store(file: AsyncIterable<Uint8Array>, mostBytes: number): Promise<UsersFile>;
} & ReceivedImport {
  const id = newJobId();
  let received: UsersFile | undefined;
  return {
    async store(file, mostBytes) {
      await checkQueue(ctx, usersImport);
      await receiveJob(ctx, { id, type: usersImport, body: {}, total: 0 });
      received = await storeUsersFile(ctx, id, file, mostBytes);
      return received;
    },
    async begin(asked) {
      // Others may have arrived meanwhile.
      await checkQueue(ctx, usersImport);
      return beginJob(ctx, id, { body: asked, total: received?.rows ?? 0, fault: received?.fault });
    },
    drop: () => dropJob(ctx, id),
  };
}

/** Why people can't be imported into a connection; undefined when they can. */
export async function importRefusal(
  ctx: Pick<Context, 'documents'>,
  connectionId: string,
): Promise<string | undefined> {
  const connection = await findConnectionById(ctx, connectionId);
  if (!connection) return 'The connection does not exist.';
  if (connection.strategy !== 'auth0') return 'Connection must be a database connection.';
  if (connection.options['enabledDatabaseCustomization'] === true && connection.options['import_mode'] !== true)
    return 'Custom Database Connections without import mode are not allowed.';
  if (connection.enabled_clients.length === 0 && !connection.is_domain_connection) return 'Connection must be enabled.';
  return undefined;
}

/** The report of the rows that didn't come in, as the text of a JSON array; undefined when all did. */
export async function importReport(
  ctx: Pick<Context, 'database'>,
  id: string,
): Promise<AsyncGenerator<string> | undefined> {
  const pieces = piecesOf(ctx, id, 'error');
  const first = await pieces.next();
  return first.done ? undefined : report(first.value, pieces);
}

/** Each piece is an array of its own. */
async function* report(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<string> {
  yield `[${(await unpacked(first)).slice(1, -1)}`;
  for await (const piece of rest) yield `,${(await unpacked(piece)).slice(1, -1)}`;
  yield ']';
}
