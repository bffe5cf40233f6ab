// Owns the grammar of scopes and what becomes of the ones that were asked for.
import { invalidRequest } from './oauth-error.ts';
import type { ResourceServer } from './resource-server.ts';

/** OpenID Connect Core §5.4 and §11, and Auth0's `online_access`: a refresh token that lives no longer than its session. */
export const oidcScopes = [
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
  'online_access',
] as const;

const oidcScopeSet: ReadonlySet<string> = new Set(oidcScopes);

/** Whether a scope is one that no API defines: OpenID Connect's own, which are about the person. */
export function isOidcScope(scope: string): boolean {
  return oidcScopeSet.has(scope);
}

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/;
const mostScopes = 200;

/** Splits a scope parameter into its tokens, each once. Throws invalid_request on characters outside RFC 6749 §3.3. */
export function parseScope(scope: string | undefined): string[] {
  if (scope === undefined) return [];
  const tokens = [...new Set(scope.split(' ').filter((token) => token !== ''))];
  if (tokens.length > mostScopes) throw invalidRequest(`More than ${mostScopes} scopes are requested. Ask for fewer.`);
  if (!tokens.every((token) => scopeToken.test(token))) {
    throw invalidRequest('The scope has characters that are not allowed. Separate scopes by single spaces.');
  }
  return tokens;
}

export interface ScopePolicy {
  /** The API asked for, or undefined when only the person's own profile is asked for. */
  api: Pick<ResourceServer, 'scopes' | 'allow_offline_access' | 'allow_online_access'> | undefined;
  /** Whether the application may use the refresh_token grant. */
  mayRefresh: boolean;
}

/**
 * The scopes that can be granted of those requested: OpenID Connect's own and the ones that the API defines.
 * The others are left out, and the token response says what was granted (RFC 6749 §3.3, §5.1).
 */
export function grantableScopes(requested: readonly string[], policy: ScopePolicy): string[] {
  const defined = new Set(policy.api?.scopes.map((scope) => scope.value));
  return requested.filter((scope) => {
    if (scope === 'offline_access') return policy.mayRefresh && (policy.api?.allow_offline_access ?? true);
    if (scope === 'online_access') return policy.mayRefresh && (policy.api?.allow_online_access ?? false);
    return oidcScopeSet.has(scope) || defined.has(scope);
  });
}

/** Whether what is granted goes with a refresh token, in a session of a browser. */
export function asksForRefresh(scope: readonly string[]): boolean {
  return scope.includes('offline_access') || scope.includes('online_access');
}

/** Whether a refresh token is worth something only while its session lives. */
export function isOnlineOnly(scope: readonly string[]): boolean {
  return scope.includes('online_access') && !scope.includes('offline_access');
}

/** Whether every scope is among the granted ones. */
export function covers(granted: readonly string[], requested: readonly string[]): boolean {
  const set = new Set(granted);
  return requested.every((scope) => set.has(scope));
}
