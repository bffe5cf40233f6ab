// Owns what sessions can be told when they are made, and which of it would not be safe.
import { type FollowOptions, isLoopback } from '../followed-issuer.ts';

export interface SessionOptions extends FollowOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where people reach this application: `https://app.example.com`. */
  readonly baseUrl: string;
  /**
   * What cookies are sealed with: 32 characters or more, the same at every server of the application. Of several the first
   * seals, and what the others have sealed is still read: put a new one first, and take the old one away a day later.
   */
  readonly secret: string | readonly string[];
  /** Where the sign-in's own addresses begin; `/auth` unless told: `/auth/login`, `/auth/callback`, `/auth/logout`, `/auth/backchannel-logout`. */
  readonly path?: string;
  /** Unless told, `openid profile email`. With `offline_access` access tokens are renewed without the person. */
  readonly scope?: string;
  /** The API that the application calls for people: sessions keep an access token for it. */
  readonly audience?: string;
  /**
   * How long a session lasts before the issuer is asked again, in seconds: 8 hours unless told, a day at most, because the
   * feed forgets who was logged out longer ago. Who is signed in there still notices nothing.
   */
  readonly lifetime?: number;
  readonly feed?: 'stream' | 'poll';
  /** How many sessions are remembered, which are read without being unsealed again; 10,000 unless told, 0 for none. */
  readonly cacheSize?: number;
}

/** By which time the feed may have forgotten who was logged out, in seconds. */
export const longestLifetime = 86_400;
const shortestSecret = 32;

/** Throws TypeError for options that would not be safe. */
export function checkSessionOptions({ secret, baseUrl, lifetime = longestLifetime, feed }: SessionOptions): void {
  const secrets = [secret].flat();
  if (secrets.length === 0 || secrets.some(({ length }) => length < shortestSecret)) {
    throw new TypeError(`The secret must have ${shortestSecret} characters or more.`);
  }
  if (!(lifetime > 0 && lifetime <= longestLifetime)) {
    throw new TypeError(`A session lasts ${longestLifetime} seconds at most before the issuer is asked again.`);
  }
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' && !isLoopback(url)) {
    throw new TypeError('The application must be reached by https: cookies that come over plain http are anybody’s.');
  }
  // Said without types, too.
  if ((feed as string | undefined) === 'off')
    throw new TypeError('Sessions without a feed would outlive every log-out.');
}
