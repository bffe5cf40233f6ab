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
