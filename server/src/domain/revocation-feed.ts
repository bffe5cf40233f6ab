// Owns this node's view of the revocation feed: how far it has come, what is new, and that nothing is missing.
import { fingerprint } from '#crypto/fingerprint';
import { afterCommit } from '#storage/after-commit';
import type { Database, Queries } from '#storage/database';
import * as rows from '#storage/tables/revocations';
import type { TokenLifetimes } from './token-lifetimes.ts';

export type Fact = rows.Fact;

export interface FeedPage {
  /** How far the page goes: what comes after it is on the next one. */
  readonly position: number;
  readonly facts: readonly Fact[];
  /** Whether it goes as far as the feed itself does. */
  readonly complete: boolean;
}

/** Told after every look, also of nothing: it is the proof that nothing is missing. */
export type FeedListener = (news: FeedPage) => void;

/** A verifier takes a token for a while after its time, by how far clocks may differ: so long the fact is kept, too. */
const toleranceMs = 5 * 60_000;
const lookEveryMs = 250;
/** More than get the same place at once (see `storage/tables/revocations.ts`), so that no page is of one place alone. */
const mostInPage = 5000;

/** Writes a fact where no feed is followed, as a command does beside a server: the server finds it at its next look. */
export async function putFact(queries: Queries, text: string, expiresAt: number): Promise<void> {
  const kind = text.slice(0, text.indexOf(':'));
  await rows.put(queries, { fingerprint: fingerprint(text), kind, expires_at: expiresAt });
}

/**
 * Facts are written by the transactions of the acts that end tokens, and get their place in the order right after the
 * commit: so acts never wait for each other, and no act is without its fact. Who waits for the act waits for that, too:
 * what this node issues afterwards is after the fact. The other nodes are woken, and look four times a second anyway.
 */
export class RevocationFeed {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #lifetimes: Pick<TokenLifetimes, 'longestMs'>;
  readonly #listeners = new Set<FeedListener>();
  #position = 0;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isFollowing = false;
  #completeAt = Number.NEGATIVE_INFINITY;

  constructor(database: Database, now: () => number, lifetimes: Pick<TokenLifetimes, 'longestMs'>) {
    this.#database = database;
    this.#now = now;
    this.#lifetimes = lifetimes;
  }

  /** Milliseconds since nothing was known to be missing: many when the database doesn't answer. */
  get staleness(): number {
    return performance.now() - this.#completeAt;
  }

  /** How far the feed has come, as this node knows it: every fact up to here was there before the call. */
  get position(): number {
    return this.#position;
  }

  /**
   * Writes facts in a transaction, or, with queries outside one, by themselves. `expiresAt`, in epoch milliseconds, is when
   * no token can be alive any more that they concern.
   */
  async put(
    queries: Queries,
    texts: readonly string[],
    expiresAt = this.#now() + this.#lifetimes.longestMs,
  ): Promise<void> {
    for (const text of texts) await putFact(queries, text, expiresAt + toleranceMs);
    if (queries === this.#database.queries) await this.#settled();
    else afterCommit(queries, () => this.#settled());
  }

  /** A database that fails now is looked at again at the next turn: the fact is in it. */
  async #settled(): Promise<void> {
    await this.look().catch(() => undefined);
  }

  /** Gives the facts that wait their place, and reads what is new. Who calls meanwhile waits for a look of their own, together. */
  look(): Promise<void> {
    if (this.#next) return this.#next;
    const next = this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#running = this.#look();
        return this.#running;
      });
    this.#next = next;
    return next;
  }

  async #look(): Promise<void> {
    const askedAt = performance.now();
    const { queries, dialect } = this.#database;
    while (await rows.hasPending(queries)) {
      const isAll = await this.#database.transaction(async (transaction) => {
        await this.#database.signal(transaction, 'warifu_revocations');
        return rows.settle(transaction, this.#now(), dialect === 'postgres');
      });
      if (isAll) break;
    }
    await this.#read();
    this.#completeAt = askedAt;
  }

  async #read(): Promise<void> {
    for (;;) {
      const page = await this.page(this.#position);
      this.#position = page.position;
      for (const listener of this.#listeners) listener(page);
      if (page.complete) return;
    }
  }

  /** The facts after a position that still matter, oldest first: all of them, or the first of many. */
  async page(after: number): Promise<FeedPage> {
    const { queries } = this.#database;
    // Read first: a fact that comes in between is told twice, and none is passed over.
    const reached = Math.max(after, await rows.currentPosition(queries));
    if (reached === after) return { position: after, facts: [], complete: true };
    const found = await rows.listAfter(queries, { position: after, now: this.#now(), limit: mostInPage });
    if (found.length < mostInPage) return { position: reached, facts: found, complete: true };
    // The last position may go on beyond the page.
    const cut = found.at(-1)?.position as number;
    const facts = found.filter(({ position }) => position < cut);
    return { position: facts.at(-1)?.position as number, facts, complete: false };
  }

  /** Returns what ends it. */
  subscribe(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins to follow the other nodes, and whoever died between an act and its fact's place. */
  async start(): Promise<void> {
    this.#position = await rows.currentPosition(this.#database.queries);
    this.#isFollowing = true;
    await this.look();
    this.#database.onSignal('warifu_revocations', () => void this.#settled());
    this.#lookLater();
  }

  #lookLater(): void {
    const turn = async () => {
      await this.#settled();
      if (this.#isFollowing) this.#lookLater();
    };
    this.#timer = setTimeout(turn, lookEveryMs).unref();
  }

  async stop(): Promise<void> {
    this.#isFollowing = false;
    clearTimeout(this.#timer);
    await this.#running.catch(() => undefined);
  }
}
