// Owns the access tokens that a session calls APIs with: kept in cookies of the person's browser, and renewed when they end.
import { type TokenPrints, tokenPrints } from '../fingerprints.ts';
import type { FollowedIssuer } from '../followed-issuer.ts';
import { readToken } from '../token.ts';
import { VerifiedCache } from '../verified-cache.ts';
import type { CookieBearer, SealedCookie } from './sealed-cookie.ts';
import { type Application, type Endpoints, renew, SignInFailed, type TokenAnswer } from './sign-in.ts';

export interface SessionToken {
  /** The access token: send it as `Authorization: Bearer`. */
  readonly token: string;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** The answer's headers `Set-Cookie`: of a token that was renewed for this request. */
  readonly cookies: readonly string[];
}

/** What the cookie holds. */
interface Kept {
  readonly sid: string;
  readonly token: string;
  readonly expiresAt: number;
  readonly refreshToken?: string | undefined;
}

/** A token that ends so soon may have ended when it arrives. */
const renewBeforeSec = 10;
const mostRemembered = 1000;

interface Renewing {
  readonly application: Application;
  readonly source: FollowedIssuer;
  readonly cookie: SealedCookie;
  /** Whether requests may wait for what another began: not where nothing goes on between them. */
  readonly isShared: boolean;
}

export class SessionTokens {
  readonly #options: Renewing;
  readonly #prints = new VerifiedCache<TokenPrints | undefined>(mostRemembered);
  /** By the refresh token: who comes with it again, or at the same time, gets the same tokens. */
  readonly #renewed = new VerifiedCache<Promise<Kept>>(mostRemembered);

  constructor(options: Renewing) {
    this.#options = options;
  }

  #kept(
    { access_token: token, expires_in, refresh_token: refreshToken }: TokenAnswer,
    before: Pick<Kept, 'sid'>,
  ): Kept {
    const expiresAt = Math.floor(this.#options.source.now() + expires_in);
    return { ...before, token, expiresAt, ...(refreshToken === undefined ? {} : { refreshToken }) };
  }

  /** The headers that keep the tokens of a session that begins. */
  begin(sid: string, answer: TokenAnswer, lifetime: number): Promise<string[]> {
    return this.#options.cookie.write({ ...this.#kept(answer, { sid }) }, lifetime);
  }

  /** The token of a session; undefined when the person must sign in again for one. Throws issuer_unreachable. */
  async of(
    { sid, expiresAt: sessionEnd }: { readonly sid: string; readonly expiresAt: number },
    bearer: CookieBearer,
  ): Promise<SessionToken | undefined> {
    const kept = (await this.#options.cookie.read(bearer)) as Kept | undefined;
    if (kept?.sid !== sid) return undefined;
    if (await this.#isGood(kept)) return { token: kept.token, expiresAt: kept.expiresAt, cookies: [] };
    const renewed = kept.refreshToken === undefined ? undefined : await this.#renew(kept, kept.refreshToken);
    if (!renewed) return undefined;
    const { token, expiresAt } = renewed;
    const cookies = await this.#options.cookie.write({ ...renewed }, sessionEnd - this.#options.source.now());
    return { token, expiresAt, cookies };
  }

  /** Whether a token lives, and will for a moment: it may have been ended, by a role that was lost, say. */
  async #isGood({ token, expiresAt }: Kept): Promise<boolean> {
    const { source } = this.#options;
    if (expiresAt - renewBeforeSec <= source.now()) return false;
    const prints = this.#prints.get(token) ?? (await printsOf(token));
    this.#prints.set(token, prints);
    return prints === undefined || !source.feed?.hasEnded(prints);
  }

  async #renew(kept: Kept, refreshToken: string): Promise<Kept | undefined> {
    const before = this.#renewed.get(refreshToken);
    const known = await before?.catch(() => undefined);
    if (known && (await this.#isGood(known))) return known;
    // Somebody else may have begun meanwhile.
    const begun = this.#renewed.get(refreshToken);
    const asked = begun === undefined || begun === before ? this.#ask(kept, refreshToken) : begun;
    if (this.#options.isShared) this.#renewed.set(refreshToken, asked);
    try {
      return await asked;
    } catch (error) {
      if (error instanceof SignInFailed) return undefined;
      throw error;
    }
  }

  async #ask(kept: Kept, refreshToken: string): Promise<Kept> {
    const { application, source } = this.#options;
    const endpoints = (await source.keys.metadata()) as unknown as Endpoints;
    return this.#kept(await renew(application, endpoints, { refreshToken, fetch: source.fetch }), kept);
  }
}

/** What the feed would end a token by; undefined for one that only its API can read. */
async function printsOf(token: string): Promise<TokenPrints | undefined> {
  try {
    return await tokenPrints(readToken(token));
  } catch {
    return undefined;
  }
}
