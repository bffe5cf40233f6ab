// Owns the moment at which a commit is safe: one shared fdatasync of the write-ahead log for all who wait.
import { close, fdatasync, openSync } from 'node:fs';

/**
 * SQLite commits with synchronous=NORMAL, which doesn't wait for the disk; whoever confirms a write waits here. A sync
 * covers every commit made before it started, so commits that arrive while one runs share the next. The event loop
 * never waits for the disk.
 */
export class GroupCommit {
  readonly #file: number;
  readonly #onFailure: (error: Error) => void;
  #committed = 0;
  #durable = 0;
  #running: { readonly upTo: number; readonly done: Promise<void> } | undefined;
  #next: Promise<void> | undefined;

  /** After a failed sync nothing may be confirmed ever again: what the disk holds is unknown. */
  constructor(path: string, onFailure: (error: Error) => void) {
    this.#file = openSync(path, 'r+');
    this.#onFailure = onFailure;
  }

  /** Tells of a commit. */
  committed(): void {
    this.#committed += 1;
  }

  flushed(): Promise<void> | undefined {
    if (this.#durable === this.#committed) return undefined;
    if (this.#next) return this.#next;
    if (!this.#running) return this.#start();
    if (this.#running.upTo === this.#committed) return this.#running.done;
    this.#next = this.#running.done.then(() => this.#start());
    return this.#next;
  }

  #start(): Promise<void> {
    const upTo = this.#committed;
    this.#next = undefined;
    const done = this.#sync().then(() => {
      this.#durable = upTo;
      if (this.#running?.done === done) this.#running = undefined;
    });
    this.#running = { upTo, done };
    return done;
  }

  /** Never settles after a failure, so that no answer that waits for it is sent. */
  #sync(): Promise<void> {
    return new Promise((resolve) => {
      fdatasync(this.#file, (error) => {
        if (error) this.#onFailure(error);
        else resolve();
      });
    });
  }

  async close(): Promise<void> {
    await this.flushed();
    await new Promise((resolve) => close(this.#file, resolve));
  }
}
