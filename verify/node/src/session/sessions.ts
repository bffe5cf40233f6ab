// Owns sessions for HTML applications: sealed cookies, nothing stored, ended within a second by whatever ends the session.
import type { JsonObject } from '../encoding.ts';
import { VerificationError } from '../errors.ts';
import { type Fingerprint, fingerprintOf } from '../fingerprints.ts';
import { FollowedIssuer } from '../followed-issuer.ts';
import { RevocationTable } from '../revocation-table.ts';
import { algorithmNames } from '../signature.ts';
import { type SessionToken, SessionTokens } from './access-tokens.ts';
import { endedSession } from './logout-token.ts';
import { checkSessionOptions, longestLifetime, type SessionOptions } from './options.ts';
import { type Refusal, redirect, refusalPage } from './pages.ts';
import { PendingSignIns } from './pending-sign-ins.ts';
import { type CookieBearer, SealedCookie } from './sealed-cookie.ts';
import {
  type Application,
  authorizationUrl,
  codeOf,
  type Endpoints,
  hintsIn,
  mayBeginAgain,
  newSignIn,
  openToken,
  type PendingSignIn,
  redeem,
  SignInFailed,
  type SignInHints,
  type TokenAnswer,
} from './sign-in.ts';

export type { SessionOptions, SessionToken, SignInHints };

export interface Session {
  readonly sid: string;
  /** What the ID token said of the person. */
  readonly user: JsonObject & { readonly sub: string };
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** A request with what the sign-in's own addresses need of it; the Web's `Request` is one. */
export interface SessionRequest {
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export interface Sessions {
  /** Answers the sign-in's own addresses; undefined for every other request. */
  handle(request: SessionRequest): Promise<Response | undefined>;
  /** The session of a request; undefined when there is none, or none any more. Throws VerificationError (feed_stale). */
  read(request: CookieBearer): Promise<Session | undefined>;
  /**
   * An access token for the API of `audience`; undefined when the person must sign in for one. It is renewed by the refresh
   * token when it ends, also before its time: then `cookies` are to be sent with the answer. Throws VerificationError.
   */
  accessToken(request: CookieBearer): Promise<SessionToken | undefined>;
  /** The address at which a person signs in, and comes back to a path of this application. */
  loginUrl(returnTo?: string, hints?: SignInHints): string;
  /** Resolves when the issuer's keys and feed were read once. Throws VerificationError when that cannot be. */
  ready(): Promise<void>;
  close(): void;
}

/** What a cookie says, and what the feed would end it by. */
interface KnownSession {
  readonly session: Session;
  /** Of the feed, when it began. */
  readonly position: number;
  readonly print: Fingerprint;
  readonly clientPrint: Fingerprint;
}

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

class ApplicationSessions implements Sessions {
  readonly #source: FollowedIssuer;
  readonly #application: Application;
  readonly #origin: string;
  readonly #path: string;
  readonly #lifetime: number;
  readonly #session: SealedCookie;
  readonly #tokenCookie: SealedCookie;
  readonly #tokens: SessionTokens | undefined;
  readonly #pending: PendingSignIns;
  readonly #known = new WeakMap<JsonObject, KnownSession>();
  /** What back-channel log-out told this server. */
  readonly #told = new RevocationTable();

  constructor(options: SessionOptions) {
    checkSessionOptions(options);
    const { path = '/auth', scope = 'openid profile email', lifetime = 8 * 3600, audience } = options;
    const { clientId, clientSecret } = options;
    const credentials = { clientId, clientSecret };
    this.#source = new FollowedIssuer(options, { algorithms: algorithmNames, tolerance: 10, credentials });
    this.#origin = new URL(options.baseUrl).origin;
    this.#path = path;
    this.#lifetime = lifetime;
    const callback = `${this.#origin}${path}/callback`;
    this.#application = { issuer: this.#source.issuer, ...credentials, callback, scope, audience };
    const cookies = { secrets: [options.secret].flat(), isSecure: this.#origin.startsWith('https:') };
    this.#pending = new PendingSignIns(cookies);
    const { cacheSize = 10_000 } = options;
    this.#session = new SealedCookie('session', { ...cookies, cacheSize });
    this.#tokenCookie = new SealedCookie('tokens', { ...cookies, cacheSize });
    if (audience === undefined) return;
    const renewing = { application: this.#application, source: this.#source, cookie: this.#tokenCookie };
    this.#tokens = new SessionTokens({ ...renewing, isShared: options.feed !== 'poll' });
  }

  ready(): Promise<void> {
    return this.#source.ready();
  }

  loginUrl(returnTo = '/', hints: SignInHints = {}): string {
    const parameters = new URLSearchParams({ ...hints, returnTo: pathWithin(this.#origin, returnTo) });
    return `${this.#origin}${this.#path}/login?${parameters}`;
  }

  async handle(request: SessionRequest): Promise<Response | undefined> {
    const answer = this.#handlerOf(request);
    try {
      return await answer?.(new URL(request.url).searchParams);
    } catch (error) {
      if (!(error instanceof VerificationError)) throw error;
      return this.#refuse(error.status === 503 ? 'unreachable' : 'failed', request, { reason: error.message });
    }
  }

  #handlerOf(request: SessionRequest): ((query: URLSearchParams) => Promise<Response>) | undefined {
    const { pathname } = new URL(request.url);
    const name = pathname.startsWith(`${this.#path}/`) ? pathname.slice(this.#path.length + 1) : '';
    const handlers: Readonly<Record<string, (query: URLSearchParams) => Promise<Response>>> = {
      'GET login': (query) => this.#login(request, query),
      'GET callback': (query) => this.#callback(request, query),
      'POST logout': () => this.#logout(request),
      'POST backchannel-logout': () => this.#backchannelLogout(request),
    };
    const key = `${request.method} ${name}`;
    return Object.hasOwn(handlers, key) ? handlers[key] : undefined;
  }

  #refuse(what: Parameters<typeof refusalPage>[0], request: SessionRequest, more: Partial<Refusal> = {}): Response {
    return refusalPage(what, request, { login: this.loginUrl(), ...more });
  }

  async #endpoints(): Promise<Endpoints> {
    return (await this.#source.keys.metadata()) as unknown as Endpoints;
  }

  async #login(request: SessionRequest, asked: URLSearchParams): Promise<Response> {
    const pending = newSignIn(pathWithin(this.#origin, asked.get('returnTo')), asked.has('again'));
    const hints = hintsIn(asked);
    const url = await authorizationUrl(this.#application, await this.#endpoints(), { pending, hints });
    return redirect(url, await this.#pending.begin(pending, request));
  }

  async #callback(request: SessionRequest, answer: URLSearchParams): Promise<Response> {
    const { pending, cookies } = await this.#pending.end(answer.get('state'), request);
    if (!pending) return this.#unexpected(request, answer);
    try {
      const begun = await this.#begin(await this.#redeem(answer, pending), pending.nonce);
      return redirect(new URL(pending.returnTo, this.#origin).href, [...cookies, ...begun]);
    } catch (error) {
      if (!(error instanceof SignInFailed)) throw error;
      return this.#refuse('failed', request, { reason: error.message, cookies });
    }
  }

  /** Whoever goes back to it, or took too long, is signed in with no further question; whose browser keeps no cookies is told. */
  async #unexpected(request: SessionRequest, answer: URLSearchParams): Promise<Response> {
    if (await this.read(request).catch(() => undefined)) return redirect(`${this.#origin}/`);
    if (mayBeginAgain(answer)) return redirect(`${this.loginUrl()}&again=1`);
    return this.#refuse('unknown', request);
  }

  async #redeem(answer: URLSearchParams, pending: PendingSignIn): Promise<TokenAnswer> {
    const code = codeOf(answer, this.#application, pending);
    const { verifier } = pending;
    return redeem(this.#application, await this.#endpoints(), { code, verifier, fetch: this.#source.fetch });
  }

  /** Starts a session for the person of an ID token. */
  async #begin(answer: TokenAnswer, nonce: string): Promise<string[]> {
    await this.ready();
    const { id_token = '' } = answer;
    const { keys, feed, now } = this.#source;
    const { claims } = await openToken(id_token, this.#application, { keys, now: now() });
    const { sid, sub } = claims;
    if (claims['nonce'] !== nonce || typeof sub !== 'string' || typeof sid !== 'string') {
      throw new SignInFailed('The ID token is not the answer to this sign-in.');
    }
    const expiresAt = Math.floor(now() + this.#lifetime);
    const content = { sid, user: personIn(claims), expiresAt, position: feed?.position ?? 0 };
    const session = await this.#session.write(content, this.#lifetime);
    return [...session, ...((await this.#tokens?.begin(sid, answer, this.#lifetime)) ?? [])];
  }

  async read(request: CookieBearer): Promise<Session | undefined> {
    const content = await this.#session.read(request);
    if (!content) return undefined;
    const known = this.#known.get(content) ?? (await this.#recognize(content));
    if (known.session.expiresAt <= this.#source.now()) return undefined;
    if (!this.#source.isReady) await this.ready();
    if (this.#source.isDue) await this.#source.refresh();
    this.#source.refuseStale();
    return this.#isEnded(known) ? undefined : known.session;
  }

  async #recognize(content: JsonObject): Promise<KnownSession> {
    const { position, ...session } = content as unknown as Session & { readonly position: number };
    const print = await fingerprintOf(`session:${session.sid}`);
    const clientPrint = await fingerprintOf(`client:${this.#application.clientId}`);
    const known = { session: Object.freeze(session), position, print, clientPrint };
    this.#known.set(content, known);
    return known;
  }

  #isEnded({ position, print, clientPrint }: KnownSession): boolean {
    const { feed } = this.#source;
    if (feed === undefined || feed.positionOf(print) > 0 || this.#told.positionOf(print) > 0) return true;
    return feed.positionOf(clientPrint) > position;
  }

  async accessToken(request: CookieBearer): Promise<SessionToken | undefined> {
    if (!this.#tokens) throw new TypeError('Tell createSessions the audience: the API that access tokens are for.');
    const session = await this.read(request);
    return session && this.#tokens.of(session, request);
  }

  /** Ends the session here and at the issuer (OpenID Connect RP-Initiated Logout §2). Only a form of this application may. */
  async #logout(request: SessionRequest): Promise<Response> {
    const origin = request.headers.get('origin');
    if (origin !== null && origin !== this.#origin) return this.#refuse('foreign', request);
    const content = await this.#session.read(request);
    const { end_session_endpoint } = await this.#endpoints();
    const url = new URL(end_session_endpoint ?? this.#origin);
    if (end_session_endpoint !== undefined) {
      url.searchParams.set('client_id', this.#application.clientId);
      url.searchParams.set('post_logout_redirect_uri', `${this.#origin}/`);
      if (typeof content?.['sid'] === 'string') url.searchParams.set('logout_hint', content['sid']);
    }
    return redirect(url.href, [...this.#session.clear(request), ...this.#tokenCookie.clear(request)]);
  }

  /** OpenID Connect Back-Channel Logout §2.5. */
  async #backchannelLogout(request: SessionRequest): Promise<Response> {
    const headers = { 'cache-control': 'no-store' };
    try {
      const token = new URLSearchParams(await request.text()).get('logout_token') ?? '';
      const sid = await endedSession(token, this.#application, this.#source);
      const now = this.#source.now();
      this.#told.add(await fingerprintOf(`session:${sid}`), 1, now + longestLifetime, now);
      return new Response(null, { status: 200, headers });
    } catch (error) {
      const error_description = error instanceof Error ? error.message : 'unknown';
      return Response.json({ error: 'invalid_request', error_description }, { status: 400, headers });
    }
  }

  close(): void {
    this.#source.close();
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
