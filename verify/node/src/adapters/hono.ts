// Owns the adapter for Hono, on whatever platform it runs.
import type { Requirements } from './authorize.ts';
import { authenticate } from './web.ts';

interface Context {
  readonly req: { readonly raw: Request };
  set(name: 'auth', value: unknown): void;
}

/** Middleware that lets a request through whose token is accepted; `c.get('auth')` is what it says. */
export function authenticated(requirements: Requirements) {
  return async (context: Context, next: () => Promise<void>): Promise<Response | undefined> => {
    const claims = await authenticate(context.req.raw, requirements);
    if (claims instanceof Response) return claims;
    context.set('auth', claims);
    await next();
    return undefined;
  };
}
