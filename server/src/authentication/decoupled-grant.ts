// Owns what the device grant and CIBA share: tokens for what a person allowed in another place (RFC 8628 §3.4, CIBA §10).
import type { Context } from '#domain/context';
import { type Collected, type PollingDialect, proveApproval, redeemApproval } from '#domain/decoupled-polling';
import type { EventType } from '#domain/event-types';
import { issueRefreshToken } from '#domain/refresh-tokens';
import { findResourceServer } from '#domain/resource-servers';
import { findUser, type User } from '#domain/users';
import { OAuthError } from '#protocol/oauth-error';
import { requireParameter } from '#protocol/parameters';
import type { ResourceServer } from '#protocol/resource-server';
import type { Grant, TokenRequest } from './grant.ts';

/** The person and the API as they are now. Throws before anything is used up: a block may be lifted. */
async function currentFacts(
  ctx: Context,
  { user_id, answer: { audience } }: Collected,
): Promise<{ user: User; api: ResourceServer | undefined }> {
  const [user, api] = await Promise.all([
    findUser(ctx, user_id),
    audience === undefined ? undefined : findResourceServer(ctx, audience),
  ]);
  if (!user) throw new OAuthError('invalid_grant', 'The user of this request no longer exists.');
  if (user.blocked) throw new OAuthError('unauthorized', 'user is blocked');
  if (audience !== undefined && !api)
    throw new OAuthError('invalid_grant', 'The API of this request no longer exists.');
  return { user, api };
}

/** Told where it was asked for. */
function acrOf({ acr_values, answer }: Collected): string | undefined {
  return acr_values && answer.acr;
}

/** Redeems the approval and begins the token family, both or neither; what was decided about a replay stays decided. */
async function settle(
  ctx: Context,
  dialect: PollingDialect,
  { client, confirmation }: TokenRequest,
  collected: Collected,
): Promise<string | undefined> {
  const { user_id, answer, authorization_details } = collected;
  const acr = acrOf(collected);
  const settled = await ctx.database.transaction(async (queries) => {
    const refused = await redeemApproval(ctx, queries, dialect, collected);
    if (refused) return refused;
    if (!answer.scope.includes('offline_access')) return undefined;
    return issueRefreshToken(ctx, queries, client, {
      family_id: answer.family_id,
      user_id,
      // The device stays signed in when the browser that allowed it logs out.
      sid: null,
      scope: answer.scope.join(' '),
      audience: answer.audience ?? null,
      authenticated_at: answer.authenticated_at,
      details: {
        ...(confirmation === undefined ? {} : { confirmation }),
        ...(authorization_details === undefined ? {} : { authorization_details }),
        ...(acr === undefined ? {} : { acr }),
      },
    });
  });
  if (settled instanceof OAuthError) throw settled;
  return settled;
}

/** Makes the grant of a way to be polled. */
export function decoupledGrant(
  name: string,
  dialect: PollingDialect,
  events: { readonly success: EventType; readonly failure: EventType },
): Grant {
  return {
    name,
    events,
    async resolve(ctx, request) {
      const { client, form } = request;
      const collected = await proveApproval(ctx, client, dialect, requireParameter(form, dialect.parameter));
      const { user, api } = await currentFacts(ctx, collected);
      const refresh_token = await settle(ctx, dialect, request, collected);
      const { scope, family_id, authenticated_at } = collected.answer;
      const signedIn = { user, sid: undefined, authenticated_at, acr: acrOf(collected) };
      const { authorization_details } = collected;
      return { client, signedIn, scope, api, family_id, refresh_token, authorization_details };
    },
  };
}
