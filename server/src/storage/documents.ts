// Owns configuration: documents of every kind, cached in memory, kept in step with the other nodes by a change feed.
import type { Database, Queries } from './database.ts';
import * as rows from './tables/documents.ts';

/**
 * Something that goes with every change of a kind of document, in the same transaction. `prepare` is awaited before the
 * transaction begins, because inside one nothing but queries may be.
 */
export interface Consequence<B, P> {
  prepare(): Promise<P>;
  /** `after` is undefined when the document is deleted. */
  apply(queries: Queries, change: { readonly before: B; readonly after: B | undefined }, prepared: P): Promise<void>;
}

declare const bodyType: unique symbol;

/** A kind of document, which knows the type of its bodies. */
export interface Kind<B> {
  readonly kind: string;
  /** The natural key that no two documents of the kind may share; null where there is none. */
  readonly nameOf: (body: B) => string | null;
  readonly [bodyType]?: B;
}

export function documentKind<B>(kind: string, nameOf: (body: B) => string | null = () => null): Kind<B> {
  return { kind, nameOf };
}

export interface Document<B> {
  readonly id: string;
  /** Frozen through and through: what is in the cache belongs to everybody. */
  readonly body: B;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

type Cached = Document<unknown>;

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

function toDocument(row: rows.DocumentRow): Cached {
  const { id, version, created_at, updated_at } = row;
  return freeze({ id, body: JSON.parse(row.body as string), version, created_at, updated_at });
}

const pollEveryMs = 1000;
/** Unknown ids cost a query each, but no memory. */
const mostCached = 100_000;

/** What is cached of one kind. */
class Shelf {
  readonly byId = new Map<string, Cached>();
  readonly idByName = new Map<string, string>();
  all: readonly Cached[] | undefined;
  /** Rises with every change, so that what was read before one isn't kept after it. */
  changes = 0;

  forgetAll(): void {
    this.changes += 1;
    this.byId.clear();
    this.idByName.clear();
    this.all = undefined;
  }

  forget(id: string, name: string | null): void {
    this.changes += 1;
    this.byId.delete(id);
    this.all = undefined;
    if (name === null) this.idByName.clear();
    else
      for (const [known, knownId] of this.idByName) if (knownId === id || known === name) this.idByName.delete(known);
  }

  keep(document: Cached, name: string | null): void {
    if (this.byId.size >= mostCached) return;
    this.byId.set(document.id, document);
    if (name !== null) this.idByName.set(name, document.id);
  }
}

export class Documents {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #shelves = new Map<string, Shelf>();
  readonly #listeners: ((kind: string) => unknown)[] = [];
  readonly #consequences = new Map<string, Consequence<unknown, unknown>>();
  #version: number | undefined;
  #following = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  #shelf(kind: string): Shelf {
    const known = this.#shelves.get(kind);
    if (known) return known;
    const shelf = new Shelf();
    this.#shelves.set(kind, shelf);
    return shelf;
  }

  /** The document of an id; from memory after the first time. */
  async get<B>({ kind }: Kind<B>, id: string): Promise<Document<B> | undefined> {
    const shelf = this.#shelf(kind);
    const known = shelf.byId.get(id);
    if (known) return known as Document<B>;
    const { changes } = shelf;
    const row = await rows.find(this.#database.queries, kind, id);
    return row && (this.#keep(shelf, row, changes) as Document<B>);
  }

  /** The document of a natural key; from memory after the first time. */
  async getByName<B>({ kind }: Kind<B>, name: string): Promise<Document<B> | undefined> {
    const shelf = this.#shelf(kind);
    const known = shelf.byId.get(shelf.idByName.get(name) ?? '');
    if (known) return known as Document<B>;
    const { changes } = shelf;
    const row = await rows.findByName(this.#database.queries, kind, name);
    return row && (this.#keep(shelf, row, changes) as Document<B>);
  }

  /** Every document of a kind, oldest first; from memory until one of them changes. */
  async list<B>({ kind }: Kind<B>): Promise<readonly Document<B>[]> {
    const shelf = this.#shelf(kind);
    if (shelf.all) return shelf.all as readonly Document<B>[];
    const { changes } = shelf;
    const all = Object.freeze((await rows.list(this.#database.queries, kind)).map(toDocument));
    if (changes === shelf.changes) shelf.all = all;
    return all as readonly Document<B>[];
  }

  #keep(shelf: Shelf, row: rows.DocumentRow, changes: number): Cached {
    const document = toDocument(row);
    // A change that came meanwhile may be newer than what was read.
    if (changes === shelf.changes) shelf.keep(document, row.name);
    return document;
  }

  /** Has something done with every change of a kind, and every deletion, from now on. */
  always<B, P>({ kind }: Kind<B>, consequence: Consequence<B, P>): void {
    this.#consequences.set(kind, consequence as Consequence<unknown, unknown>);
  }

  /** Makes a document; 'taken' when its id or its natural key belongs to another. */
  async create<B>(kind: Kind<B>, id: string, body: B): Promise<Document<B> | 'taken'> {
    const now = this.#now();
    const name = kind.nameOf(body);
    const row = { kind: kind.kind, id, name, body: JSON.stringify(body), created_at: now, updated_at: now };
    return this.#write(kind, async (queries) => {
      const complete = { ...row, version: await rows.nextVersion(queries) };
      return (await rows.insert(queries, complete)) ? complete : 'taken';
    }) as Promise<Document<B> | 'taken'>;
  }

  /** Changes a document, read and written in one transaction; undefined when there is none. */
  async update<B>(kind: Kind<B>, id: string, change: (body: B) => B): Promise<Document<B> | 'taken' | undefined> {
    const consequence = this.#consequences.get(kind.kind);
    const prepared = await consequence?.prepare();
    return this.#write(kind, async (queries) => {
      const version = await rows.nextVersion(queries);
      const before = await rows.find(queries, kind.kind, id);
      if (!before) return undefined;
      const body = change(JSON.parse(before.body as string) as B);
      const name = kind.nameOf(body);
      if (name !== before.name && name !== null && (await rows.findByName(queries, kind.kind, name))) return 'taken';
      const row = { ...before, name, body: JSON.stringify(body), version, updated_at: this.#now() };
      await rows.update(queries, row);
      await consequence?.apply(queries, { before: JSON.parse(before.body as string), after: body }, prepared);
      return row;
    });
  }

  /** Deletes a document; false when there is none. Its row stays, so that other nodes learn of it. */
  async remove<B>(kind: Kind<B>, id: string): Promise<boolean> {
    const consequence = this.#consequences.get(kind.kind);
    const prepared = await consequence?.prepare();
    const removed = await this.#database.transaction(async (queries) => {
      const version = await rows.nextVersion(queries);
      const before = consequence && (await rows.find(queries, kind.kind, id));
      const row = { kind: kind.kind, id, name: null, body: null, version, updated_at: this.#now() };
      const isRemoved = await rows.update(queries, row);
      if (before) {
        await consequence.apply(queries, { before: JSON.parse(before.body as string), after: undefined }, prepared);
      }
      return isRemoved;
    });
    await this.#forget(kind.kind, id, null);
    return removed;
  }

  async #write<B>(
    kind: Kind<B>,
    work: (queries: Queries) => Promise<rows.DocumentRow | 'taken' | undefined>,
  ): Promise<Document<B> | 'taken' | undefined> {
    const row = await this.#database.transaction(work);
    if (row === 'taken' || row === undefined) return row;
    await this.#forget(kind.kind, row.id, row.name);
    return toDocument(row) as Document<B>;
  }

  async #forget(kind: string, id: string, name: string | null): Promise<void> {
    this.#shelf(kind).forget(id, name);
    await this.#tell(kind);
  }

  async #tell(kind: string): Promise<void> {
    for (const listener of this.#listeners) await listener(kind);
  }

  /** Tells of every change, here or on another node. What a listener fails to do, it is told of again at the next turn. */
  onChange(listener: (kind: string) => unknown): void {
    this.#listeners.push(listener);
  }

  /** Forgets what other nodes have changed since the last time. */
  async refresh(): Promise<void> {
    const { queries } = this.#database;
    if (this.#version === undefined) {
      this.#version = await rows.currentVersion(queries);
      // What was read before may be older than the version from which changes are followed.
      for (const [kind, shelf] of this.#shelves) {
        shelf.forgetAll();
        await this.#tell(kind);
      }
      return;
    }
    for (const { kind, id, name, version } of await rows.changesSince(queries, this.#version)) {
      await this.#forget(kind, id, name);
      this.#version = version;
    }
  }

  /** Begins to follow the other nodes, which on SQLite are the commands of an operator. */
  async start(): Promise<void> {
    await this.refresh();
    this.#following = true;
    this.#pollLater();
  }

  /** One poll at a time, however long the database takes; what can't be read now is read at the next turn. */
  #pollLater(): void {
    const poll = async () => {
      await this.refresh().catch(() => undefined);
      if (this.#following) this.#pollLater();
    };
    this.#timer = setTimeout(poll, pollEveryMs).unref();
  }

  stop(): void {
    this.#following = false;
    clearTimeout(this.#timer);
  }
}
