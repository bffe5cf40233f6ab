// Owns the refresh token grant (RFC 6749 §6).
import { userAccessRefusal } from '#domain/api-access';
import { partFor } from '#domain/api-parts';
import { familyDetails, proveRefreshToken, rotateRefreshToken } from '#domain/refresh-tokens';
import { findResourceServer } from '#domain/resource-servers';
import { findUser } from '#domain/users';
import { narrowDetails } from '#protocol/authorization-details';
import { OAuthError } from '#protocol/oauth-error';
import { requireParameter } from '#protocol/parameters';
import { namedAudience } from '#protocol/resource';
import { grantableScopes } from '#protocol/scope';
import type { Grant } from '../grant.ts';

export const refreshToken: Grant = {
  name: 'refresh_token',
  events: { success: 'sertft', failure: 'fertft' },
  async resolve(ctx, { client, form, confirmation }) {
    const refresh = requireParameter(form, 'refresh_token');
    const request = { refresh_token: refresh, scope: form.get('scope'), audience: namedAudience(form), confirmation };
    const proved = await proveRefreshToken(ctx, client, request);
    const { audience } = proved;
    const { user_id, family_id, sid, authenticated_at } = proved.family;
    const [user, api] = await Promise.all([
      findUser(ctx, user_id),
      audience === null ? undefined : findResourceServer(ctx, audience),
    ]);
    if (!user) throw new OAuthError('invalid_grant', 'Unknown or invalid refresh token.', 'the user is gone');
    if (user.blocked) throw new OAuthError('unauthorized', 'user is blocked');
    if (audience !== null && !api) throw new OAuthError('invalid_grant', 'The API of this token no longer exists.');
    const refusal = await userAccessRefusal(ctx, client, api);
    if (refusal) throw refusal;
    const details = familyDetails(proved.family);
    const { confirmation: _held, authorization_details: _all, resources = [], ...asked } = details;
    // They are in the terms of the APIs that they were granted for.
    const isNamed = audience === proved.family.audience || resources.includes(audience ?? '');
    const granted = isNamed ? partFor(api, proved.scope, details).authorization_details : undefined;
    const authorization_details = narrowDetails(granted, form.get('authorization_details'));
    const refresh_token = await rotateRefreshToken(ctx, client, proved);
    // A refreshed ID token carries no nonce (OpenID Connect Core §12.2).
    const signedIn = { user, sid: sid ?? undefined, authenticated_at, ...asked };
    return {
      client,
      signedIn,
      scope: grantableScopes(proved.scope, { api, mayRefresh: true }),
      api,
      family_id,
      refresh_token,
      authorization_details,
    };
  },
};
