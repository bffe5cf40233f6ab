// Owns what the two endpoints share that begin a request to be decided elsewhere: who may begin one, and for what.
import type { FastifyRequest } from 'fastify';
import { userAccessRefusal } from '#domain/api-access';
import type { Context } from '#domain/context';
import type { DecoupledBody } from '#domain/decoupled-requests';
import { userinfoAudience } from '#protocol/access-token';
import { parseAuthorizationDetails } from '#protocol/authorization-details';
import type { Client } from '#protocol/client';
import { OAuthError } from '#protocol/oauth-error';
import { type Parameters, refuseOverlong } from '#protocol/parameters';
import { unknownApi } from '#protocol/resource';
import type { ResourceServer } from '#protocol/resource-server';
import { parseScope } from '#protocol/scope';
import { requestedApi } from './requested-api.ts';
import { callerOf } from './route.ts';

/** Throws unauthorized_client when the client may not use the grant that the request would lead to. */
export function requireGrant(client: Client, grantType: string): void {
  if (client.grant_types.includes(grantType)) return;
  throw new OAuthError('unauthorized_client', `Grant type '${grantType}' not allowed for the client.`);
}

/** The API asked for, or the tenant's default; undefined for userinfo alone. Throws access_denied for an unknown one. */
async function apiOf(ctx: Context, form: Parameters): Promise<ResourceServer | undefined> {
  const { identifier, api } = await requestedApi(ctx, form);
  if (api || identifier === undefined || identifier === userinfoAudience(ctx.issuer)) return api;
  throw unknownApi(form, identifier);
}

/** Reads what is asked for, and notes where the request came from. Throws OAuthError. */
export async function readBody(
  ctx: Context,
  request: FastifyRequest,
  client: Client,
  form: Parameters,
): Promise<DecoupledBody> {
  for (const name of ['scope', 'audience', 'resource', 'authorization_details'])
    refuseOverlong(name, form.get(name) ?? '');
  const api = await apiOf(ctx, form);
  const refusal = await userAccessRefusal(ctx, client, api);
  if (refusal) throw refusal;
  const details = form.get('authorization_details');
  const { ip, userAgent } = callerOf(request);
  return {
    scope: parseScope(form.get('scope')),
    ip,
    ...(api === undefined ? {} : { audience: api.identifier }),
    ...(details === undefined ? {} : { authorization_details: parseAuthorizationDetails(details, api) }),
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
  };
}
