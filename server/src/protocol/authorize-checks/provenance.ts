// Owns the rule that an application's requests come in the way that it registered.
import type { AuthorizeCheck } from '../authorize-check.ts';
import { invalidRequest } from '../oauth-error.ts';

export const provenance: AuthorizeCheck = {
  name: 'provenance',
  check({ client, provenance: { pushed, signed } }) {
    if (client.require_pushed_authorization_requests && !pushed) {
      throw invalidRequest('This application must push its requests. Send them to /oauth/par first.');
    }
    if (client.signed_request_object?.required && !signed) {
      throw invalidRequest('This application must sign its requests. Send a signed request object.');
    }
  },
};
