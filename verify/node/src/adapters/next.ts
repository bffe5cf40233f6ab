// Owns the adapter for the route handlers of Next.js, and for everything else that takes a Request and gives a Response.

import type { AccessTokenClaims } from '../verifier.ts';
import type { Requirements } from './authorize.ts';
import { authenticate } from './web.ts';

/** Wraps a handler, which gets what the token says first: `export const GET = authenticated({ verifier }, (auth, request) => …)`. */
export function authenticated<R extends Request, Rest extends readonly unknown[]>(
  requirements: Requirements,
  handler: (auth: AccessTokenClaims, request: R, ...rest: Rest) => Response | Promise<Response>,
) {
  return async (request: R, ...rest: Rest): Promise<Response> => {
    const claims = await authenticate(request, requirements);
    return claims instanceof Response ? claims : handler(claims, request, ...rest);
  };
}
