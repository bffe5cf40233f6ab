// Owns the rule that a connection asked for is one that the application may use.
import type { AuthorizeCheck } from '../authorize-check.ts';
import { invalidRequest } from '../oauth-error.ts';

export const connection: AuthorizeCheck = {
  name: 'connection',
  check({ request, connections }) {
    if (request.connection === undefined || connections.includes(request.connection)) return;
    throw invalidRequest('The connection is unknown, or is not enabled for this application.');
  },
};
