// Owns everything that works once: one way to issue it and one way to consume it, whatever it is for.

import { sha256 } from '#crypto/digest';
import { randomSecret } from '#crypto/random';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/single-use-tokens';
import type { Context } from './context.ts';

declare const payloadType: unique symbol;

/** What a token is for, which knows what it remembers. A token of one purpose is never taken for another's. */
export interface Purpose<P> {
  readonly purpose: string;
  readonly [payloadType]?: P;
}

export function singleUsePurpose<P>(purpose: string): Purpose<P> {
  return { purpose };
}

/** How long an expired token is still recognised, so that its replay has consequences. */
export const replayWindowMs = 24 * 60 * 60 * 1000;

/** Issues a token of 256 random bits, of which only the digest is stored. */
export async function issueSingleUse<P>(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  { purpose }: Purpose<P>,
  token: { client_id: string; payload: P; lifetimeMs: number },
): Promise<string> {
  const secret = randomSecret();
  const now = ctx.now();
  await rows.insert(queries, {
    digest: sha256(secret),
    purpose,
    client_id: token.client_id,
    body: JSON.stringify(token.payload),
    created_at: now,
    expires_at: now + token.lifetimeMs,
    consumed_at: null,
  });
  return secret;
}

export type Consumed<P> =
  | { readonly outcome: 'consumed'; readonly payload: P }
  /** It was used before: what the first use gave must be taken back. */
  | { readonly outcome: 'replayed'; readonly payload: P }
  | { readonly outcome: 'unknown' };

/**
 * Consumes a token for the client it was issued to: of any number of callers exactly one succeeds. Another client's
 * attempt makes the token useless, since it has leaked.
 */
export async function consumeSingleUse<P>(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  { purpose }: Purpose<P>,
  attempt: { client_id: string; token: string },
): Promise<Consumed<P>> {
  const now = ctx.now();
  const key = { digest: sha256(attempt.token), purpose, client_id: attempt.client_id };
  const consumed = await rows.consume(queries, key, now);
  if (consumed) return { outcome: 'consumed', payload: JSON.parse(consumed.body) as P };
  const known = await rows.find(queries, key);
  if (!known) return { outcome: 'unknown' };
  if (known.consumed_at !== null) return { outcome: 'replayed', payload: JSON.parse(known.body) as P };
  if (known.client_id !== attempt.client_id) await rows.burn(queries, known.digest, now);
  return { outcome: 'unknown' };
}

/** Looks at a token that is live and unused, and leaves it so; undefined for any other, and for another client's. */
export async function peekSingleUse<P>(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  { purpose }: Purpose<P>,
  attempt: { client_id: string; token: string },
): Promise<{ readonly payload: P; readonly digest: string } | undefined> {
  const digest = sha256(attempt.token);
  const row = await rows.find(queries, { digest, purpose });
  if (!row || row.client_id !== attempt.client_id || row.consumed_at !== null || row.expires_at <= ctx.now())
    return undefined;
  return { payload: JSON.parse(row.body) as P, digest };
}

/** Uses up a token that was looked at, even if it expired since: of any number of callers exactly one gets true. */
export async function spendSingleUse(ctx: Pick<Context, 'now'>, queries: Queries, digest: string): Promise<boolean> {
  return rows.burn(queries, digest, ctx.now());
}
