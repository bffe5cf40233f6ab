// Owns consents as administrators see and withdraw them: with one go the refresh tokens that were issued by it.
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/grants';
import * as refreshTokens from '#storage/tables/refresh-tokens';
import type { RowWindow } from '#storage/window';
import type { Context } from './context.ts';
import { revoke, revokeFamily } from './revocations.ts';
import { pairwiseSectors, subjectKeysOf } from './subjects.ts';

export interface Grant {
  readonly id: string;
  readonly clientID: string;
  readonly user_id: string;
  readonly audience: string;
  readonly scope: readonly string[];
}

export interface GrantQuery {
  readonly user_id?: string | undefined;
  readonly client_id?: string | undefined;
  readonly audience?: string | undefined;
}

type Needed = Pick<Context, 'database' | 'documents' | 'issuer' | 'revocations' | 'vault' | 'now'>;

/** What a person's own profile is called where Auth0 names an API. */
const profileAudience = ({ issuer }: Pick<Context, 'issuer'>) => `${issuer}userinfo`;

function filterOf(ctx: Pick<Context, 'issuer'>, { audience, ...query }: GrantQuery): rows.GrantFilter {
  return { ...query, audience: audience === profileAudience(ctx) ? '' : audience };
}

/** The place of a grant in the list. */
export interface ListedGrant extends Grant {
  readonly at: number;
}

export async function listGrants(ctx: Needed, query: GrantQuery, window: RowWindow): Promise<readonly ListedGrant[]> {
  const found = await rows.list(ctx.database.queries, filterOf(ctx, query), window);
  return found.map(({ id, client_id, user_id, audience, scope, created_at }) => ({
    id,
    clientID: client_id,
    user_id,
    audience: audience === '' ? profileAudience(ctx) : audience,
    scope: scope.split(' ').filter((name) => name !== ''),
    at: created_at,
  }));
}

export async function countGrants(ctx: Needed, query: GrantQuery): Promise<number> {
  return rows.count(ctx.database.queries, filterOf(ctx, query));
}

async function endTokensOf(ctx: Needed, queries: Queries, { user_id, client_id, audience }: rows.GrantRow) {
  for (const family of await refreshTokens.listLiveOfUser(queries, user_id, ctx.now())) {
    const isOfGrant = family.client_id === client_id && (family.audience ?? '') === audience;
    if (isOfGrant) await revokeFamily(ctx, queries, family.family_id);
  }
}

/** Withdraws a consent, with the refresh tokens that the application has by it. */
export async function removeGrant(ctx: Needed, id: string): Promise<void> {
  const sectors = await pairwiseSectors(ctx);
  await ctx.database.transaction(async (queries) => {
    const grant = await rows.remove(queries, id);
    if (!grant) return;
    await endTokensOf(ctx, queries, grant);
    const { user_id, client_id } = grant;
    await revoke(ctx, queries, 'consent-withdrawn', { subjects: subjectKeysOf(ctx, user_id, sectors), client_id });
  });
}

/** Withdraws all that a person consented to, with every refresh token. */
export async function removeGrantsOfUser(ctx: Needed, userId: string): Promise<void> {
  const sectors = await pairwiseSectors(ctx);
  await ctx.database.transaction(async (queries) => {
    await rows.removeOfUser(queries, userId);
    await refreshTokens.revokeOfUser(queries, userId, ctx.now());
    await revoke(ctx, queries, 'person-ended', { subjects: subjectKeysOf(ctx, userId, sectors) });
  });
}
