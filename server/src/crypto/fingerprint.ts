// Owns the fingerprints by which the revocation feed tells of tokens without telling whose they are.
import { hash } from 'node:crypto';

const bytes = 12;

/** 96 bits, 16 characters: nobody finds a second text that has the same, and a million of them fit where they must. */
export function fingerprint(text: string): string {
  return hash('sha256', text, 'buffer').subarray(0, bytes).toString('base64url');
}

/** The first 64 bits of a fingerprint, as two numbers: so a fact is looked up in memory. */
export type Print = readonly [number, number];

/** Of a fingerprint, or of several that are written one after the other. */
export function printsOf(fingerprints: string): readonly Print[] {
  const all = Buffer.from(fingerprints, 'base64url');
  const prints: Print[] = [];
  for (let at = 0; at < all.length; at += bytes) prints.push([all.readUInt32BE(at), all.readUInt32BE(at + 4)]);
  return prints;
}
