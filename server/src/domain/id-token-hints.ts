// Owns the reading of ID tokens that come back as hints: of whom an application speaks.
import { verifyJwt } from '#crypto/jwt';
import { invalidRequest } from '#protocol/oauth-error';
import type { Context } from './context.ts';

export interface IdTokenHint {
  readonly client_id: string;
  readonly sub: string;
  readonly sid: string | undefined;
}

/**
 * Reads an ID token of ours, expired or not (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). It is a hint and no
 * proof of who holds it. Throws invalid_request.
 */
export function readIdTokenHint(ctx: Pick<Context, 'keys' | 'issuer'>, hint: string): IdTokenHint {
  const claims = verifyJwt(hint, ctx.keys.verifiers);
  const { iss, aud, sub, sid, azp } = claims ?? {};
  // An access token has an azp; it says nothing about who signed in at the application.
  if (iss !== ctx.issuer || typeof aud !== 'string' || typeof sub !== 'string' || azp !== undefined) {
    throw invalidRequest('The id_token_hint is not an ID token that this server issued.');
  }
  return { client_id: aud, sub, sid: typeof sid === 'string' ? sid : undefined };
}
