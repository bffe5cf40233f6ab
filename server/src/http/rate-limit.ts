// Owns the counting of requests within a window of time, for those who call too often.

export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  /** Epoch seconds at which the window ends. */
  readonly reset: number;
  readonly exceeded: boolean;
}

/** Counts per key in windows of a minute that follow the clock. What is counted is this process's alone. */
export class RateLimit {
  readonly #limit: number;
  readonly #now: () => number;
  #window = 0;
  #counts = new Map<string, number>();

  constructor(perMinute: number, now: () => number) {
    this.#limit = perMinute;
    this.#now = now;
  }

  count(key: string): Allowance {
    const window = Math.floor(this.#now() / 60_000);
    if (window !== this.#window) {
      this.#window = window;
      this.#counts = new Map();
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    const remaining = Math.max(0, this.#limit - count);
    return { limit: this.#limit, remaining, reset: (window + 1) * 60, exceeded: count > this.#limit };
  }
}

/** As Auth0 tells it on every answer. */
export function rateLimitHeaders({ limit, remaining, reset }: Allowance): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
  };
}
