// Owns the running of deliveries that wait in a table: a few at once, each taken by one node, for as long as it runs.

/** How many are under way at once, on one node. */
const concurrency = 20;
/** How soon something is delivered when nothing waits already. */
const pollEveryMs = 1000;

/** How long a claim lasts: longer than a request takes at most. Afterwards whoever took it has died, and another may. */
export const leaseMs = 30 * 1000;

const longestPauseMs = 3600 * 1000;

/** Ten seconds after the first attempt, then four times as long after each, an hour at most. */
export function backOffMs(attempts: number): number {
  return Math.min(10 * 1000 * 4 ** (attempts - 1), longestPauseMs);
}

export interface DeliveryWork<Row> {
  /** Takes what is due, at most so many. Of any number of callers one gets each. */
  readonly claim: (limit: number) => Promise<readonly Row[]>;
  /** Delivers one and settles it. What fails is due again when its lease is over. */
  readonly deliver: (row: Row) => Promise<void>;
}

/** One a process is enough; many on one database share the work. */
export class DeliveryRunner<Row> {
  readonly #work: DeliveryWork<Row>;
  readonly #onError: (error: unknown) => void;
  readonly #underWay = new Set<Promise<void>>();
  readonly #stop = Promise.withResolvers<void>();
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  /** `onError` is told of faults that are not a receiver's, such as a database that isn't there. */
  constructor(work: DeliveryWork<Row>, onError: (error: unknown) => void) {
    this.#work = work;
    this.#onError = onError;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const full = await this.#fill();
      // Whoever is slow keeps a place of twenty, not the others' turn.
      await Promise.race(full ? this.#underWay : [this.#pause(), this.#stop.promise]);
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(resolve, pollEveryMs);
    });
  }

  /** Begins as many deliveries as there are places. Whether all are taken, so that more may be due. */
  async #fill(): Promise<boolean> {
    const limit = concurrency - this.#underWay.size;
    if (limit === 0) return true;
    try {
      const claimed = await this.#work.claim(limit);
      for (const row of claimed) this.#begin(row);
      return claimed.length === limit;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  #begin(row: Row): void {
    const delivery = this.#work
      .deliver(row)
      .catch(this.#onError)
      .finally(() => this.#underWay.delete(delivery));
    this.#underWay.add(delivery);
  }

  /** Delivers everything that is due now, and resolves when that is done. */
  async deliver(): Promise<void> {
    while (await this.#fill()) await Promise.race(this.#underWay);
    await Promise.all(this.#underWay);
  }

  /** Begins nothing new, and resolves when what was begun is done: a few seconds at most. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stop.resolve();
    clearTimeout(this.#timer);
    await this.#running;
    await Promise.all(this.#underWay);
  }
}
