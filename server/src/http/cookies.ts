// Owns cookies: their names, their attributes, and the refusal of a name that comes twice.

export interface CookieJar {
  /** The value of a cookie; undefined when it is absent, or sent twice (a planted one may be either of the two). */
  read(header: string | undefined, name: CookieName): string | undefined;
  /** A Set-Cookie value. Lives for the given seconds, or until the browser closes. */
  write(name: CookieName, value: string, maxAgeSec?: number): string;
  /** A Set-Cookie value that removes the cookie. */
  clear(name: CookieName): string;
  /** The cookie's name as browsers know it. */
  fullName(name: CookieName): string;
}

export type CookieName = 'session' | 'browser' | 'session_state';

/**
 * Over https names have the prefix `__Host-`: no subdomain and no insecure page can plant such a cookie (RFC 6265bis
 * §4.1.3.2). On http, which only a loopback issuer may use, browsers would refuse it.
 */
export function createCookieJar(secure: boolean): CookieJar {
  const fullName = (name: CookieName) => `${secure ? '__Host-' : ''}warifu_${name}`;
  const hidden = `; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  // A script reads it, in a frame of other sites' pages.
  const readable = `; Path=/; SameSite=${secure ? 'None; Secure' : 'Lax'}`;
  const attributes = (name: CookieName) => (name === 'session_state' ? readable : hidden);
  return {
    fullName,
    read(header, name) {
      const wanted = `${fullName(name)}=`;
      const values = (header ?? '')
        .split(';')
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(wanted));
      const value = values[0]?.slice(wanted.length);
      return values.length === 1 && value !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(value) ? value : undefined;
    },
    write(name, value, maxAgeSec) {
      const age = maxAgeSec === undefined ? '' : `; Max-Age=${Math.floor(maxAgeSec)}`;
      return `${fullName(name)}=${value}${age}${attributes(name)}`;
    },
    clear(name) {
      return `${fullName(name)}=; Max-Age=0${attributes(name)}`;
    },
  };
}

/** The Set-Cookie values that take from a browser what it has of a session that ended. */
export function clearSession(cookies: CookieJar, header: string | undefined): string[] {
  const watched = cookies.read(header, 'session_state') !== undefined;
  return [cookies.clear('session'), ...(watched ? [cookies.clear('session_state')] : [])];
}
