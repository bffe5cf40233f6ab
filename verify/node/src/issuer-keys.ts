// Owns what is known of the issuer: its metadata and its keys, fetched when they are needed and seldom again.
import type { JsonObject } from './encoding.ts';
import { VerificationError } from './errors.ts';
import { algorithmNames, importKey, type VerificationKey } from './signature.ts';

export interface IssuerMetadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly revocation_feed_endpoint?: string;
  readonly revocation_stream_endpoint?: string;
}

/** A `kid` that nobody knows makes the keys be read again, but no more often than this. */
const againAfterMs = 10_000;
/** Keys that were taken away are forgotten within this time; what revokes one at once is the feed. */
const refreshAfterMs = 15 * 60_000;
const withinMs = 5000;
const longestAnswer = 1024 * 1024;

export interface KeySource {
  /** With a slash at its end, as the issuer writes itself. */
  readonly issuer: string;
  readonly fetch: typeof fetch;
  /** Milliseconds that never go back. */
  readonly clock: () => number;
  readonly algorithms: readonly string[];
}

export class IssuerKeys {
  readonly #source: KeySource;
  #metadata: Promise<IssuerMetadata> | undefined;
  #keys: ReadonlyMap<string, VerificationKey> = new Map();
  #reading: Promise<void> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(source: KeySource) {
    this.#source = source;
  }

  async #json(url: string): Promise<JsonObject> {
    const response = await this.#source.fetch(url, {
      signal: AbortSignal.timeout(withinMs),
      // Never followed: an answer that leads elsewhere isn't ok. Workers know no `error`.
      redirect: 'manual',
      headers: { accept: 'application/json' },
    });
    const text = await response.text();
    if (!response.ok || text.length > longestAnswer) throw new Error(`${url} answered ${response.status}.`);
    return JSON.parse(text) as JsonObject;
  }

  async #readMetadata(): Promise<IssuerMetadata> {
    const { issuer } = this.#source;
    const metadata = await this.#json(`${issuer}.well-known/openid-configuration`);
    // OpenID Connect Discovery §4.3: another's metadata would bring another's keys.
    if (metadata['issuer'] !== issuer) {
      throw new Error(`The metadata of ${issuer} is that of ${JSON.stringify(metadata['issuer'])}.`);
    }
    if (typeof metadata['jwks_uri'] !== 'string') throw new Error(`The metadata of ${issuer} has no jwks_uri.`);
    return metadata as unknown as IssuerMetadata;
  }

  /** Throws issuer_unreachable. */
  async metadata(): Promise<IssuerMetadata> {
    this.#metadata ??= this.#readMetadata();
    const reading = this.#metadata;
    try {
      return await reading;
    } catch (cause) {
      if (this.#metadata === reading) this.#metadata = undefined;
      throw this.#unreachable(cause);
    }
  }

  #unreachable(cause: unknown): VerificationError {
    const message = `The issuer ${this.#source.issuer} cannot be reached for its keys. Check the address, and the network.`;
    return new VerificationError('issuer_unreachable', message, { cause });
  }

  async #read(): Promise<void> {
    const { jwks_uri } = await this.metadata();
    const { keys } = (await this.#json(jwks_uri)) as { keys?: readonly JsonObject[] };
    if (!Array.isArray(keys)) throw new Error(`${jwks_uri} is no JWKS.`);
    const found = new Map<string, VerificationKey>();
    for (const jwk of keys) {
      const { kid, alg, use } = jwk;
      if (typeof kid !== 'string' || (use !== undefined && use !== 'sig')) continue;
      const names = typeof alg === 'string' ? [alg] : algorithmNames;
      const allowed = names.find((name) => this.#source.algorithms.includes(name));
      const key = allowed === undefined ? undefined : await importKey(jwk, allowed);
      if (key) found.set(kid, key);
    }
    this.#keys = found;
    this.#readAt = this.#source.clock();
  }

  /** Reads the keys again, once for all who ask meanwhile. Throws issuer_unreachable. */
  async read(): Promise<void> {
    this.#triedAt = this.#source.clock();
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    try {
      await this.#reading;
    } catch (cause) {
      throw cause instanceof VerificationError ? cause : this.#unreachable(cause);
    }
  }

  /** Reads them when they are old, without letting anybody wait; those that are known serve on while nobody answers. */
  #refresh(): void {
    const now = this.#source.clock();
    if (now - this.#readAt < refreshAfterMs || now - this.#triedAt < againAfterMs) return;
    this.read().catch(() => undefined);
  }

  /** The key of a name. Throws unknown_key, or issuer_unreachable when no keys are known at all. */
  async find(kid: string): Promise<VerificationKey> {
    const known = this.#keys.get(kid);
    if (known) {
      this.#refresh();
      return known;
    }
    if (this.#keys.size === 0) await this.read();
    else if (this.#source.clock() - this.#triedAt >= againAfterMs) await this.read().catch(() => undefined);
    else await this.#reading?.catch(() => undefined);
    const found = this.#keys.get(kid);
    if (found) return found;
    throw new VerificationError(
      'unknown_key',
      'The token is signed with a key that the issuer does not publish. Is it of another issuer?',
    );
  }
}
