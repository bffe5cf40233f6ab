// Owns consents: what a person allowed an application to do.
import { randomHex } from '#crypto/random';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/grants';
import type { Context } from './context.ts';

export interface ConsentKey {
  readonly user_id: string;
  readonly client_id: string;
  /** The API's identifier; undefined for the person's own profile. */
  readonly audience: string | undefined;
}

/** The scopes that were allowed before, which may be none; undefined when the person was never asked. */
export async function consentedScopes(ctx: Pick<Context, 'database'>, key: ConsentKey): Promise<string[] | undefined> {
  const row = await rows.find(ctx.database.queries, { ...key, audience: key.audience ?? '' });
  return row?.scope.split(' ');
}

/** Adds scopes to what was allowed before. */
export async function recordConsent(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  key: ConsentKey,
  scope: readonly string[],
): Promise<void> {
  const { user_id, client_id } = key;
  const audience = key.audience ?? '';
  const before = await rows.find(queries, { user_id, client_id, audience });
  const all = new Set([...(before?.scope.split(' ') ?? []), ...scope]);
  const now = ctx.now();
  const row = { id: randomHex(12), user_id, client_id, audience, scope: [...all].join(' ') };
  await rows.put(queries, { ...row, created_at: now, updated_at: now });
}
