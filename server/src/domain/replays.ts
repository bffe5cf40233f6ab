// Owns what others made to be used once: the ids of assertions and proofs that were seen.
import { sha256 } from '#crypto/digest';
import * as rows from '#storage/tables/replays';
import type { Context } from './context.ts';

/** Each kind of id is a space of its own. */
export type ReplayPurpose = 'client-assertion' | 'dpop-proof' | 'jwt-bearer' | 'ciba-request' | 'initial-access-token';

/**
 * Notes an id, of which only the digest is kept: true for exactly one of any number of callers, on any node, until it
 * expires. `scope` says within what the id is unique, such as the application that made it.
 */
export async function useOnce(
  ctx: Pick<Context, 'database'>,
  purpose: ReplayPurpose,
  { scope, id }: { readonly scope: string; readonly id: string },
  /** Epoch milliseconds: from then on it would be refused as too old. */
  expiresAt: number,
): Promise<boolean> {
  return rows.insert(ctx.database.queries, {
    digest: sha256(JSON.stringify([purpose, scope, id])),
    expires_at: expiresAt,
  });
}
