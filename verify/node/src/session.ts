// Owns sessions for HTML applications: one opaque cookie, nothing stored, ended within a second by whatever ends the session.
import type { JsonObject } from './encoding.ts';
import { VerificationError } from './errors.ts';
import { type FeedEvent, RevocationFeed } from './feed.ts';
import { fingerprintOf } from './fingerprints.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { RevocationTable } from './revocation-table.ts';
import { SealedCookie } from './sealed-cookie.ts';
import {
  type Application,
  authorizationUrl,
  codeOf,
  newSignIn,
  openToken,
  type PendingSignIn,
  redeem,
  SignInFailed,
} from './sign-in.ts';
import { algorithmNames } from './signature.ts';
import { issuerOf } from './verifier.ts';

export interface SessionOptions {
  /** The issuer's address. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where people reach this application: `https://app.example.com`. */
  readonly baseUrl: string;
  /** What cookies are sealed with: 32 characters or more, the same at every server of the application. */
  readonly secret: string;
  /** Where the sign-in's own addresses begin; `/auth` unless told: `/auth/login`, `/auth/callback`, `/auth/logout`, `/auth/backchannel-logout`. */
  readonly path?: string;
  /** Unless told, `openid profile email`. */
  readonly scope?: string;
  /**
   * How long a session lasts before the issuer is asked again, in seconds: 8 hours unless told, a day at most, because the
   * feed forgets who was logged out longer ago. Who is signed in there still notices nothing.
   */
  readonly lifetime?: number;
  /** For how long sessions are believed after the feed was lost, in seconds; 30 unless told. */
  readonly maxStaleness?: number;
  readonly onFeedLoss?: 'refuse' | 'accept';
  readonly feed?: 'stream' | 'poll';
  readonly pollInterval?: number;
  readonly fetch?: typeof fetch;
  readonly onEvent?: (event: FeedEvent) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

export interface Session {
  readonly sid: string;
  /** What the ID token said of the person. */
  readonly user: JsonObject & { readonly sub: string };
  /** Epoch seconds. */
  readonly expiresAt: number;
}

export interface Sessions {
  /** Answers the sign-in's own addresses; undefined for every other request. */
  handle(request: Request): Promise<Response | undefined>;
  /** The session of a request; undefined when there is none, or none any more. Throws VerificationError (feed_stale). */
  read(request: { readonly headers: { get(name: string): string | null } }): Promise<Session | undefined>;
  /** The address at which a person signs in, and comes back to a path of this application. */
  loginUrl(returnTo?: string): string;
  /** Resolves when the issuer's keys and feed were read once. */
  ready(): Promise<void>;
  close(): void;
}

const longestLifetime = 86_400;
const signInWithinSec = 600;
const shortestSecret = 32;
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** What an ID token says of itself, and not of the person. */
const ofTheToken = ['iss', 'aud', 'azp', 'exp', 'iat', 'nonce', 'sid', 'at_hash', 'c_hash', 's_hash', 'auth_time'];

function personIn(claims: JsonObject): Session['user'] {
  const own = Object.entries(claims).filter(([name]) => !ofTheToken.includes(name));
  return Object.fromEntries(own) as Session['user'];
}

/** A path of this application, whatever was asked for: nobody is sent elsewhere. */
function pathWithin(origin: string, wanted: string | null): string {
  const url = wanted !== null && URL.canParse(wanted, origin) ? new URL(wanted, origin) : undefined;
  return url?.origin === origin ? `${url.pathname}${url.search}` : '/';
}

const page = (status: number, text: string, headers: Record<string, string> = {}) =>
  new Response(text, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
  });

function redirect(location: string, ...cookies: readonly string[]): Response {
  const response = new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
  for (const cookie of cookies) response.headers.append('set-cookie', cookie);
  return response;
}

class ApplicationSessions implements Sessions {
  readonly #application: Application;
  readonly #origin: string;
  readonly #path: string;
  readonly #lifetime: number;
  readonly #maxStalenessMs: number;
  readonly #onFeedLoss: 'refuse' | 'accept';
  readonly #pollIntervalMs: number;
  readonly #session: SealedCookie;
  readonly #pending: SealedCookie;
  readonly #keys: IssuerKeys;
  readonly #feed: RevocationFeed;
  readonly #fetch: typeof fetch;
  readonly #now: () => number;
  /** What back-channel log-out told this server. */
  readonly #told = new RevocationTable();
  #started: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    const { path = '/auth', scope = 'openid profile email', lifetime = 8 * 3600, maxStaleness = 30 } = options;
    const { onFeedLoss = 'refuse', now = Date.now, feed = 'stream', pollInterval = 1 } = options;
    checkOptions(options, lifetime);
    const { clientId, clientSecret, secret } = options;
    this.#origin = new URL(options.baseUrl).origin;
    const isSecure = this.#origin.startsWith('https:');
    this.#path = path;
    const callback = `${this.#origin}${path}/callback`;
    this.#application = { issuer: issuerOf(options.issuer), clientId, clientSecret, callback, scope };
    this.#lifetime = lifetime;
    this.#maxStalenessMs = maxStaleness * 1000;
    this.#onFeedLoss = onFeedLoss;
    this.#pollIntervalMs = feed === 'poll' ? pollInterval * 1000 : Number.POSITIVE_INFINITY;
    this.#session = new SealedCookie(secret, { name: 'session', isSecure });
    this.#pending = new SealedCookie(secret, { name: 'signin', isSecure });
    this.#fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
    this.#now = () => now() / 1000;
    const source = { issuer: this.#application.issuer, fetch: this.#fetch, clock: () => performance.now() };
    this.#keys = new IssuerKeys({ ...source, algorithms: algorithmNames });
    const { onEvent = () => undefined } = options;
    const following = {
      mode: feed,
      pollIntervalMs: pollInterval * 1000,
      credentials: { clientId, clientSecret },
      onEvent,
    };
    this.#feed = new RevocationFeed({ ...source, ...following, keys: this.#keys, now: this.#now, tolerance: 10 });
  }

  async ready(): Promise<void> {
    this.#started ??= this.#keys.read().then(() => {
      void this.#feed.start();
      return this.#feed.ready;
    });
    const starting = this.#started;
    await starting.catch((error: unknown) => {
      if (this.#started === starting) this.#started = undefined;
      throw error;
    });
  }

  loginUrl(returnTo = '/'): string {
    return `${this.#origin}${this.#path}/login?${new URLSearchParams({ returnTo: pathWithin(this.#origin, returnTo) })}`;
  }

  async handle(request: Request): Promise<Response | undefined> {
    const { pathname, searchParams } = new URL(request.url);
    const name = pathname.startsWith(`${this.#path}/`) ? pathname.slice(this.#path.length + 1) : '';
    if (name === 'login' && request.method === 'GET') return this.#login(searchParams.get('returnTo'));
    if (name === 'callback' && request.method === 'GET') return this.#callback(request, searchParams);
    if (name === 'logout' && request.method === 'POST') return this.#logout(request);
    if (name === 'backchannel-logout' && request.method === 'POST') return this.#backchannelLogout(request);
    return undefined;
  }

  async #endpoints(): Promise<{
    authorization_endpoint: string;
    token_endpoint: string;
    end_session_endpoint?: string;
  }> {
    return (await this.#keys.metadata()) as never;
  }

  async #login(returnTo: string | null): Promise<Response> {
    const pending = newSignIn(pathWithin(this.#origin, returnTo));
    const url = await authorizationUrl(this.#application, await this.#endpoints(), pending);
    return redirect(url, await this.#pending.write({ ...pending }, signInWithinSec));
  }

  async #callback(request: Request, answer: URLSearchParams): Promise<Response> {
    const pending = (await this.#pending.read(request.headers.get('cookie'))) as PendingSignIn | undefined;
    const done = this.#pending.clear();
    if (!pending)
      return page(400, 'This sign-in was begun in another browser, or too long ago. Begin again.', {
        'set-cookie': done,
      });
    try {
      const code = codeOf(answer, this.#application, pending);
      const { verifier, returnTo } = pending;
      const token = await redeem(this.#application, await this.#endpoints(), { code, verifier, fetch: this.#fetch });
      return redirect(new URL(returnTo, this.#origin).href, done, await this.#begin(token, pending.nonce));
    } catch (error) {
      if (!(error instanceof SignInFailed) && !(error instanceof VerificationError)) throw error;
      return page(400, `You could not be signed in. ${error.message}`, { 'set-cookie': done });
    }
  }

  /** Starts a session for the person of an ID token. */
  async #begin(token: string, nonce: string): Promise<string> {
    await this.ready();
    const { claims } = await openToken(token, this.#application, { keys: this.#keys, now: this.#now() });
    const { sid, sub } = claims;
    if (claims['nonce'] !== nonce || typeof sub !== 'string' || typeof sid !== 'string') {
      throw new SignInFailed('The ID token is not the answer to this sign-in.');
    }
    const expiresAt = Math.floor(this.#now() + this.#lifetime);
    const content = { sid, user: personIn(claims), expiresAt, position: this.#feed.position };
    return this.#session.write(content, this.#lifetime);
  }

  async read({ headers }: { readonly headers: { get(name: string): string | null } }): Promise<Session | undefined> {
    const content = await this.#session.read(headers.get('cookie'));
    if (!content) return undefined;
    const { sid, user, expiresAt, position } = content as unknown as Session & { readonly position: number };
    if (expiresAt <= this.#now()) return undefined;
    await this.ready();
    if (this.#feed.staleness > this.#pollIntervalMs) await this.#feed.refresh().catch(() => undefined);
    if (this.#feed.staleness > this.#maxStalenessMs && this.#onFeedLoss === 'refuse') {
      throw new VerificationError(
        'feed_stale',
        'The revocation feed was lost: whether the session goes on is not known.',
      );
    }
    const [session, application] = [
      await fingerprintOf(`session:${sid}`),
      await fingerprintOf(`client:${this.#application.clientId}`),
    ];
    const isEnded =
      this.#feed.positionOf(session) > 0 ||
      this.#told.positionOf(session) > 0 ||
      this.#feed.positionOf(application) > position;
    return isEnded ? undefined : { sid, user, expiresAt };
  }

  /** Ends the session here and at the issuer (OpenID Connect RP-Initiated Logout §2). Only a form of this application may. */
  async #logout(request: Request): Promise<Response> {
    const origin = request.headers.get('origin');
    if (origin !== null && origin !== this.#origin) return page(403, 'Log-out is asked for by another site.');
    const content = await this.#session.read(request.headers.get('cookie'));
    const { end_session_endpoint } = await this.#endpoints();
    const url = new URL(end_session_endpoint ?? this.#origin);
    if (end_session_endpoint !== undefined) {
      url.searchParams.set('client_id', this.#application.clientId);
      url.searchParams.set('post_logout_redirect_uri', `${this.#origin}/`);
      if (typeof content?.['sid'] === 'string') url.searchParams.set('logout_hint', content['sid']);
    }
    return redirect(url.href, this.#session.clear());
  }

  /** OpenID Connect Back-Channel Logout §2.6. */
  async #backchannelLogout(request: Request): Promise<Response> {
    try {
      const token = new URLSearchParams(await request.text()).get('logout_token') ?? '';
      const now = this.#now();
      const { header, claims } = await openToken(token, this.#application, { keys: this.#keys, now });
      const { sid, events, nonce, jti } = claims;
      const isLogout = typeof events === 'object' && events !== null && logoutEvent in events;
      const isTyped = header['typ'] === undefined || header['typ'] === 'logout+jwt' || header['typ'] === 'JWT';
      if (!isLogout || !isTyped || nonce !== undefined || typeof sid !== 'string' || typeof jti !== 'string') {
        throw new SignInFailed('This is no logout token.');
      }
      this.#told.add(await fingerprintOf(`session:${sid}`), 1, now + longestLifetime, now);
      return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      return Response.json(
        { error: 'invalid_request', error_description: reason },
        { status: 400, headers: { 'cache-control': 'no-store' } },
      );
    }
  }

  close(): void {
    this.#feed.close();
  }
}

function checkOptions({ secret, baseUrl }: SessionOptions, lifetime: number): void {
  if (secret.length < shortestSecret) throw new TypeError(`The secret must have ${shortestSecret} characters or more.`);
  if (!(lifetime > 0 && lifetime <= longestLifetime)) {
    throw new TypeError(`A session lasts ${longestLifetime} seconds at most before the issuer is asked again.`);
  }
  const { protocol, hostname } = new URL(baseUrl);
  if (protocol !== 'https:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)) {
    throw new TypeError('The application must be reached by https: cookies that come over plain http are anybody’s.');
  }
}

/**
 * Makes the sessions of an application. Any number of its servers with the same `secret` know the same ones.
 *
 *     const sessions = createSessions({ issuer, clientId, clientSecret, baseUrl: 'https://app.example.com', secret });
 *     const answer = await sessions.handle(request);
 *     const session = await sessions.read(request);
 *
 * Throws TypeError for options that make no sense.
 */
export function createSessions(options: SessionOptions): Sessions {
  return new ApplicationSessions(options);
}
