// Owns which addresses an application may be sent back to.

declare const verified: unique symbol;

/** A redirect URI that was compared with the application's registered ones. Only such an address is redirected to. */
export type VerifiedRedirectUri = string & { readonly [verified]: true };

const dangerousSchemes = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:', 'view-source:']);
// Printable ASCII without space, quotes, angle brackets and backslash: what RFC 3986 leaves of a URI.
const uriCharacters = /^[\x21\x23-\x3B\x3D\x3F-\x5B\x5D\x5F\x61-\x7A\x7E]+$/;
const loopbackLiteral = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?(\/.*|\?.*)?$/;
const loopback = /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?(?:[/?].*)?$/;
const wildcard = /^https:\/\/\*\.((?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d{1,5})?(?:[/?].*)?)$/;
// A host is written into headers of ours; and a star is no host, but a pattern for hosts.
const webHost = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * What is wrong with an address as a redirect URI, or undefined when nothing is: it must be absolute, without fragment
 * (RFC 6749 §3.1.2), without credentials, and of a scheme that runs nothing in the browser.
 */
export function redirectUriFault(uri: string): string | undefined {
  if (uri.length > 2048) return 'is longer than 2,048 characters';
  if (!uriCharacters.test(uri)) return 'has characters that a URI cannot have';
  if (!URL.canParse(uri)) return 'is not an absolute URI';
  const url = new URL(uri);
  if (uri.includes('#')) return 'has a fragment';
  if (url.username !== '' || url.password !== '') return 'has a user name or password';
  if (dangerousSchemes.has(url.protocol)) return `has the scheme ${url.protocol}`;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (!uri.toLowerCase().startsWith(`${url.protocol}//`)) return 'lacks // after its scheme';
  return webHost.test(url.hostname) ? undefined : 'has characters in its host that no host name has';
}

/** Whether an address is of the very machine that it is used on: there is nobody between who could read along. */
export function isOnLoopback(uri: string): boolean {
  return loopback.test(uri);
}

/** RFC 8252 §7.3: a native application's port may vary, on a literal loopback address and nowhere else. */
function matchesLoopback(registered: string, requested: string): boolean {
  const want = loopbackLiteral.exec(registered);
  const got = loopbackLiteral.exec(requested);
  if (!want || !got) return false;
  const port = got[2];
  if (port !== undefined && (Number(port) > 65535 || Number(port) === 0)) return false;
  return want[1] === got[1] && (want[3] ?? '') === (got[3] ?? '');
}

/** Auth0's `https://*.example.com/…`: the star stands for one label, and never for a top-level domain. */
function matchesWildcard(registered: string, requested: string): boolean {
  const pattern = wildcard.exec(registered);
  if (!pattern) return false;
  const rest = `.${pattern[1]}`;
  if (!requested.startsWith('https://') || !requested.endsWith(rest)) return false;
  return label.test(requested.slice('https://'.length, requested.length - rest.length));
}

/**
 * Compares a requested redirect URI with the registered ones, character by character (RFC 9700 §2.1, §4.1.3), but for
 * the port of a native application's loopback address and Auth0's one-label wildcard.
 */
export function verifyRedirectUri(
  requested: string,
  client: { readonly callbacks: readonly string[]; readonly app_type?: string | undefined },
): VerifiedRedirectUri | undefined {
  if (redirectUriFault(requested) !== undefined) return undefined;
  const native = client.app_type === 'native';
  const matches = client.callbacks.some(
    (registered) =>
      registered === requested ||
      (native && matchesLoopback(registered, requested)) ||
      matchesWildcard(registered, requested),
  );
  return matches ? (requested as VerifiedRedirectUri) : undefined;
}

/** Whether an address is among the registered ones, character by character. Used where people are sent after log-out. */
export function isRegisteredUri(requested: string, registered: readonly string[]): boolean {
  if (redirectUriFault(requested) !== undefined) return false;
  return registered.some((uri) => uri === requested || matchesWildcard(uri, requested));
}

/** The origin of an http(s) address; undefined for other schemes, which have none. */
export function originOf(uri: string): string | undefined {
  const origin = new URL(uri).origin;
  return origin === 'null' ? undefined : origin;
}

/** Whether a response may be posted to the window at a redirect URI: its origin must be registered. */
export function allowsMessage(
  redirectUri: VerifiedRedirectUri,
  client: { readonly web_origins: readonly string[] },
): boolean {
  const origin = originOf(redirectUri);
  return origin !== undefined && client.web_origins.includes(origin);
}
