// Owns `createVerifier`: an access token is verified here, by the issuer's keys and its revocation feed, asking nobody.
import { checkClaims, checkExpiry, checkScope } from './claims.ts';
import { type DpopRequest, DpopVerifier } from './dpop.ts';
import { freeze, type JsonObject } from './encoding.ts';
import { VerificationError } from './errors.ts';
import type { RevocationFeed } from './feed.ts';
import { noPrints, type TokenPrints, tokenPrints } from './fingerprints.ts';
import { FollowedIssuer, type FollowOptions } from './followed-issuer.ts';
import { algorithmNames } from './signature.ts';
import { checkHeader, checkSignature, readToken } from './token.ts';
import { VerifiedCache } from './verified-cache.ts';

export { VerificationError };

export interface VerifierOptions extends FollowOptions {
  /** What tokens must be for: this API. Of several any will do. */
  readonly audience: string | readonly string[];
  /** The signature algorithms that are accepted; unless told, every asymmetric one that the issuer's keys are for. */
  readonly algorithms?: readonly string[];
  /** How far clocks may differ, in seconds; 5 unless told. */
  readonly clockTolerance?: number;
  /** How many verified tokens are remembered; 10,000 unless told, 0 for none. */
  readonly cacheSize?: number;
  /** What the feed is read with, where the issuer wants to know its readers. */
  readonly credentials?: { readonly clientId: string; readonly clientSecret: string };
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

interface VerifiedToken extends TokenPrints {
  readonly claims: AccessTokenClaims;
  readonly exp: number;
  /** The feed's version at which it was last found alive. */
  checkedAt: number;
}

class IssuerVerifier implements Verifier {
  readonly #source: FollowedIssuer;
  readonly #clockTolerance: number;
  readonly #audiences: readonly string[];
  readonly #algorithms: readonly string[];
  readonly #cache: VerifiedCache<VerifiedToken>;
  readonly #dpop = new DpopVerifier();

  constructor(options: VerifierOptions) {
    const { clockTolerance = 5, cacheSize = 10_000, credentials } = options;
    this.#clockTolerance = clockTolerance;
    this.#audiences = [options.audience].flat();
    if (this.#audiences.length === 0)
      throw new TypeError('createVerifier needs an audience: the identifier of this API.');
    this.#algorithms = algorithmsOf(options.algorithms);
    this.#cache = new VerifiedCache(cacheSize);
    const following = { algorithms: this.#algorithms, tolerance: clockTolerance, credentials };
    this.#source = new FollowedIssuer(options, following);
  }

  ready(): Promise<void> {
    return this.#source.ready();
  }

  async verify(token: string, options?: VerifyOptions): Promise<AccessTokenClaims> {
    const known = this.#cache.get(token);
    const verified = known ?? (await this.#verify(token));
    const now = this.#source.now();
    if (known) checkExpiry(known.exp, now, this.#clockTolerance);
    if (this.#source.feed) await this.#refuseRevoked(this.#source.feed, verified);
    const { claims } = verified;
    if (claims['cnf'] !== undefined || options) await this.#checkUse(token, claims, options ?? {}, now);
    return claims;
  }

  async #verify(token: string): Promise<VerifiedToken> {
    const read = readToken(token);
    const { kid, isRfc9068 } = checkHeader(read.header, this.#algorithms);
    if (!this.#source.isReady) await this.ready();
    await checkSignature(read, await this.#source.keys.find(kid));
    const exp = checkClaims(read.claims, isRfc9068, {
      issuer: this.#source.issuer,
      audiences: this.#audiences,
      now: this.#source.now(),
      tolerance: this.#clockTolerance,
    });
    const claims = freeze(read.claims) as AccessTokenClaims;
    const prints = this.#source.feed ? await tokenPrints(read) : noPrints;
    const verified = { claims, exp, ...prints, checkedAt: -1 };
    this.#cache.set(token, verified);
    return verified;
  }

  /** Throws feed_stale or revoked. */
  async #refuseRevoked(feed: RevocationFeed, token: VerifiedToken): Promise<void> {
    if (this.#source.isDue) await this.#source.refresh();
    this.#source.refuseStale();
    if (token.checkedAt === feed.version) return;
    if (feed.hasEnded(token)) {
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
      await this.#dpop.check(request, { token, jkt, now, tolerance: this.#clockTolerance });
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
    const { position = 0, facts = 0, staleness = 0, isConnected = false } = this.#source.feed ?? {};
    return { position, facts, staleness, connected: isConnected };
  }

  close(): void {
    this.#source.close();
  }
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
