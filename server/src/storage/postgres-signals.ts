// Owns how the nodes on one PostgreSQL wake each other: LISTEN on a connection of its own, which is made again when it is lost.
import { Client } from 'pg';

/** What a node calls out. A signal says that there is something to read; it may be lost, so nobody relies on it alone. */
export type Signal = 'warifu_revocations';

const againAfterMs = 1000;

export class PostgresSignals {
  readonly #url: string;
  readonly #listeners = new Map<Signal, () => void>();
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(url: string) {
    this.#url = url;
  }

  /** Calls `heard` for every signal from now on, and once after each time that some may have been missed. */
  listen(signal: Signal, heard: () => void): void {
    this.#listeners.set(signal, heard);
    if (!this.#client) this.#connect();
  }

  #connect(): void {
    const client = new Client({ connectionString: this.#url, application_name: 'warifu-signals', keepAlive: true });
    this.#client = client;
    const lost = () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      client.end().catch(() => undefined);
      if (!this.#isClosed) this.#timer = setTimeout(() => this.#connect(), againAfterMs).unref();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', ({ channel }) => this.#listeners.get(channel as Signal)?.());
    this.#begin(client).catch(lost);
  }

  async #begin(client: Client): Promise<void> {
    await client.connect();
    for (const [signal, heard] of this.#listeners) {
      await client.query(`listen ${signal}`);
      heard();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }
}
