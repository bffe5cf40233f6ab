// Owns the client credentials grant: an application that acts for itself (RFC 6749 §4.4).
import { randomId } from '#crypto/random';
import { clientAccessRefusal } from '#domain/api-access';
import { type ClientGrant, findClientGrant, grantedScopes } from '#domain/client-grants';
import type { Context } from '#domain/context';
import { type AuthorizationDetail, parseAuthorizationDetails } from '#protocol/authorization-details';
import { isPublic } from '#protocol/client';
import { OAuthError } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';
import { unknownApi } from '#protocol/resource';
import type { ResourceServer } from '#protocol/resource-server';
import { covers, parseScope } from '#protocol/scope';
import type { Grant } from '../grant.ts';
import { requestedApi } from '../requested-api.ts';

/** The API asked for, else the tenant's default one. Throws access_denied, in Auth0's words. */
async function apiOf(ctx: Context, form: Parameters): Promise<ResourceServer> {
  const { identifier, api } = await requestedApi(ctx, form);
  if (identifier === undefined) {
    throw new OAuthError(
      'access_denied',
      'No audience parameter was provided, and no default audience has been configured',
    );
  }
  if (!api) throw unknownApi(form, identifier);
  return api;
}

/** All that was granted, or the part of it that is asked for. Throws access_denied for more than was granted. */
function requestedScope(granted: readonly string[], asked: string | undefined): readonly string[] {
  if (asked === undefined) return granted;
  const scope = parseScope(asked);
  if (!covers(granted, scope)) {
    throw new OAuthError('access_denied', 'Client has not been granted all of these scopes. Ask for fewer.');
  }
  return scope;
}

/** Authorization details of the types that the client grant allows (RFC 9396 §6). */
function requestedDetails(
  { authorization_details_types: allowed = [] }: ClientGrant,
  api: ResourceServer,
  text: string | undefined,
): readonly AuthorizationDetail[] | undefined {
  if (text === undefined) return undefined;
  const details = parseAuthorizationDetails(text, api);
  const other = details.find(({ type }) => !allowed.includes(type));
  if (!other) return details;
  throw new OAuthError(
    'invalid_authorization_details',
    `Client has not been granted authorization_details of the type "${other.type.slice(0, 100)}".`,
  );
}

export const clientCredentials: Grant = {
  name: 'client_credentials',
  events: { success: 'seccft', failure: 'feccft' },
  async resolve(ctx, { client, form }) {
    // RFC 6749 §4.4: who keeps no secret has no credentials.
    if (isPublic(client)) {
      throw new OAuthError('unauthorized_client', "Grant type 'client_credentials' not allowed for the client.");
    }
    const api = await apiOf(ctx, form);
    const refusal = clientAccessRefusal(api);
    if (refusal) throw refusal;
    const grant = await findClientGrant(ctx, client.client_id, api.identifier);
    if (!grant) {
      throw new OAuthError(
        'access_denied',
        `Client is not authorized to access "${api.identifier}". A client grant for this API is needed.`,
      );
    }
    const scope = requestedScope(grantedScopes(grant, api), form.get('scope'));
    const authorization_details = requestedDetails(grant, api, form.get('authorization_details'));
    return { client, api, scope, authorization_details, family_id: randomId() };
  },
};
