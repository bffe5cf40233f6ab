// Owns the keeping of events: gathered in memory, written many at a time, in the order in which they happened.
import type { Context } from './context.ts';
import type { LogEvent } from './event-types.ts';
import { type DatedEvent, writeEvents } from './log-writing.ts';

/** How long an event waits for others to be written with. */
const gatherMs = 200;
/** How long the database is left alone after it refused. */
const retryMs = 1000;
/** So many that a write costs little each, so few that on SQLite nobody waits for it longer than a moment. */
const mostAtOnce = 256;
/** More than these don't wait: a database that is gone must not take the memory with it. */
const mostWaiting = 50_000;

type Needed = Pick<Context, 'database' | 'documents' | 'issuer' | 'now'>;

interface Waiting extends DatedEvent {
  /** Told when it is written, or couldn't be. */
  readonly settled?: PromiseWithResolvers<void>;
}

/**
 * Events of `add` cost their caller nothing. When the database doesn't take them they wait, and are tried again each
 * second; of those that find the place full, and of those that a crash finds waiting, none is left. Events of `keep`
 * are written before it resolves.
 */
export class LogBook {
  readonly #ctx: Needed;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Waiting[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  constructor(ctx: Needed, onFailure: (error: unknown) => void = () => undefined) {
    this.#ctx = ctx;
    this.#onFailure = onFailure;
  }

  /** Never throws. */
  add(event: LogEvent): void {
    if (this.#waiting.length >= mostWaiting) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push({ event, date: this.#ctx.now() });
    if (this.#waiting.length === mostAtOnce) void this.#begin();
    else this.#later(gatherMs);
  }

  /** Resolves when the event is written, with all that came before it. Throws what the database throws. */
  async keep(event: LogEvent): Promise<void> {
    if (this.#waiting.length >= mostWaiting) throw new Error('Too many events wait for the database.');
    const settled = Promise.withResolvers<void>();
    this.#waiting.push({ event, date: this.#ctx.now(), settled });
    void this.#begin();
    return settled.promise;
  }

  /** Resolves when all that happened until now is written, or couldn't be. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
    if (this.#waiting.length > 0) await this.#begin();
  }

  /** Writes what waits, and tells of what it couldn't write. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #later(ms: number): void {
    if (this.#timer || this.#writing) return;
    this.#timer = setTimeout(() => this.#begin(), ms).unref();
  }

  #begin(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      if (this.#waiting.length > 0) this.#later(retryMs);
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // What arrives within this turn of the event loop goes along, and requests get their turn between two writes.
      await new Promise(setImmediate);
      const batch = this.#waiting.slice(0, mostAtOnce);
      const lost = this.#lost;
      try {
        await writeEvents(this.#ctx, lost === 0 ? batch : [...batch, this.#notice(lost)]);
      } catch (error) {
        this.#fail(batch, error);
        return;
      }
      this.#lost -= lost;
      this.#waiting = this.#waiting.slice(batch.length);
      for (const { settled } of batch) settled?.resolve();
    }
  }

  #notice(lost: number): Waiting {
    const description = `${lost} events were not kept, because the database did not take them in time`;
    return { event: { type: 'log_events_lost', description }, date: this.#ctx.now() };
  }

  /** Who waits for an event is told that it isn't written; it is tried again with the others all the same. */
  #fail(batch: readonly Waiting[], error: unknown): void {
    for (const { settled } of batch) settled?.reject(error);
    this.#onFailure(error);
  }
}
