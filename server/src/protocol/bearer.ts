// Owns how an access token is presented (RFC 6750 §2).
import { invalidRequest, OAuthError } from './oauth-error.ts';
import type { Parameters } from './parameters.ts';

const header = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i;

/**
 * The access token of a request: in the Authorization header, or in a form, not both; never in the query, where it
 * would be logged. Throws invalid_token when there is none, invalid_request when it is presented wrongly.
 */
export function bearerToken(authorization: string | undefined, form: Parameters): string {
  const inForm = form.get('access_token');
  if (authorization === undefined) {
    if (inForm === undefined) throw new MissingToken();
    return inForm;
  }
  if (inForm !== undefined)
    throw invalidRequest('The access token is sent in more than one way. Use the Authorization header.');
  const token = header.exec(authorization)?.[1];
  if (token === undefined)
    throw invalidRequest('The Authorization header must be "Bearer", one space, and the access token.');
  return token;
}

/** RFC 6750 §3.1: who sends no token at all is told only that one is needed. */
export class MissingToken extends OAuthError {
  override name = 'MissingToken';
  constructor() {
    super('invalid_token', 'An access token is needed. Send it as Authorization: Bearer <access token>.');
  }
}
