// Owns the reading of ID tokens that come back as hints: of whom an application speaks.
import { verifyJwt } from '#crypto/jwt';
import { invalidRequest } from '#protocol/oauth-error';
import type { Context } from './context.ts';
import { subjectOfToken } from './subjects.ts';

export interface IdTokenHint {
  readonly client_id: string;
  /** By our own id, whatever the application knows the person by. */
  readonly user_id: string;
  readonly sid: string | undefined;
}

/**
 * Reads an ID token of ours, expired or not (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). It is a hint and no
 * proof of who holds it. Throws invalid_request.
 */
export function readIdTokenHint(ctx: Pick<Context, 'keys' | 'issuer' | 'vault'>, hint: string): IdTokenHint {
  const claims = verifyJwt(hint, ctx.keys.verifiers);
  const { iss, aud, sid, azp } = claims ?? {};
  const user_id = claims && subjectOfToken(ctx, claims);
  // An access token has an azp; it says nothing about who signed in at the application.
  if (iss !== ctx.issuer || typeof aud !== 'string' || user_id === undefined || azp !== undefined) {
    throw invalidRequest('The id_token_hint is not an ID token that this server issued.');
  }
  return { client_id: aud, user_id, sid: typeof sid === 'string' ? sid : undefined };
}
