// Owns the grants by which an application hands over a person's password itself (RFC 6749 §4.3, Auth0's realms).
import { randomId } from '#crypto/random';
import { userAccessRefusal } from '#domain/api-access';
import { type Connection, connectionsOf } from '#domain/connections';
import type { Context } from '#domain/context';
import { verifyPassword } from '#domain/passwords';
import { issueRefreshToken } from '#domain/refresh-tokens';
import type { Decision } from '#domain/tokens';
import { findUser, recordLogin, type User } from '#domain/users';
import type { Client } from '#protocol/client';
import { invalidRequest, OAuthError } from '#protocol/oauth-error';
import { type Parameters, requireParameter } from '#protocol/parameters';
import { unknownApi } from '#protocol/resource';
import type { ResourceServer } from '#protocol/resource-server';
import { grantableScopes, parseScope } from '#protocol/scope';
import type { TokenRequest } from './grant.ts';
import { requestedApi } from './requested-api.ts';

/** RFC 8176 §2. */
const amr = ['pwd'];

/** A connection by which this application signs people in. Throws invalid_request. */
async function usableConnection(ctx: Context, client: Client, name: string): Promise<Connection> {
  const connection = (await connectionsOf(ctx, client)).find((usable) => usable.name === name);
  if (!connection) throw invalidRequest('The connection does not exist, or is not enabled for this application.');
  return connection;
}

/** The person of a username and password. Who is blocked is told so only after the right password. Throws OAuthError. */
async function provedUser(ctx: Context, connection: Connection, form: Parameters): Promise<User> {
  const [username, password] = [requireParameter(form, 'username'), requireParameter(form, 'password')];
  const proved = await verifyPassword(ctx, connection, username, password);
  const user = proved && (await findUser(ctx, proved.user_id));
  if (!user) throw new OAuthError('invalid_grant', 'Wrong email or password.');
  if (user.blocked) throw new OAuthError('unauthorized', 'user is blocked');
  return user;
}

async function grantedApi(ctx: Context, form: Parameters): Promise<ResourceServer | undefined> {
  const { identifier, api } = await requestedApi(ctx, form);
  if (identifier !== undefined && !api) throw unknownApi(form, identifier);
  return api;
}

/**
 * Signs a person in without a page and without a session of a browser. No second factor is asked for and no consent is
 * given, so it is for first-party applications alone. Throws OAuthError, and PasswordQueueFull.
 */
export async function signInByPassword(
  ctx: Context,
  { client, form, caller, confirmation }: TokenRequest,
  connectionName: string,
): Promise<Decision> {
  if (!client.is_first_party) {
    throw new OAuthError('unauthorized_client', 'Passwords are taken from first-party applications alone.');
  }
  const connection = await usableConnection(ctx, client, connectionName);
  const api = await grantedApi(ctx, form);
  const refusal = await userAccessRefusal(ctx, client, api);
  if (refusal) throw refusal;
  const mayRefresh = client.grant_types.includes('refresh_token');
  const scope = grantableScopes(parseScope(form.get('scope')), { api, mayRefresh });
  const user = await provedUser(ctx, connection, form);
  const { user_id } = user;
  const family_id = randomId();
  const authenticated_at = ctx.now();
  const refresh_token = await ctx.database.transaction(async (queries) => {
    await recordLogin(queries, user_id, authenticated_at, caller.ip);
    if (!scope.includes('offline_access')) return undefined;
    const audience = api?.identifier ?? null;
    const family = { family_id, user_id, sid: null, scope: scope.join(' '), audience, authenticated_at };
    return issueRefreshToken(ctx, queries, client, {
      ...family,
      details: { amr, ...(confirmation ? { confirmation } : {}) },
    });
  });
  const signedIn = { user, sid: undefined, authenticated_at, amr };
  return { client, signedIn, scope, api, family_id, refresh_token, gty: 'password' };
}
