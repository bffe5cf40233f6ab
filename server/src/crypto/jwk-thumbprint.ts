// Owns the name that a public key has by itself (RFC 7638).
import { hash, type KeyObject } from 'node:crypto';

const members: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/** SHA-256 of what makes the key, in base64url: the same however its JWK was written. */
export function jwkThumbprint(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>;
  const required = members[String(jwk['kty'])];
  if (!required) throw new RangeError(`A key of the kind ${jwk['kty']} has no thumbprint.`);
  return hash('sha256', JSON.stringify(Object.fromEntries(required.map((name) => [name, jwk[name]]))), 'base64url');
}
