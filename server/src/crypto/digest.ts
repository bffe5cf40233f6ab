// Owns digests and comparisons that take the same time whatever they find.
import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text in base64url: how secrets that are only compared are stored. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Compares two secrets in constant time, whatever their lengths. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}

/** The left half of a text's digest, by which an ID token names what came with it (OpenID Connect Core §3.1.3.6). */
export function leftHash(digest: 'sha256' | 'sha512', text: string): string {
  const whole = hash(digest, text, 'buffer');
  return whole.subarray(0, whole.length / 2).toString('base64url');
}
