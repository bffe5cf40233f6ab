// Owns the digests by which other systems hashed passwords: those that Node has, and two that it hasn't any more.
import { createHash, createHmac } from 'node:crypto';
import { md4 } from './md4.ts';
import { whirlpool } from './whirlpool.ts';

interface OwnDigest {
  readonly make: (data: Uint8Array) => Buffer;
  /** Bytes. */
  readonly length: number;
}

const own = new Map<string, OwnDigest>([
  ['md4', { make: md4, length: 16 }],
  ['whirlpool', { make: whirlpool, length: 64 }],
]);

/** How long each digest is, in bytes. */
export const digestLengths: Readonly<Record<string, number>> = {
  md4: 16,
  md5: 16,
  ripemd160: 20,
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  whirlpool: 64,
};

export function legacyDigest(name: string, data: Uint8Array): Buffer {
  const ours = own.get(name);
  return ours ? ours.make(data) : createHash(name).update(data).digest();
}

/** Both of our own digests work on blocks of this many bytes. */
const blockLength = 64;

/** RFC 2104 §2. */
export function legacyHmac(name: string, key: Uint8Array, data: Uint8Array): Buffer {
  const ours = own.get(name);
  if (!ours) return createHmac(name, key).update(data).digest();
  const padded = Buffer.alloc(blockLength);
  padded.set(key.length > blockLength ? ours.make(key) : key);
  const inner = ours.make(Buffer.concat([padded.map((byte) => byte ^ 0x36), data]));
  return ours.make(Buffer.concat([padded.map((byte) => byte ^ 0x5c), inner]));
}
