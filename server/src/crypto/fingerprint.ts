// Owns the fingerprints by which the revocation feed tells of tokens without telling whose they are.
import { hash } from 'node:crypto';

/** 96 bits, 16 characters: nobody finds a second text that has the same, and a million of them fit where they must. */
export function fingerprint(text: string): string {
  return hash('sha256', text, 'buffer').subarray(0, 12).toString('base64url');
}
