// Owns the names of the algorithms that this server signs with (RFC 7518 §3.1, RFC 8037 §3.1).

/** Those of the server's own keys, and HS256, whose key is shared with who reads the token. */
export const signingAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'HS256'] as const;

export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** Algorithms with a public half, which is published. */
export type KeyAlgorithm = Exclude<SigningAlgorithm, 'HS256'>;

export const keyAlgorithms: readonly KeyAlgorithm[] = signingAlgorithms.filter((name) => name !== 'HS256');

/** Whether two names mean one algorithm: EdDSA with the curve that is used here is Ed25519 (RFC 9864 §2.2). */
export function isSameAlgorithm(a: string, b: string): boolean {
  const canonical = (name: string) => (name === 'EdDSA' ? 'Ed25519' : name);
  return canonical(a) === canonical(b);
}
