// Owns how an access token is presented, and refused (RFC 6750 §2, RFC 9449 §7.1).
import { invalidRequest, OAuthError } from './oauth-error.ts';
import type { Parameters } from './parameters.ts';

/** Whatever could be meant as a token: one that cannot be one is an invalid token (RFC 6750 §3.1), not an invalid request. */
const header = /^(Bearer|DPoP) ([\x21-\x7e]+)$/i;

export type TokenScheme = 'Bearer' | 'DPoP';

export interface PresentedAccessToken {
  readonly token: string;
  readonly scheme: TokenScheme;
}

/**
 * The access token of a request: in the Authorization header, or in a form, not both; never in the query, where it
 * would be logged. Throws invalid_token when there is none, invalid_request when it is presented wrongly.
 */
export function presentedAccessToken(authorization: string | undefined, form: Parameters): PresentedAccessToken {
  const inForm = form.get('access_token');
  if (authorization === undefined) {
    if (inForm === undefined) throw new MissingToken();
    return { token: inForm, scheme: 'Bearer' };
  }
  if (inForm !== undefined)
    throw invalidRequest('The access token is sent in more than one way. Use the Authorization header.');
  const [, scheme = '', token] = header.exec(authorization) ?? [];
  if (token === undefined)
    throw invalidRequest('The Authorization header must be "Bearer" (or "DPoP"), one space, and the access token.');
  return { token, scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer' };
}

/** RFC 6750 §3.1: who sends no token at all is told only that one is needed. */
export class MissingToken extends OAuthError {
  override name = 'MissingToken';
  constructor() {
    super('invalid_token', 'An access token is needed. Send it as Authorization: Bearer <access token>.');
  }
}

/** A token that was refused where it was presented: always with 401, and the scheme to come back with (RFC 9449 §7.1). */
export class RefusedToken extends OAuthError {
  override name = 'RefusedToken';
  override readonly status: number = 401;
  readonly scheme: TokenScheme;
  constructor(refusal: OAuthError, scheme: TokenScheme) {
    super(refusal.code, refusal.description, refusal.detail);
    this.scheme = scheme;
  }
}
