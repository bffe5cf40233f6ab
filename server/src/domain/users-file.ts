// Owns the taking in of a file of people: read as it arrives, stored in parts, never whole in memory.
import { JsonArrayError, JsonArraySplitter } from '#protocol/json-array';
import * as parts from '#storage/tables/job-parts';
import type { Context } from './context.ts';
import { sealed } from './job-files.ts';

/** Rows of a part: what is written to the database in one transaction, some tens of milliseconds on SQLite. */
const rowsAtOnce = 100;
/** Characters of a part; rows with much metadata make parts of fewer rows. */
const charactersAtOnce = 256 * 1024;
/** Characters. */
const longestRow = 1024 * 1024;
const deepestRow = 100;

export class UsersFileTooLarge extends Error {
  override name = 'UsersFileTooLarge';
  readonly most: number;
  constructor(most: number) {
    super(`The file has more than ${most} bytes.`);
    this.most = most;
  }
}

export interface UsersFile {
  readonly bytes: number;
  readonly rows: number;
  /** Why nobody can be imported from it. */
  readonly fault: string | undefined;
}

const invalid = 'Failed to parse users file JSON when importing users. Make sure it is valid JSON.';

/** Reads rows off the text as it arrives, in parts that are JSON arrays themselves. */
class RowReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #splitter = new JsonArraySplitter({ longest: longestRow, deepest: deepestRow });
  #waiting: string[] = [];
  #characters = 0;
  rows = 0;

  /** The parts that are complete now. Throws what `isInvalid` knows. */
  push(chunk: Uint8Array): string[] {
    return this.#take(this.#splitter.push(this.#decoder.decode(chunk, { stream: true })), false);
  }

  /** The last part. */
  end(): string[] {
    const rest = this.#splitter.push(this.#decoder.decode());
    this.#splitter.end();
    return this.#take(rest, true);
  }

  #take(rows: readonly string[], isEnd: boolean): string[] {
    const complete: string[] = [];
    for (const row of rows) {
      JSON.parse(row);
      this.rows += 1;
      this.#waiting.push(row);
      this.#characters += row.length;
      if (this.#waiting.length === rowsAtOnce || this.#characters > charactersAtOnce) complete.push(this.#cut());
    }
    if (isEnd && this.#waiting.length > 0) complete.push(this.#cut());
    return complete;
  }

  #cut(): string {
    const part = `[${this.#waiting.join(',')}]`;
    this.#waiting = [];
    this.#characters = 0;
    return part;
  }
}

/** Whether the file is at fault, and not we: JSON, its array or UTF-8 are broken. */
function isInvalid(error: unknown): boolean {
  return error instanceof JsonArrayError || error instanceof SyntaxError || error instanceof TypeError;
}

/** Stores the rows of a file as a job's input. Throws UsersFileTooLarge. */
export async function storeUsersFile(
  { database, vault }: Pick<Context, 'database' | 'vault'>,
  job_id: string,
  chunks: AsyncIterable<Uint8Array>,
  mostBytes: number,
): Promise<UsersFile> {
  const reader = new RowReader();
  let [bytes, number] = [0, 0];
  let fault: string | undefined;
  const store = async (read: () => string[]) => {
    if (fault !== undefined) return;
    let complete: string[];
    try {
      complete = read();
    } catch (error) {
      if (!isInvalid(error)) throw error;
      fault = invalid;
      return;
    }
    for (const part of complete) {
      await parts.insert(database.queries, { job_id, kind: 'input', number, data: await sealed(vault, part) });
      number += 1;
    }
  };
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new UsersFileTooLarge(mostBytes);
    await store(() => reader.push(chunk));
  }
  await store(() => reader.end());
  return { bytes, rows: reader.rows, fault };
}
