// Owns the rule that a connection asked for is one that the application may use.
import type { AuthorizeCheck } from '../authorize-check.ts';
import { invalidRequest, OAuthError } from '../oauth-error.ts';

export const connection: AuthorizeCheck = {
  name: 'connection',
  check({ request, connections }) {
    if (connections.length === 0) {
      throw new OAuthError('access_denied', 'No connection is enabled for this application.');
    }
    if (request.connection === undefined || connections.includes(request.connection)) return;
    throw invalidRequest('The connection is unknown, or is not enabled for this application.');
  },
};
