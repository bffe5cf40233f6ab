// What a JSON Web Token is made of. It has three parts, each in base64url, joined by dots (RFC 7519, RFC 7515):
//
//   header . payload . signature

/** The bytes that a base64url text stands for. */
export function base64urlBytes(text) {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(base64), (character) => character.codePointAt(0));
}

const json = (part) => JSON.parse(new TextDecoder().decode(base64urlBytes(part)));

/** Reads a token. Reading proves nothing: whoever relies on a token must check its signature first. */
export function decode(token) {
  const parts = token.split('.');
  return { parts, header: json(parts[0]), payload: json(parts[1]), signature: base64urlBytes(parts[2]) };
}

/** The names of the claims that are new or different in the second of two decoded tokens. */
export function changedClaims(before, after) {
  return Object.keys(after.payload).filter(
    (name) => JSON.stringify(before.payload[name]) !== JSON.stringify(after.payload[name]),
  );
}

const algorithms = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  RS512: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
};

let jwks;

/**
 * Do the halves match? Checks the signature with the server's public key, as an API does it: fetch the published
 * keys once, find the one that the header names, check. Answers true, false, or undefined where there is no such key.
 *
 * A browser application need not do this, because it got its tokens straight from the server over TLS.
 * An API must, and must check issuer, audience and times as well; use a library for it.
 */
export async function signatureMatches(token) {
  const { parts, header, signature } = decode(token);
  const find = async () => (await jwks).keys.find(({ kid }) => kid === header.kid);
  const fetchKeys = () => fetch('/.well-known/jwks.json').then((response) => response.json());
  jwks ??= fetchKeys();
  let jwk = await find();
  if (!jwk) {
    // Perhaps the server has changed its keys since: look once more.
    jwks = fetchKeys();
    jwk = await find();
  }
  const algorithm = algorithms[header.alg];
  if (!jwk || !algorithm) return undefined;
  const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
  return crypto.subtle.verify(algorithm, key, signature, new TextEncoder().encode(`${parts[0]}.${parts[1]}`));
}
