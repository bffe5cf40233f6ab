// Owns `createVerifier`: an access token is verified here, by the issuer's keys and its revocation feed, asking nobody.
import { checkClaims, checkExpiry, checkScope } from './claims.ts';
import { type DpopRequest, DpopVerifier } from './dpop.ts';
import type { JsonObject } from './encoding.ts';
import { VerificationError } from './errors.ts';
import { type FeedEvent, RevocationFeed } from './feed.ts';
import { type Fingerprint, fingerprintOf, partsOf, textsOf } from './fingerprints.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { algorithmNames } from './signature.ts';
import { checkHeader, checkSignature, readToken } from './token.ts';
import { VerifiedCache } from './verified-cache.ts';

export { VerificationError };

export interface VerifierOptions {
  /** The issuer's address: that of its pages. */
  readonly issuer: string;
  /** What tokens must be for: this API. Of several any will do. */
  readonly audience: string | readonly string[];
  /** The signature algorithms that are accepted; unless told, every asymmetric one that the issuer's keys are for. */
  readonly algorithms?: readonly string[];
  /** How far clocks may differ, in seconds; 5 unless told. */
  readonly clockTolerance?: number;
  /** How revocations are learned: pushed (`stream`), asked for (`poll`), or not at all (`off`). */
  readonly feed?: 'stream' | 'poll' | 'off';
  /** For how long tokens are accepted after the feed was lost, in seconds; 30 unless told. */
  readonly maxStaleness?: number;
  /** What happens after that time: tokens are refused (unless told), or accepted as if nothing could be revoked. */
  readonly onFeedLoss?: 'refuse' | 'accept';
  /** In seconds, for `feed: 'poll'`; 1 unless told. */
  readonly pollInterval?: number;
  /** How many verified tokens are remembered; 10,000 unless told, 0 for none. */
  readonly cacheSize?: number;
  /** What the feed is read with, where the issuer wants to know its readers. */
  readonly credentials?: { readonly clientId: string; readonly clientSecret: string };
  readonly fetch?: typeof fetch;
  /** Told of connections with the feed that are made and lost. */
  readonly onEvent?: (event: FeedEvent) => void;
  /** Epoch milliseconds; the system's clock unless told. */
  readonly now?: () => number;
}

export interface VerifyOptions {
  /** Scopes that the token must have, all of them. */
  readonly scopes?: readonly string[];
  /** Permissions that the token must have, all of them. */
  readonly permissions?: readonly string[];
  /** The request that the token came with, for tokens that are bound to a key. */
  readonly dpop?: DpopRequest;
  /** The scheme of the header Authorization; `Bearer` unless told. */
  readonly authorizationScheme?: string;
  /** SHA-256 of the client's certificate in base64url, for tokens that are bound to one (RFC 8705 §3.1). */
  readonly certificateThumbprint?: string;
}

/** What an access token says. */
export type AccessTokenClaims = JsonObject & {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly scope?: string;
  readonly permissions?: readonly string[];
};

export interface VerifierStatus {
  /** How far the feed was read. */
  readonly position: number;
  /** How many facts are remembered. */
  readonly facts: number;
  /** Milliseconds since nothing was known to be missing. */
  readonly staleness: number;
  readonly connected: boolean;
}

export interface Verifier {
  /** Gives what the token says. Throws VerificationError. */
  verify(token: string, options?: VerifyOptions): Promise<AccessTokenClaims>;
  /** Resolves when the keys and the feed were read once. Throws VerificationError when that cannot be. */
  ready(): Promise<void>;
  status(): VerifierStatus;
  /** Ends the connection with the issuer. */
  close(): void;
}

interface VerifiedToken {
  readonly claims: AccessTokenClaims;
  readonly exp: number;
  readonly position: number;
  readonly prints: readonly Fingerprint[];
  readonly keyPrint: Fingerprint;
  /** The feed's version at which it was last found alive. */
  checkedAt: number;
}

const readyWithinMs = 10_000;

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

const stale = (message: string) => new VerificationError('feed_stale', message);

class IssuerVerifier implements Verifier {
  readonly #options: Required<Pick<VerifierOptions, 'clockTolerance' | 'onFeedLoss' | 'maxStaleness'>>;
  readonly #issuer: string;
  readonly #audiences: readonly string[];
  readonly #algorithms: readonly string[];
  readonly #keys: IssuerKeys;
  readonly #feed: RevocationFeed | undefined;
  readonly #isPolled: boolean;
  readonly #pollIntervalMs: number;
  readonly #cache: VerifiedCache<VerifiedToken>;
  readonly #dpop = new DpopVerifier();
  readonly #now: () => number;
  #started: Promise<void> | undefined;
  #isReady = false;

  constructor(options: VerifierOptions) {
    const { clockTolerance = 5, onFeedLoss = 'refuse', maxStaleness = 30, feed = 'stream' } = options;
    const { pollInterval = 1, cacheSize = 10_000, now = Date.now, onEvent = () => undefined } = options;
    this.#options = { clockTolerance, onFeedLoss, maxStaleness };
    this.#issuer = issuerOf(options.issuer);
    this.#audiences = [options.audience].flat();
    if (this.#audiences.length === 0)
      throw new TypeError('createVerifier needs an audience: the identifier of this API.');
    this.#algorithms = algorithmsOf(options.algorithms);
    this.#now = now;
    this.#cache = new VerifiedCache(cacheSize);
    const source = {
      issuer: this.#issuer,
      fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
      clock: () => performance.now(),
    };
    this.#keys = new IssuerKeys({ ...source, algorithms: this.#algorithms });
    this.#isPolled = feed === 'poll';
    this.#pollIntervalMs = pollInterval * 1000;
    this.#feed =
      feed === 'off'
        ? undefined
        : new RevocationFeed({
            ...source,
            keys: this.#keys,
            now: () => this.#now() / 1000,
            tolerance: clockTolerance,
            mode: feed,
            pollIntervalMs: this.#pollIntervalMs,
            credentials: options.credentials,
            onEvent,
          });
  }

  /** Reads what must be known before the first token, and begins to follow the feed. */
  async #start(): Promise<void> {
    await this.#keys.read();
    const feed = this.#feed;
    if (feed) {
      const { revocation_feed_endpoint } = await this.#keys.metadata();
      if (revocation_feed_endpoint === undefined) {
        throw new VerificationError(
          'no_feed',
          `${this.#issuer} has no revocation feed. Say feed: 'off' to accept tokens until they expire, whatever happens.`,
        );
      }
      void feed.start();
      const late = AbortSignal.timeout(readyWithinMs);
      const isLate = new Promise<never>((_resolve, reject) => {
        late.addEventListener('abort', () => reject(stale('The revocation feed cannot be read.')));
      });
      await Promise.race([feed.ready, isLate]);
    }
    this.#isReady = true;
  }

  async ready(): Promise<void> {
    if (this.#isReady) return;
    this.#started ??= this.#start();
    const starting = this.#started;
    try {
      await starting;
    } catch (error) {
      // The next token tries again; the feed itself never stops trying.
      if (this.#started === starting) this.#started = undefined;
      throw error;
    }
  }

  async verify(token: string, options?: VerifyOptions): Promise<AccessTokenClaims> {
    const known = this.#cache.get(token);
    const verified = known ?? (await this.#verify(token));
    const now = this.#now() / 1000;
    if (known) checkExpiry(known.exp, now, this.#options.clockTolerance);
    if (this.#feed) await this.#refuseRevoked(this.#feed, verified);
    const { claims } = verified;
    if (claims['cnf'] !== undefined || options) await this.#checkUse(token, claims, options ?? {}, now);
    return claims;
  }

  async #verify(token: string): Promise<VerifiedToken> {
    const read = readToken(token);
    const { kid, isRfc9068 } = checkHeader(read.header, this.#algorithms);
    if (!this.#isReady) await this.ready();
    await checkSignature(read, await this.#keys.find(kid));
    const exp = checkClaims(read.claims, isRfc9068, {
      issuer: this.#issuer,
      audiences: this.#audiences,
      now: this.#now() / 1000,
      tolerance: this.#options.clockTolerance,
    });
    const claims = freeze(read.claims) as AccessTokenClaims;
    const verified = {
      claims,
      exp,
      position: partsOf(claims['jti']).position,
      prints: this.#feed ? await Promise.all(textsOf(claims).map(fingerprintOf)) : [],
      keyPrint: await fingerprintOf(`key:${kid}`),
      checkedAt: -1,
    };
    this.#cache.set(token, verified);
    return verified;
  }

  /** Throws feed_stale or revoked. */
  async #refuseRevoked(feed: RevocationFeed, token: VerifiedToken): Promise<void> {
    // Where nothing can be followed between requests, it is asked for when it is needed.
    if (this.#isPolled && feed.staleness > this.#pollIntervalMs) await feed.refresh().catch(() => undefined);
    if (feed.staleness > this.#options.maxStaleness * 1000 && this.#options.onFeedLoss === 'refuse') {
      throw stale(
        `The revocation feed was lost ${Math.round(feed.staleness / 1000)} seconds ago: whether the token is still good is not known.`,
      );
    }
    if (token.checkedAt === feed.version) return;
    const isEnded =
      token.prints.some((print) => feed.positionOf(print) > token.position) || feed.positionOf(token.keyPrint) > 0;
    if (isEnded) {
      throw new VerificationError(
        'revoked',
        'The token was taken back: its session ended, or its rights changed. Sign in again, or refresh it.',
      );
    }
    token.checkedAt = feed.version;
  }

  async #checkUse(token: string, claims: AccessTokenClaims, options: VerifyOptions, now: number): Promise<void> {
    const { cnf } = claims as { cnf?: { readonly jkt?: unknown; readonly 'x5t#S256'?: unknown } };
    const isDpop = (options.authorizationScheme ?? 'Bearer').toLowerCase() === 'dpop';
    const { jkt, 'x5t#S256': certificate } = cnf ?? {};
    if (typeof jkt === 'string') {
      if (!isDpop) {
        throw new VerificationError(
          'missing_proof',
          'The token is bound to a key: send it with the scheme DPoP, and a proof.',
        );
      }
      const request = options.dpop ?? { method: '', url: '', proof: undefined };
      await this.#dpop.check(request, { token, jkt, now, tolerance: this.#options.clockTolerance });
    } else if (isDpop) {
      throw new VerificationError('invalid_proof', 'The token is bound to no key: send it with the scheme Bearer.');
    }
    if (certificate !== undefined && certificate !== options.certificateThumbprint) {
      throw new VerificationError(
        'missing_certificate',
        'The token is bound to a client certificate, which was not shown.',
      );
    }
    if (cnf !== undefined && jkt === undefined && certificate === undefined) {
      throw new VerificationError('invalid_proof', 'The token is bound to something that is not known here.');
    }
    checkScope(claims, options);
  }

  status(): VerifierStatus {
    const { position = 0, facts = 0, staleness = 0, isConnected = false } = this.#feed ?? {};
    return { position, facts, staleness, connected: isConnected };
  }

  close(): void {
    this.#feed?.close();
  }
}

/** As the issuer writes itself: with a slash at its end. Throws TypeError. */
export function issuerOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.search !== '' || url.hash !== '' || url.username !== '') {
    throw new TypeError('createVerifier needs the address of the issuer, such as https://login.example.com/.');
  }
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !isLoopback) {
    throw new TypeError(`The issuer ${url.href} must be https: keys that come over plain http are anybody's.`);
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

function algorithmsOf(wanted: readonly string[] = algorithmNames): readonly string[] {
  const unknown = wanted.filter((name) => !algorithmNames.includes(name));
  if (unknown.length === 0) return wanted;
  throw new TypeError(`${unknown.join(', ')} cannot be verified here. There are ${algorithmNames.join(', ')}.`);
}

/**
 * Makes a verifier for an API. It reads the issuer's keys and follows its revocation feed by itself, from the first token
 * on, or from `ready()`; `close()` ends that.
 *
 *     const verifier = createVerifier({ issuer: 'https://login.example.com/', audience: 'https://api.example.com/' });
 *     const claims = await verifier.verify(token);
 *
 * Throws TypeError for options that make no sense.
 */
export function createVerifier(options: VerifierOptions): Verifier {
  return new IssuerVerifier(options);
}
