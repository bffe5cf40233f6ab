// Owns the rule that an application may use only the grants it was given, and the response types it registered.
import type { AuthorizeCheck } from '../authorize-check.ts';
import { OAuthError } from '../oauth-error.ts';
import { gives, isFrontChannel } from '../response-type.ts';

export const grantAllowed: AuthorizeCheck = {
  name: 'grant-allowed',
  check({ client, request: { response_type } }) {
    const needed = [
      ...(gives(response_type, 'code') ? ['authorization_code'] : []),
      ...(isFrontChannel(response_type) ? ['implicit'] : []),
    ];
    const missing = needed.find((grant) => !client.grant_types.includes(grant));
    if (missing !== undefined) {
      throw new OAuthError('unauthorized_client', `Grant type '${missing}' not allowed for the client.`);
    }
    if (client.response_types?.includes(response_type) === false) {
      throw new OAuthError(
        'unauthorized_client',
        `The application did not register the response type '${response_type}'.`,
      );
    }
  },
};
