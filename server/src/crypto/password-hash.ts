// Owns password hashes: Argon2id in the thread pool, behind a bounded queue (RFC 9106, OWASP Password Storage).
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { isForeign, verifyForeignHash } from './foreign-hashes.ts';

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;

interface Argon2Parameters {
  message: Buffer;
  nonce: Buffer;
  parallelism: number;
  tagLength: number;
  /** KiB. */
  memory: number;
  passes: number;
}

const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/;

/** What an unknown person's password is compared with: the same work as a real hash, and nothing matches it. */
const nobody = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Thrown when too many hashes wait already. The edge answers 503 with Retry-After. */
export class PasswordQueueFull extends Error {
  override name = 'PasswordQueueFull';
}

export interface PasswordHasher {
  /** A PHC string of the password. Throws PasswordQueueFull. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the one that was hashed, by us or by another system (`foreign-hashes.ts`). Without a hash it works as long for nothing and says no, so that
   * an unknown person cannot be told from a wrong password by the time it takes. Throws PasswordQueueFull.
   */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

/** One form for what people type in different ways: NFC, as in OpaqueString (RFC 8265 §4.2.2). */
function bytesOf(password: string): Buffer {
  return Buffer.from(password.normalize('NFC'), 'utf8');
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');

async function hashNow(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive('argon2id', { ...cost, message: bytesOf(password), nonce, tagLength: 32 });
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
}

async function verifyNow(password: string, hash: string): Promise<boolean> {
  const [, memory, passes, parallelism, nonce, tag] = phc.exec(hash) ?? [];
  if (nonce === undefined || tag === undefined) throw new Error('A stored password hash is not of a known form.');
  const expected = Buffer.from(tag, 'base64');
  const actual = await derive('argon2id', {
    message: bytesOf(password),
    nonce: Buffer.from(nonce, 'base64'),
    parallelism: Number(parallelism),
    tagLength: expected.length,
    memory: Number(memory),
    passes: Number(passes),
  });
  return timingSafeEqual(actual, expected);
}

async function verifyKept(password: string, hash: string | undefined): Promise<boolean> {
  if (hash !== undefined && !isForeign(hash)) return verifyNow(password, hash);
  if (hash !== undefined && (await verifyForeignHash(password, hash))) return true;
  // The quick hashes of other systems would tell, by the time they take, who was taken over from there.
  await verifyNow(password, nobody);
  return false;
}

export interface HashQueueLimits {
  /** How many hashes run at once. */
  concurrency: number;
  /** How many may wait for their turn; more are refused at once. */
  waiting: number;
}

/** The thread pool has four threads; hashing takes at most half of them, so signatures and disk syncs find one. */
const defaultLimits: HashQueueLimits = { concurrency: Math.min(2, availableParallelism()), waiting: 128 };

export function createPasswordHasher(limits: HashQueueLimits = defaultLimits): PasswordHasher {
  let running = 0;
  const waiting: (() => void)[] = [];
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < limits.concurrency) running += 1;
    else if (waiting.length >= limits.waiting) throw new PasswordQueueFull('Too many passwords are being checked.');
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place passes to the next in line without becoming free in between.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }
  return {
    hash: (password) => inTurn(() => hashNow(password)),
    verify: (password, hash) => inTurn(() => verifyKept(password, hash)),
  };
}
