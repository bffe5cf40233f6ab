// Owns the rule that an application may use only the grants it was given.
import type { AuthorizeCheck } from '../authorize-check.ts';
import { OAuthError } from '../oauth-error.ts';

export const grantAllowed: AuthorizeCheck = {
  name: 'grant-allowed',
  check({ client }) {
    if (!client.grant_types.includes('authorization_code')) {
      throw new OAuthError('unauthorized_client', "Grant type 'authorization_code' not allowed for the client.");
    }
  },
};
