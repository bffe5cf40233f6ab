// Owns the life of signing keys: next, current, previous, gone; by schedule, by hand, and in an emergency.

import { longestTokenLifetimeSec } from '#protocol/resource-server';
import type { KeyAlgorithm } from '#protocol/signing-algorithm';
import type { Queries } from '#storage/database';
import * as feed from '#storage/tables/documents';
import * as rows from '#storage/tables/signing-keys';
import type { Context } from './context.ts';
import { putFact, type RevocationFeed } from './revocation-feed.ts';
import { factsOf } from './revocations.ts';
import { type KeyEffects, newKeyRow, type SigningKeys, signerOf, signingKeysKind } from './signing-keys.ts';

/** Times are epoch milliseconds. */
export type SigningKey = Omit<rows.SigningKeyRow, 'sealed_private_key' | 'public_jwk' | 'alg'> & {
  readonly alg: KeyAlgorithm;
};

/** A running server's own ring learns at once; those of other nodes learn by the change feed. */
type Needed = KeyEffects & {
  readonly keys?: Pick<SigningKeys, 'reload'>;
  readonly revocations?: Pick<RevocationFeed, 'look'>;
};

/**
 * How long a key is published before it may sign. Who reads our JWKS may keep it for 30 seconds (see
 * `authentication/jwks.ts`), and the other nodes learn of a new key within a second or two.
 */
export const publishedBeforeUseMs = 60_000;

/** Until then a token may live that the key has signed; a node that was late may have signed one a little later. */
const keptMs = longestTokenLifetimeSec * 1000 + 24 * 60 * 60 * 1000;

function toSigningKey({ sealed_private_key, public_jwk, alg, ...row }: rows.SigningKeyRow): SigningKey {
  return { ...row, alg: alg as KeyAlgorithm };
}

/** Every key that is not forgotten yet, revoked ones too; oldest first. */
export async function listSigningKeys(ctx: Pick<Context, 'database'>): Promise<readonly SigningKey[]> {
  return (await rows.list(ctx.database.queries)).map(toSigningKey);
}

interface Pair {
  readonly current: rows.SigningKeyRow;
  readonly next: rows.SigningKeyRow;
}

async function pairOf(queries: Queries, alg: string): Promise<Pair | undefined> {
  const all = (await rows.list(queries)).filter((row) => row.alg === alg);
  const current = all.find((row) => row.status === 'current');
  const next = all.find((row) => row.status === 'next');
  return current && next && { current, next };
}

/** Runs work in a transaction that no other change of the keys comes between, and lets every server know. */
async function change<T>(ctx: Needed, work: (queries: Queries) => Promise<T>): Promise<T> {
  const result = await ctx.database.transaction(async (queries) => {
    await feed.announce(queries, signingKeysKind, ctx.now());
    return work(queries);
  });
  await ctx.keys?.reload();
  await ctx.revocations?.look().catch(() => undefined);
  return result;
}

/** Moves each key on by one. False when the current one is another than it was: somebody was quicker. */
async function moveOn(ctx: Needed, queries: Queries, from: Pair, fresh: rows.SigningKeyRow): Promise<boolean> {
  const now = await pairOf(queries, fresh.alg);
  if (now?.current.kid !== from.current.kid) return false;
  await rows.retire(queries, now.current.kid, ctx.now());
  await rows.activate(queries, now.next.kid, ctx.now());
  await rows.insert(queries, fresh);
  return true;
}

export interface Rotation {
  readonly alg: KeyAlgorithm;
  /** The keys that are now previous, current and next. */
  readonly previous: string;
  readonly current: string;
  readonly next: string;
}

/** How long the next key has to wait until everybody can know it. */
function waitMs({ now }: Pick<KeyEffects, 'now'>, { current, next }: Pair): number {
  // Of keys that were made together no JWKS was ever published that lacks one.
  return next.created_at <= current.created_at ? 0 : next.created_at + publishedBeforeUseMs - now();
}

async function rotatePair(ctx: Needed, alg: KeyAlgorithm, from: Pair): Promise<Rotation | undefined> {
  // What another master key seals, no server of this deployment could open.
  signerOf(ctx, from.next);
  const fresh = await newKeyRow(ctx, alg, 'next');
  if (!(await change(ctx, (queries) => moveOn(ctx, queries, from, fresh)))) return undefined;
  return { alg, previous: from.current.kid, current: from.next.kid, next: fresh.kid };
}

/** Why keys are not rotated now: there are none, or the next one may sign only in so many seconds. */
export class RotationRefused extends RangeError {
  override name = 'RotationRefused';
  readonly alg: KeyAlgorithm;
  readonly waitSec: number | undefined;
  constructor(alg: KeyAlgorithm, waitSec: number | undefined) {
    super(
      waitSec === undefined
        ? `There are no ${alg} keys: no API and no application has asked for them.`
        : `The next ${alg} key was published a moment ago, and not every API knows it yet. Rotate in ${waitSec} seconds.`,
    );
    this.alg = alg;
    this.waitSec = waitSec;
  }
}

/**
 * Rotates an algorithm's keys: the next one signs from now on, the current one only verifies, and a new next one is
 * published. Of any number of callers at once one does it; the others get undefined. Throws RotationRefused when there
 * are no keys of the algorithm, or when the next one was published so lately that not everybody can know it.
 */
export async function rotateSigningKey(ctx: Needed, alg: KeyAlgorithm): Promise<Rotation | undefined> {
  const pair = await pairOf(ctx.database.queries, alg);
  if (!pair) throw new RotationRefused(alg, undefined);
  const wait = waitMs(ctx, pair);
  if (wait > 0) throw new RotationRefused(alg, Math.ceil(wait / 1000));
  return rotatePair(ctx, alg, pair);
}

/** What a revocation comes to: nothing of that id, or nothing left to do, or done. */
export type Revocation = 'unknown' | 'revoked-before' | 'revoked';

/**
 * Ends a key: no token that it signed is accepted any more. Another takes its place first when it is the current or the
 * next one; in an emergency that isn't waited with until everybody knows the other.
 */
export async function revokeSigningKey(ctx: Needed, kid: string): Promise<Revocation> {
  const found = (await rows.list(ctx.database.queries)).find((row) => row.kid === kid);
  if (!found) return 'unknown';
  if (found.status === 'revoked') return 'revoked-before';
  const before = await pairOf(ctx.database.queries, found.alg);
  if (before) signerOf(ctx, before.next);
  const fresh = found.status === 'previous' ? undefined : await newKeyRow(ctx, found.alg as KeyAlgorithm, 'next');
  return change(ctx, async (queries): Promise<Revocation> => {
    const pair = await pairOf(queries, found.alg);
    if (pair && fresh && pair.current.kid === kid) await moveOn(ctx, queries, pair, fresh);
    else if (pair && fresh && pair.next.kid === kid) await rows.insert(queries, fresh);
    await rows.revoke(queries, kid, ctx.now());
    for (const fact of factsOf('key-revoked', { kid })) await putFact(queries, fact, ctx.now() + keptMs);
    return 'revoked';
  });
}

/** Rotates every algorithm whose current key has signed for so long. Of many nodes one does it. */
async function rotateDueKeys(ctx: Needed & Pick<Context, 'emit'>, everyMs: number): Promise<void> {
  const due = (await rows.list(ctx.database.queries)).filter(
    ({ status, activated_at }) => status === 'current' && (activated_at ?? 0) + everyMs <= ctx.now(),
  );
  for (const { alg, kid } of due) {
    const pair = await pairOf(ctx.database.queries, alg);
    // Another node may have rotated since, and then this key isn't due any more.
    if (pair?.current.kid !== kid || waitMs(ctx, pair) > 0) continue;
    const rotation = await rotatePair(ctx, alg as KeyAlgorithm, pair);
    if (rotation) ctx.emit({ type: 'key_rotation', description: `${alg}: ${rotation.current} signs from now on` });
  }
}

/** Forgets the keys whose tokens have all expired. */
async function forgetOldKeys(ctx: Needed): Promise<void> {
  const before = ctx.now() - keptMs;
  const old = (await rows.list(ctx.database.queries)).some(({ status, retired_at, revoked_at }) => {
    const at = status === 'revoked' ? revoked_at : retired_at;
    return at !== null && at <= before;
  });
  if (old) await change(ctx, (queries) => rows.purge(queries, before));
}

/** Housekeeping: rotates what is due, which with Infinity nothing is, and forgets what nobody needs any more. */
export async function tendSigningKeys(ctx: Needed & Pick<Context, 'emit'>, rotateEveryMs: number): Promise<void> {
  await rotateDueKeys(ctx, rotateEveryMs);
  await forgetOldKeys(ctx);
}
