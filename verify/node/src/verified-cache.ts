// Owns what was verified lately, tokens and sessions: as many as are wanted, the ones not seen for longest forgotten first.

/** Two generations instead of an order: a token that is seen moves to the younger, and the older goes as a whole. */
export class VerifiedCache<T> {
  readonly #most: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(most: number) {
    this.#most = Math.ceil(most / 2);
  }

  get(token: string): T | undefined {
    const found = this.#young.get(token);
    if (found !== undefined) return found;
    const older = this.#old.get(token);
    if (older !== undefined) this.set(token, older);
    return older;
  }

  set(token: string, value: T): void {
    if (this.#most === 0) return;
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(token, value);
  }

  delete(token: string): void {
    this.#young.delete(token);
    this.#old.delete(token);
  }
}
