// Owns how a request names the APIs that its tokens are for: Auth0's audience, or resources (RFC 8707 §2).
import { OAuthError } from './oauth-error.ts';
import { type Parameters, wordsIn } from './parameters.ts';

const mostResources = 10;

export function invalidTarget(sentence: string): OAuthError {
  return new OAuthError('invalid_target', sentence);
}

/** What `resource` names, each once. Throws invalid_target for what is no absolute URI, or has a fragment. */
function namedResources(parameters: Parameters): readonly string[] {
  const resources = [...new Set(wordsIn(parameters.get('resource')))];
  if (resources.length > mostResources) throw invalidTarget(`At most ${mostResources} resources can be named.`);
  if (resources.every((resource) => URL.canParse(resource) && !resource.includes('#'))) return resources;
  throw invalidTarget('The resource must be an absolute URI without a fragment.');
}

/** The API of an authorization request, and where it names resources all of them. The audience goes first. */
export function namedApis(parameters: Parameters): { audience?: string; resources?: readonly string[] } {
  const audience = parameters.get('audience');
  const named = namedResources(parameters);
  if (named.length === 0) return audience === undefined ? {} : { audience };
  const resources = [...new Set(audience === undefined ? named : [audience, ...named])];
  return { audience: resources[0] as string, resources };
}

/**
 * The identifier that `audience` or `resource` gives in a token request: one for each token. Throws invalid_target when
 * they differ, or when the resource is no absolute URI or has a fragment.
 */
export function namedAudience(parameters: Parameters): string | undefined {
  const { audience, resources = [] } = namedApis(parameters);
  if (resources.length < 2) return audience;
  throw invalidTarget('A token is for one API. Name it once, by audience or by resource.');
}

/** The refusal for an API that doesn't exist, in Auth0's words, and where it was named by resource in RFC 8707's. */
export function unknownApi(
  parameters: { readonly has: (name: 'resource') => boolean },
  identifier: string,
): OAuthError {
  const sentence = `Service not found: ${identifier}`;
  return parameters.has('resource') ? invalidTarget(sentence) : new OAuthError('access_denied', sentence);
}
