// Owns the JWT bearer grant (RFC 7523 §2.1): another issuer, which we trust, says who the person is.

import { randomId } from '#crypto/random';
import { userAccessRefusal } from '#domain/api-access';
import { proveAssertion, useAssertion } from '#domain/assertion-grants';
import type { Context } from '#domain/context';
import type { TrustedIssuer } from '#domain/trusted-issuers';
import { isPublic } from '#protocol/client';
import { OAuthError } from '#protocol/oauth-error';
import { type Parameters, requireParameter } from '#protocol/parameters';
import type { ResourceServer } from '#protocol/resource-server';
import { covers, parseScope } from '#protocol/scope';
import type { Grant } from '../grant.ts';
import { requestedApi } from '../requested-api.ts';

/** The API asked for and the scopes that the issuer's assertions are good for there. Throws invalid_target. */
async function targetOf(
  ctx: Context,
  { apis }: TrustedIssuer,
  form: Parameters,
): Promise<{ api: ResourceServer; possible: readonly string[] }> {
  const { identifier, api } = await requestedApi(ctx, form);
  const allowed = apis.find(({ audience }) => audience === identifier);
  if (!api || !allowed) {
    throw new OAuthError('invalid_target', "The issuer's assertions are not taken for that API. Name one by audience.");
  }
  const possible = api.scopes.map(({ value }) => value).filter((value) => allowed.scope.includes(value));
  return { api, possible };
}

/** All that is possible, or the part of it that is asked for. Throws invalid_scope for more. */
function grantedScope(possible: readonly string[], form: Parameters): readonly string[] {
  const asked = form.get('scope');
  if (asked === undefined) return possible;
  const scope = parseScope(asked);
  if (!covers(possible, scope)) {
    throw new OAuthError('invalid_scope', "The scope asks for more than the issuer's assertions are good for.");
  }
  return scope;
}

/** It gives an access token alone: the assertion can be asked for again (RFC 7521 §4.1). */
export const jwtBearer: Grant = {
  name: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  events: { success: 'sejbt', failure: 'fejbt' },
  async resolve(ctx, { client, form }) {
    if (isPublic(client)) {
      throw new OAuthError('unauthorized_client', 'Only an application that proves who it is may present assertions.');
    }
    const proved = await proveAssertion(ctx, client, requireParameter(form, 'assertion'));
    const { api, possible } = await targetOf(ctx, proved.trusted, form);
    const scope = grantedScope(possible, form);
    const refusal = await userAccessRefusal(ctx, client, api);
    if (refusal) throw refusal;
    await useAssertion(ctx, proved);
    const signedIn = { user: proved.user, sid: undefined, authenticated_at: undefined };
    return { client, signedIn, scope, api, family_id: randomId(), gty: 'jwt-bearer' };
  },
};
