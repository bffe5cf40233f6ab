// Owns the following of the revocation feed: the pages at the start, the stream from there, and how fresh all of it is.
import { EventStreamParser } from './event-stream.ts';
import type { Fingerprint, TokenPrints } from './fingerprints.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { type FeedNews, readNews, readPage } from './page.ts';
import { RevocationTable } from './revocation-table.ts';

export interface FeedOptions {
  readonly issuer: string;
  readonly keys: IssuerKeys;
  readonly fetch: typeof fetch;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
  /** Epoch seconds. */
  readonly now: () => number;
  readonly tolerance: number;
  readonly mode: 'stream' | 'poll';
  readonly pollIntervalMs: number;
  readonly credentials: { readonly clientId: string; readonly clientSecret: string } | undefined;
  readonly onEvent: (event: FeedEvent) => void;
  /** A stream that brings nothing for so long is cut: a heartbeat comes every second. */
  readonly silentAfterMs?: number;
}

/** What happens to the connection with the issuer, for a log. */
export type FeedEvent =
  | { readonly type: 'connected'; readonly position: number }
  | { readonly type: 'lost'; readonly error: unknown };

const firstPauseMs = 250;
const longestPauseMs = 10_000;
const silentAfterMs = 5000;
const answerWithinMs = 10_000;
const sweepEveryMs = 1000;
/** Where the issuer holds no more streams, pages are read for so long before a stream is tried again. */
const streamAgainMs = 30_000;

/** Where the issuer answers no stream, but may answer pages. */
class NoStream extends Error {}

function basic({ clientId, clientSecret }: NonNullable<FeedOptions['credentials']>): string {
  // RFC 6749 §2.3.1: each is encoded as in a form first.
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  return `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`;
}

export class RevocationFeed {
  readonly #options: FeedOptions;
  readonly #table = new RevocationTable();
  readonly #closed = new AbortController();
  readonly #ready: Promise<void>;
  // Set by the promise's own maker, before anything can call them.
  #resolveReady: () => void = () => undefined;
  #rejectReady: (error: Error) => void = () => undefined;
  #position = 0;
  /** Rises with every fact. */
  #version = 0;
  #freshAt = Number.NEGATIVE_INFINITY;
  #isStarted = false;
  #isConnected = false;
  #sweepTurn = 0;
  #sweptAt = 0;
  #refreshedAt = Number.NEGATIVE_INFINITY;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.#ready.catch(() => undefined);
  }

  get position(): number {
    return this.#position;
  }

  get version(): number {
    return this.#version;
  }

  get facts(): number {
    return this.#table.size;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Milliseconds since nothing was known to be missing; Infinity before the feed was read for the first time. */
  get staleness(): number {
    return this.#options.clock() - this.#freshAt;
  }

  /** Resolves when the feed was read once; rejects when it is closed before. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Where in the feed a fact last came about; 0 when it isn't there. */
  positionOf(print: Fingerprint): number {
    return this.#table.positionOf(print);
  }

  /** Whether a token was ended by anything that came about after it; by the end of its key at any time. */
  hasEnded({ position, prints, keyPrint }: TokenPrints): boolean {
    return prints.some((print) => this.positionOf(print) > position) || this.positionOf(keyPrint) > 0;
  }

  /** Begins to follow, if it doesn't yet, and goes on until it is closed. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    void this.#followOn();
  }

  async #followOn(): Promise<void> {
    let pause = firstPauseMs;
    while (!this.#closed.signal.aborted) {
      const before = this.#freshAt;
      try {
        await this.#follow();
      } catch (error) {
        if (!this.#closed.signal.aborted) this.#options.onEvent({ type: 'lost', error });
      }
      this.#isConnected = false;
      if (this.#freshAt > before) pause = firstPauseMs;
      await this.#rest(pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }

  close(): void {
    this.#closed.abort(new Error('The verifier is closed.'));
    this.#rejectReady(new Error('The verifier is closed.'));
  }

  #rest(ms: number): Promise<void> {
    if (this.#closed.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#closed.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#closed.signal.addEventListener('abort', done);
    });
  }

  async #follow(): Promise<void> {
    await this.#readPages(this.#closed.signal);
    if (this.#options.mode === 'poll') return this.#poll(Number.POSITIVE_INFINITY);
    try {
      await this.#stream();
    } catch (error) {
      if (!(error instanceof NoStream)) throw error;
      await this.#poll(this.#options.clock() + streamAgainMs);
    }
  }

  async #poll(until: number): Promise<void> {
    while (!this.#closed.signal.aborted && this.#options.clock() < until) {
      await this.#rest(this.#options.pollIntervalMs);
      if (!this.#closed.signal.aborted) await this.#readPages(this.#closed.signal);
    }
  }

  /**
   * Reads what is new, for a caller that cannot wait for the next turn: nothing goes on between requests on some
   * platforms. One caller within the interval does, and nobody waits for what another began, which may never end there.
   */
  async refresh(): Promise<void> {
    const now = this.#options.clock();
    if (now - this.#refreshedAt < this.#options.pollIntervalMs) return;
    this.#refreshedAt = now;
    await this.#readPages();
  }

  /** Reads what is new, page by page. On some platforms a signal is good for the request alone in which it was made. */
  async #readPages(until?: AbortSignal): Promise<void> {
    const { clock, keys, issuer, now, tolerance } = this.#options;
    const { revocation_feed_endpoint: endpoint = '' } = await keys.metadata();
    for (;;) {
      // What comes about after the question may be missing from the answer.
      const askedAt = clock();
      const after = this.#position;
      const text = await this.#text(`${endpoint}?after=${after}`, until);
      const page = await readPage(text, { keys, issuer, now: now(), tolerance, after });
      if (!page.complete && page.position <= after) throw new Error('The feed does not go on.');
      this.#keep(page);
      if (!page.complete) continue;
      this.#prove(askedAt);
      return;
    }
  }

  async #text(url: string, until: AbortSignal | undefined): Promise<string> {
    const late = AbortSignal.timeout(answerWithinMs);
    const response = await this.#ask(url, until ? AbortSignal.any([late, until]) : late);
    const text = await response.text();
    if (!response.ok) throw new Error(`The revocation feed answered ${response.status}: ${text.slice(0, 200)}`);
    return text;
  }

  #ask(url: string, signal: AbortSignal): Promise<Response> {
    const { credentials } = this.#options;
    return this.#options.fetch(url, {
      signal,
      // Never followed: an answer that leads elsewhere isn't ok. Workers know no `error`.
      redirect: 'manual',
      headers: {
        accept: 'application/revocations+jwt, text/event-stream',
        ...(credentials ? { authorization: basic(credentials) } : {}),
      },
    });
  }

  async #stream(): Promise<void> {
    const { revocation_stream_endpoint: endpoint } = await this.#options.keys.metadata();
    if (endpoint === undefined) throw new NoStream();
    const silence = new AbortController();
    const expire = () => silence.abort(new Error('The revocation stream is silent.'));
    let timer = setTimeout(expire, answerWithinMs);
    try {
      const response = await this.#ask(
        `${endpoint}?after=${this.#position}`,
        AbortSignal.any([silence.signal, this.#closed.signal]),
      );
      if (response.status === 503 || response.status === 404) throw new NoStream();
      if (!response.ok || !response.body) throw new Error(`The revocation stream answered ${response.status}.`);
      this.#isConnected = true;
      this.#options.onEvent({ type: 'connected', position: this.#position });
      const parser = new EventStreamParser();
      const decoder = new TextDecoder();
      for await (const piece of response.body) {
        clearTimeout(timer);
        timer = setTimeout(expire, this.#options.silentAfterMs ?? silentAfterMs);
        for (const { event, data } of parser.push(decoder.decode(piece, { stream: true }))) this.#hear(event, data);
      }
    } finally {
      clearTimeout(timer);
    }
    throw new Error('The issuer has ended the revocation stream.');
  }

  #hear(event: string, data: string): void {
    if (event !== 'revoked' && event !== 'heartbeat') return;
    const heardAt = this.#options.clock();
    const told = JSON.parse(data) as Record<string, unknown>;
    if (event === 'revoked') this.#keep(readNews(told));
    else if (typeof told['position'] === 'number' && told['position'] > this.#position) {
      throw new Error('The stream has passed over something.');
    } else this.#prove(heardAt);
  }

  #keep({ position, facts }: FeedNews): void {
    const now = this.#options.now();
    for (const { print, expires, position: at } of facts) this.#table.add(print, at, expires, now);
    if (facts.length > 0) this.#version += 1;
    this.#position = Math.max(this.#position, position);
    this.#sweep(now);
  }

  /** A little at a time, so that nobody waits for it. */
  #sweep(now: number): void {
    const clock = this.#options.clock();
    if (clock - this.#sweptAt < sweepEveryMs) return;
    this.#sweptAt = clock;
    this.#table.sweep(this.#sweepTurn, now);
    this.#sweepTurn += 1;
  }

  #prove(at: number): void {
    this.#freshAt = Math.max(this.#freshAt, at);
    this.#sweep(this.#options.now());
    this.#resolveReady();
  }
}
