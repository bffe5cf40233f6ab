// Owns randomness: every secret and id begins here.
import { randomBytes, randomFillSync, randomInt, randomUUID } from 'node:crypto';

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A secret of 256 bits, 43 characters of base64url. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

const idBytes = 16;
/** Asking for random bytes costs much the same for one id as for many. */
const supply = Buffer.alloc(256 * idBytes);
let used = supply.length;

/** An id of 128 bits, 22 characters of base64url. For what must stay secret there is `randomSecret`. */
export function randomId(): string {
  if (used === supply.length) {
    randomFillSync(supply);
    used = 0;
  }
  used += idBytes;
  return supply.toString('base64url', used - idBytes, used);
}

/** A whole number from 0 to less than a limit, each as likely as another. */
export function randomBelow(limit: number): number {
  return randomInt(limit);
}

/** Lower-case hexadecimal digits, two a byte. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/**
 * 24 hexadecimal digits, the first twelve of them the time: what was made later comes later, in lists as in indexes. They
 * may be guessed, so they are for ids alone.
 */
export function randomHexSince(now: number): string {
  return now.toString(16).padStart(12, '0') + randomHex(6);
}

/** RFC 9562, version 4: where a specification wants that form. */
export function randomUuid(): string {
  return randomUUID();
}

/** Letters and digits, each as likely as another: the form of Auth0's ids. */
export function randomAlphanumeric(length: number): string {
  return randomLetters(alphanumeric, length);
}

/** Letters of an alphabet, each as likely as another. */
export function randomLetters(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}
