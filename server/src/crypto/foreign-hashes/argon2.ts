// Owns Argon2 (RFC 9106) in its three kinds, as a PHC string: $argon2id$v=19$m=65536,t=3,p=4$salt$hash.
import { argon2 as derive, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { type ForeignHash, type ForeignHashFormat, passwordBytes } from '../foreign-hash.ts';

type Kind = 'argon2d' | 'argon2i' | 'argon2id';
const deriveKey = promisify(derive) as (
  kind: Kind,
  parameters: {
    message: Buffer;
    nonce: Buffer;
    parallelism: number;
    tagLength: number;
    memory: number;
    passes: number;
  },
) => Promise<Buffer>;

const phc =
  /^\$(argon2d|argon2i|argon2id)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,128})=*\$([A-Za-z0-9+/]{6,171})=*$/;

/** KiB, and KiB times passes. */
const mostMemory = 256 * 1024;
const mostWork = 16 * mostMemory;

interface Parts {
  readonly kind: Kind;
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly nonce: Buffer;
  readonly expected: Buffer;
}

function partsOf({ hash }: ForeignHash): Parts | undefined {
  const [, kind, memory, passes, parallelism, nonce, tag] = phc.exec(hash.value) ?? [];
  if (nonce === undefined || tag === undefined) return undefined;
  return {
    kind: kind as Kind,
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    nonce: Buffer.from(nonce, 'base64'),
    expected: Buffer.from(tag, 'base64'),
  };
}

export const argon2: ForeignHashFormat = {
  algorithm: 'argon2',
  fault: (hash) => {
    const parts = partsOf(hash);
    const wrong = (sentence: string) => ({ path: 'hash.value', sentence });
    if (!parts) return wrong('The hash is not of the form $argon2id$v=19$m=…,t=…,p=…$salt$hash.');
    const { memory, passes, parallelism, nonce, expected } = parts;
    // RFC 9106 §3.1
    if (passes < 1 || parallelism < 1 || memory < 8 * parallelism || nonce.length < 8 || expected.length < 4)
      return wrong('The parameters of the hash are not possible ones.');
    if (memory > mostMemory || memory * passes > mostWork)
      return wrong('The hash takes more than 256 MiB, or too many passes, to verify.');
    return undefined;
  },
  verify: async (hash, password) => {
    const { kind, expected, ...parameters } = partsOf(hash) as Parts;
    const message = passwordBytes(hash, password);
    return timingSafeEqual(await deriveKey(kind, { ...parameters, message, tagLength: expected.length }), expected);
  },
};
