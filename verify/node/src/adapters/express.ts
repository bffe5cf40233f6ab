// Owns the adapter for Express.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sessions } from '../session/sessions.ts';
import type { AccessTokenClaims } from '../verifier.ts';
import type { Requirements } from './authorize.ts';
import { authenticate, handleSession } from './node-http.ts';

declare global {
  // biome-ignore lint/style/noNamespace: the types of Express are one, which is for others to add to.
  namespace Express {
    interface Request {
      /** What the token of a request says that was let through by `authenticated()`. */
      auth?: AccessTokenClaims;
    }
  }
}

/** Lets a request through whose token is accepted: `app.get('/things', authenticated({ verifier, scopes: ['read:things'] }), handler)`. */
export function authenticated(requirements: Requirements) {
  return (
    request: IncomingMessage & { auth?: AccessTokenClaims; originalUrl?: string },
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

/** Answers the sign-in's own addresses: `app.use(sessionRoutes(sessions))`; others read `await sessions.read(request)`. */
export function sessionRoutes(sessions: Pick<Sessions, 'handle'>) {
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    handleSession(request, response, sessions).then((isAnswered) => isAnswered || next(), next);
  };
}
