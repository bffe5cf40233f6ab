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
const mostRefreshing = 16;

/** Where the issuer answers no stream, but may answer pages. */
class NoStream extends Error {}

function rest(ms: number, closed: AbortSignal): Promise<void> {
  if (closed.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      closed.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    closed.addEventListener('abort', done);
  });
}

function basic({ clientId, clientSecret }: NonNullable<FeedOptions['credentials']>): string {
  // RFC 6749 §2.3.1: each is encoded as in a form first.
  const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
  return `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`;
}

interface Resolvable {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** `Promise.withResolvers`, which Node 20 doesn't have. */
function resolvable(): Resolvable {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((...own) => {
    [resolve, reject] = own;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

export class RevocationFeed {
  readonly #options: FeedOptions;
  readonly #table = new RevocationTable();
  /** Made where the following begins: on some platforms they are good for the request alone in which they were made. */
  #following: { readonly closed: AbortController; readonly ready: Resolvable } | undefined;
  #isClosed = false;
  #position = 0;
  /** Rises with every fact. */
  #version = 0;
  #freshAt = Number.NEGATIVE_INFINITY;
  #isConnected = false;
  #sweepTurn = 0;
  #sweptAt = 0;
  #failedAt = Number.NEGATIVE_INFINITY;
  #refreshing = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
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

  /** Where in the feed a fact last came about; 0 when it isn't there. */
  positionOf(print: Fingerprint): number {
    return this.#table.positionOf(print);
  }

  /** Whether a token was ended by anything that came about after it; by the end of its key at any time. */
  hasEnded({ position, prints, keyPrint }: TokenPrints): boolean {
    return prints.some((print) => this.positionOf(print) > position) || this.positionOf(keyPrint) > 0;
  }

  /** Begins to follow, if it doesn't yet, and goes on until it is closed. Resolves when the feed was read once. */
  start(): Promise<void> {
    if (!this.#following) {
      this.#following = { closed: new AbortController(), ready: resolvable() };
      if (this.#isClosed) this.close();
      void this.#followOn(this.#following.closed.signal);
    }
    return this.#following.ready.promise;
  }

  async #followOn(closed: AbortSignal): Promise<void> {
    let pause = firstPauseMs;
    while (!this.#isClosed) {
      const before = this.#freshAt;
      try {
        await this.#follow(closed);
      } catch (error) {
        if (!this.#isClosed) this.#options.onEvent({ type: 'lost', error });
      }
      this.#isConnected = false;
      if (this.#freshAt > before) pause = firstPauseMs;
      await rest(pause * (0.5 + Math.random() / 2), closed);
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }

  close(): void {
    this.#isClosed = true;
    const reason = new Error('The verifier is closed.');
    this.#following?.closed.abort(reason);
    this.#following?.ready.reject(reason);
  }

  async #follow(closed: AbortSignal): Promise<void> {
    await this.#readPages(closed);
    this.#following?.ready.resolve();
    if (this.#options.mode === 'poll') return this.#poll(Number.POSITIVE_INFINITY, closed);
    try {
      await this.#stream(closed);
    } catch (error) {
      if (!(error instanceof NoStream)) throw error;
      await this.#poll(this.#options.clock() + streamAgainMs, closed);
    }
  }

  async #poll(until: number, closed: AbortSignal): Promise<void> {
    while (!this.#isClosed && this.#options.clock() < until) {
      // Somewhat sooner than it is due, so that nobody who asks has to wait for it.
      await rest(this.#options.pollIntervalMs * 0.75, closed);
      if (!this.#isClosed) await this.#readPages(closed);
    }
  }

  /**
   * Reads what is new, for a caller that relies upon it: on some platforms nothing goes on between requests, and nobody may
   * wait for what another's request began. After a failure nobody tries for a while; of very many at once some go on with
   * what is known.
   */
  async refresh(): Promise<void> {
    const { clock, pollIntervalMs } = this.#options;
    if (clock() - this.#failedAt < pollIntervalMs || this.#refreshing >= mostRefreshing) return;
    this.#refreshing += 1;
    try {
      await this.#readPages();
    } catch (error) {
      this.#failedAt = clock();
      throw error;
    } finally {
      this.#refreshing -= 1;
    }
  }

  /** Reads what is new, page by page. */
  async #readPages(closed?: AbortSignal): Promise<void> {
    const { clock, keys, issuer, now, tolerance } = this.#options;
    const { revocation_feed_endpoint: endpoint = '' } = await keys.metadata();
    for (;;) {
      // What comes about after the question may be missing from the answer.
      const askedAt = clock();
      const after = this.#position;
      const text = await this.#text(`${endpoint}?after=${after}`, closed);
      const page = await readPage(text, { keys, issuer, now: now(), tolerance, after });
      if (!page.complete && page.position <= after) throw new Error('The feed does not go on.');
      this.#keep(page);
      if (!page.complete) continue;
      this.#prove(askedAt);
      return;
    }
  }

  async #text(url: string, closed: AbortSignal | undefined): Promise<string> {
    const late = AbortSignal.timeout(answerWithinMs);
    const response = await this.#ask(url, closed ? AbortSignal.any([late, closed]) : late);
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

  async #stream(closed: AbortSignal): Promise<void> {
    const { revocation_stream_endpoint: endpoint } = await this.#options.keys.metadata();
    if (endpoint === undefined) throw new NoStream();
    const silence = new AbortController();
    const expire = () => silence.abort(new Error('The revocation stream is silent.'));
    let timer = setTimeout(expire, answerWithinMs);
    try {
      const response = await this.#ask(
        `${endpoint}?after=${this.#position}`,
        AbortSignal.any([silence.signal, closed]),
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
  }
}
