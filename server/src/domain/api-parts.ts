// Owns what of an authorization for several APIs is one API's own: no token tells one what is for another.
import { type AuthorizationDetail, detailsFor } from '#protocol/authorization-details';
import type { ResourceServer } from '#protocol/resource-server';
import { grantableScopes } from '#protocol/scope';
import type { FamilyDetails } from './refresh-tokens.ts';

export interface ApiPart {
  readonly scope: readonly string[];
  readonly authorization_details: readonly AuthorizationDetail[] | undefined;
}

/** The part of an API, undefined for userinfo alone, of what was granted at once (RFC 8707 §2.2, RFC 9396 §7). */
export function partFor(
  api: ResourceServer | undefined,
  scope: readonly string[],
  { resources, authorization_details }: FamilyDetails,
): ApiPart {
  if (!resources) return { scope, authorization_details };
  return {
    scope: grantableScopes(scope, { api, mayRefresh: true }),
    authorization_details: detailsFor(authorization_details, api),
  };
}
