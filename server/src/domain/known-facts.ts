// Owns the facts of the revocation feed in this node's memory: whether any of some came about after a position.
import { RevocationTable } from '@warifu/verify/revocation-table';
import { type Print, printsOf } from '#crypto/fingerprint';
import type { Fact, RevocationFeed } from './revocation-feed.ts';

const sweepEveryMs = 1000;

export class KnownFacts {
  /** The verifiers' own: a million facts in some forty megabytes. */
  readonly #table = new RevocationTable();
  readonly #now: () => number;
  #sweptAt = 0;
  #turn = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Reads all that is there, and whatever comes. */
  async follow(feed: RevocationFeed): Promise<void> {
    feed.subscribe(({ facts }) => this.#keep(facts));
    let position = 0;
    for (let complete = false; !complete; ) {
      const page = await feed.page(position);
      this.#keep(page.facts);
      ({ position, complete } = page);
    }
  }

  #keep(facts: readonly Fact[]): void {
    const now = this.#now();
    const prints = printsOf(facts.map(({ fingerprint }) => fingerprint).join(''));
    for (const [at, { position, expires_at }] of facts.entries()) {
      this.#table.add(prints[at] as Print, position, Math.ceil(expires_at / 1000), now / 1000);
    }
    // A part at a time, so that nobody waits for it.
    if (now - this.#sweptAt < sweepEveryMs) return;
    this.#sweptAt = now;
    this.#table.sweep(this.#turn++, now / 1000);
  }

  /** Whether one of these has come about after a position, as far as this node knows. */
  isAnyAfter(prints: readonly Print[], position: number): boolean {
    return prints.some((print) => this.#table.positionOf(print) > position);
  }
}
