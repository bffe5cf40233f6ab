// Owns queries that are built once: on a hot path the building of a query costs more than its running.
import type { Compilable, CompiledQuery } from 'kysely';
import type { Queries } from './tables.ts';

/** Stands for a parameter while the query is built. It never reaches the database. */
class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Gives the placeholder of a parameter, typed as the value that will take its place. */
type Parameter<P> = <K extends keyof P & string>(name: K) => P[K];

interface Built {
  readonly query: CompiledQuery;
  /** For each of the query's parameters the name of the value it takes, or the constant it has. */
  readonly values: readonly unknown[];
}

/**
 * Prepares a query: built and compiled once a dialect, then run with values alone.
 *
 *     const find = prepared<{ id: string }, Row>((db, value) => db.selectFrom('rows').selectAll().where('id', '=', value('id')));
 *     const row = (await find(db, { id: '1' }))[0];
 */
export function prepared<P extends object, R>(
  build: (db: Queries, value: Parameter<P>) => Compilable<R>,
): (db: Queries, values: P) => Promise<R[]> {
  // A dialect has one adapter, which the database and all of its transactions share.
  const builtFor = new WeakMap<object, Built>();
  const buildFor = (db: Queries): Built => {
    const { adapter } = db.getExecutor();
    const known = builtFor.get(adapter);
    if (known) return known;
    const query = build(db, (name) => new Placeholder(name) as never).compile();
    const built = { query, values: query.parameters };
    builtFor.set(adapter, built);
    return built;
  };
  return async (db, values) => {
    const { query, values: wanted } = buildFor(db);
    const parameters = wanted.map((value) => (value instanceof Placeholder ? values[value.name as keyof P] : value));
    return (await db.executeQuery<R>({ ...query, parameters } as CompiledQuery<R>)).rows;
  };
}

/** The values with the last one repeated up to a power of two: lists of a few lengths make few texts to prepare. */
export function roundedUp<T>(values: readonly T[]): T[] {
  if (values.length === 0) return [];
  const length = 2 ** Math.ceil(Math.log2(values.length));
  return [...values, ...Array.from({ length: length - values.length }, () => values.at(-1) as T)];
}
