// Owns the verification of DPoP proofs: the key, the request that it is for, our nonces, and that each comes once.
import { sha256 } from '#crypto/digest';
import { peekJwt, verifyForeignJwt } from '#crypto/foreign-jwt';
import { jwkThumbprint } from '#crypto/jwk-thumbprint';
import { type ReadKey, readJwk } from '#crypto/key-text';
import { dpopAlgorithms, dpopType, invalidProof, proofExpiry, proofFault } from '#protocol/dpop';
import type { Members } from '#protocol/json-text';
import { OAuthError } from '#protocol/oauth-error';
import type { Context } from './context.ts';
import { useOnce } from './replays.ts';

/** A nonce is good for the slot in which it is given, and for the next. */
const slotMs = 120_000;

interface Nonces {
  readonly slot: number;
  readonly current: string;
  readonly previous: string;
}

const known = new WeakMap<Context['vault'], Nonces>();

/** Every node makes the same ones, and none is remembered (RFC 9449 §8). */
function nonces({ vault, now }: Pick<Context, 'vault' | 'now'>): Nonces {
  const slot = Math.floor(now() / slotMs);
  const before = known.get(vault);
  if (before?.slot === slot) return before;
  const nonceOf = (number: number) =>
    vault
      .mac('dpop-nonce', Buffer.from(String(number)))
      .subarray(0, 18)
      .toString('base64url');
  const fresh = { slot, current: nonceOf(slot), previous: nonceOf(slot - 1) };
  known.set(vault, fresh);
  return fresh;
}

/** The nonce that the next proof should have. */
export function currentNonce(ctx: Pick<Context, 'vault' | 'now'>): string {
  return nonces(ctx).current;
}

/** What a proof is for. */
export interface ProvedRequest {
  readonly method: string;
  readonly endpoints: readonly string[];
  /** Undefined where none is presented. */
  readonly accessToken?: string | undefined;
  /** Whether the proof must have a nonce of ours. One that it has must be ours in any case. */
  readonly needsNonce: boolean;
}

export interface DpopProof {
  /** The thumbprint of the key. */
  readonly jkt: string;
  readonly jti: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** The key that the proof itself brings (RFC 9449 §4.2): public, and long enough. */
function embeddedKey(jwk: unknown): ReadKey | undefined {
  if (typeof jwk !== 'object' || jwk === null || privateMembers.some((name) => name in jwk)) return undefined;
  try {
    const read = readJwk(jwk as Members);
    const { modulusLength = 2048 } = read.key.asymmetricKeyDetails ?? {};
    return read.key.type === 'public' && modulusLength >= 2048 ? { ...read, kid: undefined } : undefined;
  } catch {
    return undefined;
  }
}

function useNonce(): OAuthError {
  return new OAuthError('use_dpop_nonce', 'The DPoP proof needs the nonce of the DPoP-Nonce header.');
}

/**
 * Verifies a proof, and uses nothing up. Throws invalid_dpop_proof, and use_dpop_nonce when a proof that is right
 * otherwise lacks a nonce of ours that is still good.
 */
export function verifyProof(
  ctx: Pick<Context, 'vault' | 'now'>,
  proof: string,
  { method, endpoints, accessToken, needsNonce }: ProvedRequest,
): DpopProof {
  const key = embeddedKey(peekJwt(proof)?.header['jwk']);
  if (!key) throw invalidProof('must be a JWT with a public key as jwk in its header');
  const jwt = verifyForeignJwt(proof, [key], { algorithms: dpopAlgorithms, types: [dpopType] });
  if (!jwt)
    throw invalidProof(`must have the typ ${dpopType}, and be signed with its key by ${dpopAlgorithms.join(', ')}`);
  const { claims } = jwt;
  const accessTokenHash = accessToken === undefined ? undefined : sha256(accessToken);
  const fault = proofFault(claims, { method, endpoints, accessTokenHash, nowSec: ctx.now() / 1000 });
  if (fault !== undefined) throw invalidProof(fault);
  const { current, previous } = nonces(ctx);
  const { nonce, jti } = claims;
  if (nonce === undefined ? needsNonce : nonce !== current && nonce !== previous) throw useNonce();
  return { jkt: jwkThumbprint(key.key), jti: String(jti), expiresAt: proofExpiry(claims) };
}

const replayed = 'was used before: make a new one, with its own jti, for each request';

/** Uses a proof up, on every node. Throws invalid_dpop_proof when it was before. */
export async function useProof(ctx: Context, { jkt, jti, expiresAt }: DpopProof): Promise<void> {
  if (!(await useOnce(ctx, 'dpop-proof', { scope: jkt, id: jti }, expiresAt))) throw invalidProof(replayed);
}

/** Two generations of what was seen; each is at least as long as a proof is good for. */
interface Seen {
  readonly since: number;
  readonly current: Set<string>;
  readonly previous: ReadonlySet<string>;
}

const generationMs = 11 * 60 * 1000;
const mostSeen = 50_000;
const seenBy = new WeakMap<Context['vault'], Seen>();

function seen({ vault, now }: Pick<Context, 'vault' | 'now'>): Seen {
  const before = seenBy.get(vault);
  const age = before ? now() - before.since : Infinity;
  if (before && age < generationMs) return before;
  const previous = before && age < 2 * generationMs ? before.current : new Set<string>();
  const fresh = { since: now(), current: new Set<string>(), previous };
  seenBy.set(vault, fresh);
  return fresh;
}

/**
 * Uses a proof up where a write for each request would cost too much: on this node, in memory. What does not fit there
 * is written after all. Throws invalid_dpop_proof when it was used before.
 */
export async function useProofHere(ctx: Context, proof: DpopProof): Promise<void> {
  const { current, previous } = seen(ctx);
  const id = sha256(`${proof.jkt} ${proof.jti}`);
  if (current.has(id) || previous.has(id)) throw invalidProof(replayed);
  if (current.size >= mostSeen) return useProof(ctx, proof);
  current.add(id);
}
