// Owns what an API lets an application have, for itself and on behalf of people, and how far a person's permissions reach.
import type { Client } from '#protocol/client';
import { OAuthError } from '#protocol/oauth-error';
import type { ResourceServer } from '#protocol/resource-server';
import { isOidcScope } from '#protocol/scope';
import { findClientGrant, grantedScopes } from './client-grants.ts';
import type { Context } from './context.ts';
import { permissionsOf } from './roles.ts';

type Needed = Pick<Context, 'database' | 'documents'>;

/** The API's scopes that may be granted; undefined is all of them. */
type Ceiling = ReadonlySet<string> | undefined;

/** Auth0's defaults: on behalf of people every application, for itself with a client grant alone. */
function policyOf<Subject extends 'user' | 'client'>({ subject_type_authorization }: ResourceServer, subject: Subject) {
  const fallback = subject === 'user' ? 'allow_all' : 'require_client_grant';
  return subject_type_authorization?.[subject]?.policy ?? fallback;
}

/** The refusal of an API where no application may act for itself. */
export function clientAccessRefusal(api: ResourceServer): OAuthError | undefined {
  if (policyOf(api, 'client') !== 'deny_all') return undefined;
  return new OAuthError(
    'access_denied',
    `No application may access "${api.identifier}" for itself. The settings of this API allow it on behalf of people alone.`,
  );
}

/** What the Management API lets everybody do, through any application: see to themselves. Elsewhere nothing is meant by it. */
function selfServiceScopes({ is_system, scopes }: ResourceServer): readonly string[] {
  return is_system ? scopes.map(({ value }) => value).filter((value) => value.includes(':current_user')) : [];
}

/** What the API's policy and the application's grant allow it on behalf of people. */
async function userCeiling(ctx: Needed, client: Client, api: ResourceServer): Promise<Ceiling | OAuthError> {
  const policy = policyOf(api, 'user');
  if (policy === 'allow_all') return undefined;
  if (policy === 'deny_all') {
    return new OAuthError(
      'access_denied',
      `No application may access "${api.identifier}" on behalf of people. The settings of this API say so.`,
    );
  }
  const grant = await findClientGrant(ctx, client.client_id, api.identifier, 'user');
  if (grant || api.is_system) return new Set([...(grant ? grantedScopes(grant, api) : []), ...selfServiceScopes(api)]);
  return new OAuthError(
    'access_denied',
    `Client is not authorized to access "${api.identifier}" on behalf of people. A client grant with the subject_type "user" for this API is needed.`,
  );
}

/** The refusal of an API that this application may not use on behalf of people; told before anything is consumed. */
export async function userAccessRefusal(
  ctx: Needed,
  client: Client,
  api: ResourceServer | undefined,
): Promise<OAuthError | undefined> {
  const ceiling = api && (await userCeiling(ctx, client, api));
  return ceiling instanceof OAuthError ? ceiling : undefined;
}

const within = (names: readonly string[], ceiling: Ceiling) =>
  ceiling ? names.filter((name) => ceiling.has(name)) : names;

/** How far an application may go on behalf of a person. */
export interface UserAccess {
  /** The scopes of those asked for; OpenID Connect's own are the person's to give. */
  readonly scope: readonly string[];
  /** All that the person may do at the API through this application; undefined when the API doesn't ask. */
  readonly permissions: readonly string[] | undefined;
}

/**
 * Narrows the scopes asked for to what the API's policy, the application's client grant, and with role-based access
 * control the person's permissions allow. Before it is known who signs in, permissions are not looked at.
 */
export async function userAccess(
  ctx: Needed,
  client: Client,
  api: ResourceServer | undefined,
  { user_id, scope }: { readonly user_id: string | undefined; readonly scope: readonly string[] },
): Promise<UserAccess | OAuthError> {
  if (!api) return { scope, permissions: undefined };
  const ceiling = await userCeiling(ctx, client, api);
  if (ceiling instanceof OAuthError) return ceiling;
  const own = scope.filter((name) => !isOidcScope(name));
  const byRole = api.enforce_policies === true && user_id !== undefined;
  const permissions = byRole
    ? within([...(await permissionsOf(ctx, user_id, api)), ...selfServiceScopes(api)], ceiling)
    : undefined;
  const allowed = new Set(within(own, permissions ? new Set(permissions) : ceiling));
  return { scope: scope.filter((name) => isOidcScope(name) || allowed.has(name)), permissions };
}

/** Whether tokens for the API tell what their subject may do. */
export function tellsPermissions({ enforce_policies, token_dialect = 'access_token' }: ResourceServer): boolean {
  return enforce_policies === true && token_dialect.endsWith('_authz');
}
