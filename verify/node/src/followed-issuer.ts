// Owns an issuer as verifiers and sessions know it: its keys, its feed, whether both were read once, and whether they are fresh.
import { VerificationError } from './errors.ts';
import { type FeedEvent, RevocationFeed } from './feed.ts';
import { IssuerKeys } from './issuer-keys.ts';

export interface FollowOptions {
  /** The issuer's address: that of its pages. */
  readonly issuer: string;
  /** How revocations are learned: pushed (`stream`), asked for (`poll`), or not at all (`off`). */
  readonly feed?: 'stream' | 'poll' | 'off';
  /** For how long tokens and sessions are accepted after the feed was lost, in seconds; 30 unless told. */
  readonly maxStaleness?: number;
  /** What happens after that time: they are refused (unless told), or accepted as if nothing could be revoked. */
  readonly onFeedLoss?: 'refuse' | 'accept';
  /** In seconds, for `feed: 'poll'`; 1 unless told. */
  readonly pollInterval?: number;
  readonly fetch?: typeof fetch;
  /** Told of connections with the feed that are made and lost. */
  readonly onEvent?: (event: FeedEvent) => void;
  /** Epoch milliseconds; the system's clock unless told. */
  readonly now?: () => number;
}

/** What is the same for all that follow one issuer in one way. */
interface Following {
  /** The signature algorithms that are accepted. */
  readonly algorithms: readonly string[];
  /** How far clocks may differ, in seconds. */
  readonly tolerance: number;
  /** What the feed is read with, where the issuer wants to know its readers. */
  readonly credentials: { readonly clientId: string; readonly clientSecret: string } | undefined;
}

const readyWithinMs = 10_000;

const stale = (message: string, cause?: unknown) => new VerificationError('feed_stale', message, { cause });
const unread = (cause: unknown) => stale('The revocation feed cannot be read.', cause);

export class FollowedIssuer {
  /** As the issuer writes itself. */
  readonly issuer: string;
  readonly keys: IssuerKeys;
  readonly feed: RevocationFeed | undefined;
  readonly fetch: typeof fetch;
  /** Epoch seconds. */
  readonly now: () => number;
  readonly #isPolled: boolean;
  readonly #pollIntervalMs: number;
  readonly #mostStaleMs: number;
  #started: Promise<void> | undefined;
  #isReady = false;

  constructor(options: FollowOptions, { algorithms, tolerance, credentials }: Following) {
    const { feed: mode = 'stream', maxStaleness = 30, onFeedLoss = 'refuse', pollInterval = 1 } = options;
    const { now = Date.now, onEvent = () => undefined } = options;
    this.issuer = issuerOf(options.issuer);
    this.fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.now = () => now() / 1000;
    this.#isPolled = mode === 'poll';
    this.#pollIntervalMs = pollInterval * 1000;
    this.#mostStaleMs = onFeedLoss === 'refuse' ? maxStaleness * 1000 : Number.POSITIVE_INFINITY;
    const source = { issuer: this.issuer, fetch: this.fetch, clock: () => performance.now() };
    this.keys = new IssuerKeys({ ...source, algorithms });
    if (mode === 'off') return;
    const { keys } = this;
    const following = { mode, pollIntervalMs: this.#pollIntervalMs, tolerance, credentials, onEvent };
    this.feed = new RevocationFeed({ ...source, ...following, keys, now: this.now });
  }

  /** Reads what must be known before anything else, and begins to follow the feed. */
  async #start(): Promise<void> {
    await this.keys.read();
    const { feed } = this;
    if (feed) {
      const { revocation_feed_endpoint } = await this.keys.metadata();
      if (revocation_feed_endpoint === undefined) {
        throw new VerificationError(
          'no_feed',
          `${this.issuer} has no revocation feed. Say feed: 'off' to accept tokens until they expire, whatever happens.`,
        );
      }
      const isRead = feed.start();
      await (this.#isPolled ? readOnce(feed) : withinTime(isRead));
    }
    this.#isReady = true;
  }

  /** Whether keys and feed were read once. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Resolves when keys and feed were read once. Throws VerificationError when that cannot be. */
  async ready(): Promise<void> {
    if (this.#isReady) return;
    this.#started ??= this.#start();
    const starting = this.#started;
    try {
      await starting;
    } catch (error) {
      // The next who asks tries again; the feed itself never stops trying.
      if (this.#started === starting) this.#started = undefined;
      throw error;
    }
  }

  /** Whether the feed is to be asked before it is relied upon: where nothing can be followed between requests. */
  get isDue(): boolean {
    return this.#isPolled && this.feed !== undefined && this.feed.staleness > this.#pollIntervalMs;
  }

  async refresh(): Promise<void> {
    await this.feed?.refresh().catch(() => undefined);
  }

  /** Throws feed_stale when the feed was lost for too long. */
  refuseStale(): void {
    const { staleness = 0 } = this.feed ?? {};
    if (staleness <= this.#mostStaleMs) return;
    throw stale(
      `The revocation feed was lost ${Math.round(staleness / 1000)} seconds ago: whether this is still good is not known.`,
    );
  }

  close(): void {
    this.feed?.close();
  }
}

/** Where nothing goes on between requests, whoever needs it reads it. */
async function readOnce(feed: RevocationFeed): Promise<void> {
  await feed.refresh().catch((cause) => Promise.reject(unread(cause)));
  if (feed.staleness === Number.POSITIVE_INFINITY) throw unread(undefined);
}

async function withinTime(ready: Promise<void>): Promise<void> {
  const late = AbortSignal.timeout(readyWithinMs);
  const isLate = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () => reject(unread(late.reason)));
  });
  await Promise.race([ready, isLate]);
}

/** As the issuer writes itself: with a slash at its end. Throws TypeError. */
function issuerOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.search !== '' || url.hash !== '' || url.username !== '') {
    throw new TypeError('The issuer must be told by its address, such as https://login.example.com/.');
  }
  if (url.protocol !== 'https:' && !isLoopback(url)) {
    throw new TypeError(`The issuer ${url.href} must be https: keys that come over plain http are anybody's.`);
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

/** Whether an address is of this machine alone, where plain http is nobody else's. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
