// Owns what is to be done once a transaction has been committed, and only then.
import type { Queries } from './tables.ts';

type Work = () => Promise<unknown>;

const waiting = new WeakMap<Queries, Work[]>();

/** Does something after the commit of a running transaction; who waits for the transaction waits for that as well. */
export function afterCommit(queries: Queries, work: Work): void {
  const others = waiting.get(queries);
  if (others) others.push(work);
  else waiting.set(queries, [work]);
}

/** Begins a transaction by `begin`, and does after its commit what was asked for meanwhile. */
export async function committing<T>(
  begin: (work: (queries: Queries) => Promise<T>) => Promise<T>,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  let asked: readonly Work[] | undefined;
  const result = await begin(async (queries) => {
    const done = await work(queries);
    asked = waiting.get(queries);
    return done;
  });
  if (asked) await Promise.all(asked.map((each) => each()));
  return result;
}
