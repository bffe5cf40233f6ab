// Owns which other origins may read an answer.

/** For what everybody may read: keys and metadata. */
export const corsPublic = { 'access-control-allow-origin': '*' } as const;

/**
 * The headers for a request from another origin that may read the answer. Cookies never count here: the endpoints that
 * answer other origins take tokens and codes.
 */
export function corsFor(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    vary: 'Origin',
    // What a script must read to prove the possession of its key (RFC 9449 §8, §9).
    'access-control-expose-headers': 'DPoP-Nonce, WWW-Authenticate',
  };
}

/** The answer to a preflight for an origin that may send requests. */
export function preflightFor(origin: string, methods: string): Record<string, string> {
  return {
    ...corsFor(origin),
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'Authorization, Content-Type, Auth0-Client, DPoP',
    'access-control-max-age': '86400',
  };
}
