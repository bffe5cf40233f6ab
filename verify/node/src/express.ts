// Owns the adapter for Express.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Requirements } from './authorize.ts';
import { authenticate } from './node-http.ts';
import type { AccessTokenClaims } from './verifier.ts';

/** A request that has been let through: `request.auth` is what its token says. */
export type AuthenticatedRequest = IncomingMessage & { auth?: AccessTokenClaims };

/** Lets a request through whose token is accepted: `app.get('/things', authenticated({ verifier, scopes: ['read:things'] }), handler)`. */
export function authenticated(requirements: Requirements) {
  return (
    request: AuthenticatedRequest & { originalUrl?: string },
    response: ServerResponse,
    next: (error?: unknown) => void,
  ): void => {
    authenticate(request, response, requirements, request.originalUrl).then((claims) => {
      if (!claims) return;
      request.auth = claims;
      next();
    }, next);
  };
}
