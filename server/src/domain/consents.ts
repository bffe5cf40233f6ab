// Owns consents: what a person allowed an application to do.
import { randomHex } from '#crypto/random';
import type { ResourceServer } from '#protocol/resource-server';
import { isOidcScope } from '#protocol/scope';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/grants';
import type { Context } from './context.ts';

interface ConsentKey {
  readonly user_id: string;
  readonly client_id: string;
  /** The API's identifier; undefined for the person's own profile. */
  readonly audience: string | undefined;
}

/** The scopes that were allowed before, which may be none; undefined when the person was never asked. */
async function consentedScopes(ctx: Pick<Context, 'database'>, key: ConsentKey): Promise<string[] | undefined> {
  const row = await rows.find(ctx.database.queries, { ...key, audience: key.audience ?? '' });
  return row?.scope.split(' ');
}

/** What is asked of a person, at all the APIs of a request at once. */
export interface AskedConsent {
  readonly user_id: string;
  readonly client_id: string;
  readonly apis: readonly ResourceServer[];
  readonly permissions: readonly string[];
}

/** What is asked for each API: its own scopes, and OpenID Connect's with each. */
function parts({ user_id, client_id, apis, permissions }: AskedConsent): readonly (ConsentKey & { scope: string[] })[] {
  const key = { user_id, client_id };
  if (apis.length === 0) return [{ ...key, audience: undefined, scope: [...permissions] }];
  return apis.map(({ identifier, scopes }) => {
    const own = new Set(scopes.map(({ value }) => value));
    return { ...key, audience: identifier, scope: permissions.filter((name) => own.has(name) || isOidcScope(name)) };
  });
}

/** What was allowed before of what is asked; undefined when the person was not asked about one of the APIs yet. */
export async function consentedTo(
  ctx: Pick<Context, 'database'>,
  asked: AskedConsent,
): Promise<readonly string[] | undefined> {
  const missing = new Set<string>();
  for (const { scope, ...key } of parts(asked)) {
    const before = await consentedScopes(ctx, key);
    if (!before) return undefined;
    for (const name of scope) if (!before.includes(name)) missing.add(name);
  }
  return asked.permissions.filter((name) => !missing.has(name));
}

/** Adds what was asked to what was allowed before, all of it or nothing. */
export async function recordConsent(ctx: Pick<Context, 'database' | 'now'>, asked: AskedConsent): Promise<void> {
  await ctx.database.transaction(async (queries) => {
    for (const { scope, ...key } of parts(asked)) await addScopes(ctx, queries, key, scope);
  });
}

async function addScopes(
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
