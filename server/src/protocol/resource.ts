// Owns how a request names the API that its tokens are for: Auth0's audience, or a resource (RFC 8707 §2).
import { OAuthError } from './oauth-error.ts';
import type { Parameters } from './parameters.ts';

/**
 * The identifier that `audience` or `resource` gives: one for each token. Throws invalid_target when they differ, or when
 * the resource is no absolute URI or has a fragment.
 */
export function namedAudience(parameters: Parameters): string | undefined {
  const audience = parameters.get('audience');
  const resource = parameters.get('resource');
  if (resource === undefined) return audience;
  if (!URL.canParse(resource) || resource.includes('#')) {
    throw new OAuthError('invalid_target', 'The resource must be an absolute URI without a fragment.');
  }
  if (audience !== undefined && audience !== resource) {
    throw new OAuthError('invalid_target', 'The parameters audience and resource name two APIs. Ask for one of them.');
  }
  return resource;
}
