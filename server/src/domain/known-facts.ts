// Owns the facts of the revocation feed in this node's memory: whether any of some came about after a position.
import type { RevocationFeed } from './revocation-feed.ts';

interface KnownFact {
  readonly position: number;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const sweepEvery = 10_000;

export class KnownFacts {
  readonly #facts = new Map<string, KnownFact>();
  readonly #now: () => number;
  #sweepAt = sweepEvery;

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

  #keep(facts: Parameters<Parameters<RevocationFeed['subscribe']>[0]>[0]['facts']): void {
    for (const { fingerprint, position, expires_at } of facts) {
      const known = this.#facts.get(fingerprint);
      if (!known || known.position < position) this.#facts.set(fingerprint, { position, expiresAt: expires_at });
    }
    if (this.#facts.size < this.#sweepAt) return;
    const now = this.#now();
    for (const [fingerprint, { expiresAt }] of this.#facts) if (expiresAt <= now) this.#facts.delete(fingerprint);
    this.#sweepAt = this.#facts.size * 2 + sweepEvery;
  }

  /** Whether one of these has come about after a position, as far as this node knows. */
  isAnyAfter(fingerprints: readonly string[], position: number): boolean {
    return fingerprints.some((fingerprint) => (this.#facts.get(fingerprint)?.position ?? -1) > position);
  }
}
