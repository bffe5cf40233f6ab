// Owns the authorization code grant (RFC 6749 §4.1.3).
import { partFor } from '#domain/api-parts';
import { type AuthorizationCode, redeemCode } from '#domain/authorization-codes';
import type { Context } from '#domain/context';
import { issueRefreshToken } from '#domain/refresh-tokens';
import { findResourceServer } from '#domain/resource-servers';
import { findUser, type User } from '#domain/users';
import { userinfoAudience } from '#protocol/access-token';
import { narrowDetails } from '#protocol/authorization-details';
import { OAuthError } from '#protocol/oauth-error';
import { type Parameters, requireParameter } from '#protocol/parameters';
import { invalidTarget, namedAudience } from '#protocol/resource';
import type { ResourceServer } from '#protocol/resource-server';
import { asksForRefresh } from '#protocol/scope';
import type { Grant, TokenRequest } from '../grant.ts';

/** The person of a code. Throws when they were deleted or blocked since. */
async function activeUser(ctx: Context, code: AuthorizationCode): Promise<User> {
  const user = await findUser(ctx, code.user_id);
  if (!user) throw new OAuthError('invalid_grant', 'Invalid authorization code', 'the user is gone');
  if (user.blocked) throw new OAuthError('unauthorized', 'user is blocked');
  return user;
}

/** Redeems the code and begins the token family, both or neither; what was decided about a replay stays decided. */
async function settle(
  ctx: Context,
  { client, confirmation }: Pick<TokenRequest, 'client' | 'confirmation'>,
  redemption: { code: string; redirect_uri: string | undefined; code_verifier: string | undefined },
): Promise<{ code: AuthorizationCode; refresh_token: string | undefined }> {
  const settled = await ctx.database.transaction(async (queries) => {
    const code = await redeemCode(ctx, queries, {
      ...redemption,
      client_id: client.client_id,
      jkt: confirmation?.jkt,
    });
    if (code instanceof OAuthError) return code;
    const { family_id, user_id, sid, scope, audience = null, authenticated_at } = code;
    if (!asksForRefresh(scope)) return { code, refresh_token: undefined };
    const details = { ...code.details, ...(confirmation && { confirmation }) };
    const family = { family_id, user_id, sid, scope: scope.join(' '), audience, authenticated_at, details };
    return { code, refresh_token: await issueRefreshToken(ctx, queries, client, family) };
  });
  if (settled instanceof OAuthError) throw settled;
  return settled;
}

/** The API that the tokens are for: the one that the request picks of those that were named before, else the first. */
async function pickedApi(
  ctx: Context,
  { audience, details }: AuthorizationCode,
  form: Parameters,
): Promise<ResourceServer | undefined> {
  const picked = namedAudience(form) ?? audience;
  if (picked !== audience && !details?.resources?.includes(picked ?? '')) {
    throw invalidTarget('The code is for another API than the one that is asked for now.');
  }
  if (picked === undefined || picked === userinfoAudience(ctx.issuer)) return undefined;
  const api = await findResourceServer(ctx, picked);
  if (!api) throw new OAuthError('invalid_grant', 'The API of this code no longer exists.');
  return api;
}

export const authorizationCode: Grant = {
  name: 'authorization_code',
  events: { success: 'seacft', failure: 'feacft' },
  async resolve(ctx, { client, form, confirmation }) {
    const redemption = {
      code: requireParameter(form, 'code'),
      redirect_uri: form.get('redirect_uri'),
      code_verifier: form.get('code_verifier'),
    };
    const { code, refresh_token } = await settle(ctx, { client, confirmation }, redemption);
    const { family_id, sid, nonce, authenticated_at, details = {} } = code;
    const user = await activeUser(ctx, code);
    const api = await pickedApi(ctx, code, form);
    const { scope, authorization_details: granted } = partFor(api, code.scope, details);
    const authorization_details = narrowDetails(granted, form.get('authorization_details'));
    const { authorization_details: _all, resources: _named, ...asked } = details;
    const signedIn = { user, sid, nonce, authenticated_at, ...asked };
    return { client, signedIn, scope, api, family_id, refresh_token, authorization_details };
  },
};
