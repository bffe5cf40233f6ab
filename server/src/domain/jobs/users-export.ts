// Owns the export of people: some hundred at a time, by their ids, as lines of JSON or CSV in pieces of one gzip file.
import { csvLine } from '#protocol/csv';
import { memberAt } from '#protocol/member-path';
import * as parts from '#storage/tables/job-parts';
import * as users from '#storage/tables/users';
import { accountViews } from '../account-view.ts';
import type { JobType } from '../job.ts';
import { packed } from '../job-files.ts';

export interface ExportField {
  /** A path: `identities[0].connection`. */
  readonly name: string;
  readonly export_as?: string | undefined;
}

export interface ExportAsked {
  /** Undefined: everybody. */
  readonly connection_id?: string | undefined;
  readonly connection?: string | undefined;
  readonly format: 'json' | 'csv';
  /** How many at most. */
  readonly limit?: number | undefined;
  readonly fields?: readonly ExportField[] | undefined;
}

export interface ExportState {
  /** The number of the next piece. */
  readonly part: number;
  /** The id after which the next piece begins. */
  readonly after: string;
}

/** People at a time. */
const step = 200;

/** What a table has unless fields are chosen; lines of JSON have the whole person then. */
const usualColumns: readonly ExportField[] = [
  ...['user_id', 'email', 'email_verified', 'username', 'phone_number', 'name', 'given_name', 'family_name'],
  ...['nickname', 'picture', 'identities[0].connection', 'blocked', 'created_at', 'updated_at', 'last_login'],
  ...['last_ip', 'logins_count'],
].map((name) => (name.includes('[') ? { name, export_as: 'connection' } : { name }));

type Person = Readonly<Record<string, unknown>>;

function jsonLines(people: readonly Person[], fields: readonly ExportField[] | undefined): string {
  const chosen = (person: Person) =>
    fields
      ? Object.fromEntries(fields.map(({ name, export_as = name }) => [export_as, memberAt(person, name)]))
      : person;
  return people.map((person) => `${JSON.stringify(chosen(person))}\n`).join('');
}

function csvLines(people: readonly Person[], fields = usualColumns, isFirst = false): string {
  const heading = isFirst ? csvLine(fields.map(({ name, export_as = name }) => export_as)) : '';
  return heading + people.map((person) => csvLine(fields.map(({ name }) => memberAt(person, name)))).join('');
}

export const usersExport: JobType<ExportAsked, ExportState> = {
  type: 'users_export',
  lane: 'files',
  mostActive: 10,
  fresh: { part: 0, after: '' },
  async step(ctx, { job, advance }) {
    const { connection, format, fields, limit = Number.POSITIVE_INFINITY } = job.body;
    const { part, after } = job.state;
    const { queries } = ctx.database;
    const total = part > 0 ? job.total : Math.min(limit, await users.count(queries, connection));
    const wanted = Math.min(step, limit - job.done);
    const rows = wanted > 0 ? await users.listAfter(queries, { after, limit: wanted, connection }) : [];
    const people = await accountViews(ctx, rows);
    const text = format === 'json' ? jsonLines(people, fields) : csvLines(people, fields, part === 0);
    const data = await packed(text);
    await ctx.database.transaction(async (transaction) => {
      await parts.insert(transaction, { job_id: job.id, kind: 'output', number: part, data });
      const state = { part: part + 1, after: rows.at(-1)?.user_id ?? after };
      await advance(transaction, { state, done: job.done + rows.length, total });
    });
    return rows.length < wanted || wanted < step;
  },
};
