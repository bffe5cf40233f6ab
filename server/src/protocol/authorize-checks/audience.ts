// Owns the rule that an audience names an API that exists.
import type { AuthorizeCheck } from '../authorize-check.ts';
import { OAuthError } from '../oauth-error.ts';

export const audience: AuthorizeCheck = {
  name: 'audience',
  check({ request, api, userinfoAudience }) {
    if (request.audience === undefined || request.audience === userinfoAudience || api) return;
    throw new OAuthError('access_denied', `Service not found: ${request.audience}`);
  },
};
