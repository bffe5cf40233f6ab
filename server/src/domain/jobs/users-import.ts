// Owns the import of people: a part of the file at a time, each in one transaction that also says how far the job is.
import * as parts from '#storage/tables/job-parts';
import * as userRoles from '#storage/tables/user-roles';
import { type AnyConnection, findConnectionById } from '../connections.ts';
import type { Context } from '../context.ts';
import { administratorRole } from '../first-start.ts';
import { type RowError, rowError } from '../import-rules.ts';
import { type Identifier, type ImportedUser, readImportedUser, shownRow } from '../imported-user.ts';
import { type Job, JobFailed, type JobType, type Work } from '../job.ts';
import { packedNow, unsealed } from '../job-files.ts';
import { writeBatch, writeOneByOne } from '../user-batch.ts';

export interface ImportAsked {
  readonly connection_id: string;
  /** Its name. */
  readonly connection: string;
  readonly upsert: boolean;
  readonly external_id?: string | undefined;
  readonly send_completion_email: boolean;
}

export interface ImportState {
  /** The number of the next part. */
  readonly part: number;
  readonly inserted: number;
  readonly updated: number;
  readonly failed: number;
}

/** A row that didn't come in, as the job's report tells it. */
export interface FailedRow {
  readonly user: unknown;
  readonly errors: readonly RowError[];
}

/** By what people of a database are known, as far as its options demand it. */
function requiredIdentifiers({ options }: AnyConnection): readonly Identifier[] {
  const attributes = options['attributes'] as Readonly<Record<string, { profile_required?: boolean }>> | undefined;
  if (attributes) {
    const names = ['email', 'username', 'phone_number'] as const;
    return names.filter((name) => attributes[name]?.profile_required === true);
  }
  return options['requires_username'] === true ? ['email', 'username'] : ['email'];
}

interface ReadRows {
  readonly rows: readonly unknown[];
  readonly users: readonly ImportedUser[];
  /** The place in `rows` of each of the users. */
  readonly places: readonly number[];
  readonly failed: Map<number, readonly RowError[]>;
}

/** How often a part is tried as a whole. */
const patience = 2;

/** No database's text can hold it. */
const nul = rowError('INVALID_FORMAT', '', 'The row holds the character U+0000');

function readRows(text: string, connection: AnyConnection): ReadRows {
  const rows = JSON.parse(text) as readonly unknown[];
  const rules = { provider: connection.strategy, required: requiredIdentifiers(connection) };
  const mayHoldNul = text.includes('\\u0000');
  const users: ImportedUser[] = [];
  const places: number[] = [];
  const failed = new Map<number, readonly RowError[]>();
  for (const [index, row] of rows.entries()) {
    const holdsNul = mayHoldNul && /(?:^|[^\\])(?:\\\\)*\\u0000/.test(JSON.stringify(row));
    const read = holdsNul ? { errors: [nul] } : readImportedUser(row, rules);
    if ('errors' in read) failed.set(index, read.errors);
    else {
      users.push(read);
      places.push(index);
    }
  }
  return { rows, users, places, failed };
}

function reportOf(rows: readonly unknown[], failed: ReadonlyMap<number, readonly RowError[]>): string {
  const entries = [...failed].sort(([a], [b]) => a - b);
  return JSON.stringify(entries.map(([index, errors]): FailedRow => ({ user: shownRow(rows[index]), errors })));
}

async function importPart(
  ctx: Context,
  { job, attempt, advance }: Work<ImportAsked, ImportState>,
  connection: AnyConnection,
  part: parts.JobPartRow,
): Promise<void> {
  const { id, body, state, started_at = 0 } = job;
  const { rows, users, places, failed } = readRows(await unsealed(ctx.vault, part.data), connection);
  // Who lost a race for an address tries once more; whoever fails again has a row that no database takes.
  const write = attempt <= patience ? writeBatch : writeOneByOne;
  await ctx.database.transaction(async (queries) => {
    const outcome = await write(ctx, queries, { connection, upsert: body.upsert, at: started_at }, users);
    for (const [index, error] of outcome.refused) failed.set(places[index] as number, [error]);
    if (failed.size > 0) {
      const data = packedNow(reportOf(rows, failed));
      await parts.insert(queries, { job_id: id, kind: 'error', number: part.number, data });
    }
    await parts.remove(queries, part);
    const { inserted, updated } = outcome;
    await advance(queries, {
      state: {
        part: part.number + 1,
        inserted: state.inserted + inserted,
        updated: state.updated + updated,
        failed: state.failed + failed.size,
      },
      done: job.done + rows.length,
    });
  });
}

/** Of a hundred at most. */
async function tellAdministrators(
  ctx: Context,
  { id, body, state, status }: Job<ImportAsked, ImportState>,
): Promise<void> {
  const { inserted, updated, failed } = state;
  const fate = status === 'failed' ? 'failed' : 'completed';
  const notice = { kind: 'users-imported', job_id: id, connection: body.connection, status: fate } as const;
  for (const user of await userRoles.listHolders(ctx.database.queries, administratorRole.id, {
    start: 0,
    limit: 100,
  })) {
    await ctx.notify({ ...notice, user, summary: { inserted, updated, failed } });
  }
}

export const usersImport: JobType<ImportAsked, ImportState> = {
  type: 'users_import',
  lane: 'files',
  mostActive: 2,
  fresh: { part: 0, inserted: 0, updated: 0, failed: 0 },
  async step(ctx, work) {
    const { id, body, state } = work.job;
    const part = await parts.find(ctx.database.queries, { job_id: id, kind: 'input', number: state.part });
    if (!part) return true;
    const connection = await findConnectionById(ctx, body.connection_id);
    if (!connection) throw new JobFailed('The connection does not exist any more.');
    await importPart(ctx, work, connection, part);
    return false;
  },
  async ended(ctx, job) {
    if (job.status === 'failed') {
      ctx.emit({ type: 'fui', connection: job.body.connection, description: job.status_details });
    }
    if (job.body.send_completion_email) await tellAdministrators(ctx, job);
  },
};
